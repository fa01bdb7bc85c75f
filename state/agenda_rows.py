"""Appointments and hours as the agenda shows them."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from vulkn_app.booking.reading import Booking
from vulkn_app.booking.setup import DAY, Span
from vulkn_app.leads import readable


class Named(BaseModel):
    """Something to choose by its name."""

    id: str
    name: str


class BookingRow(BaseModel):
    """`state`: booked, confirmed, done, no_show or cancelled. `begun`, `over`: as of when it was read."""

    id: str
    code: str
    state: str
    starts: datetime
    ends: datetime
    begun: bool
    over: bool
    name: str
    phone: str
    phone_shown: str
    email: str
    note: str
    reason: str
    service_es: str
    service_en: str
    service_id: str
    resource: str
    resource_id: str
    conversation_id: str
    by_hand: bool
    moved: bool
    language: str


class DayRow(BaseModel):
    date: str
    today: bool
    rows: list[BookingRow]


class HoursLine(BaseModel):
    """Weekdays in a row that have the same hours."""

    first: int
    last: int
    times: str


class SpanRow(BaseModel):
    """A span of hours in the form, as clocks: "09:00"."""

    id: str
    weekday: int
    opens: str
    closes: str


class DaySpans(BaseModel):
    weekday: int
    spans: list[SpanRow]


def row_of(booking: Booking, now: datetime) -> BookingRow:
    return BookingRow(
        id=str(booking.id),
        code=booking.code,
        state=_state(booking, now),
        starts=booking.starts,
        ends=booking.ends,
        begun=booking.starts <= now,
        over=booking.ends <= now,
        name=booking.name,
        phone=booking.phone or "",
        phone_shown=readable(booking.phone or ""),
        email=booking.email or "",
        note=booking.note,
        reason=booking.reason,
        service_es=booking.service_es,
        service_en=booking.service_en or booking.service_es,
        service_id=str(booking.service_id),
        resource=booking.resource,
        resource_id=str(booking.resource_id),
        conversation_id=str(booking.conversation_id or ""),
        by_hand=booking.by_hand,
        moved=booking.moved,
        language=booking.language,
    )


def by_day(found: Iterable[Booking], zone: ZoneInfo, now: datetime) -> list[DayRow]:
    """On the business's own calendar, in the order in which they come; within a day the earliest first."""
    today = now.astimezone(zone).date()
    return [
        DayRow(
            date=day.isoformat(),
            today=day == today,
            rows=[row_of(each, now) for each in sorted(those, key=lambda each: each.starts)],
        )
        for day, those in groupby(found, lambda each: each.starts.astimezone(zone).date())
    ]


def lines_of(hours: Iterable[Span]) -> list[HoursLine]:
    """Monday to Friday with the same hours is one line."""
    lines: list[HoursLine] = []
    for weekday, spans in groupby(hours, lambda span: span.weekday):
        times = ", ".join(f"{clock(span.opens)} - {clock(span.closes)}" for span in spans)
        if lines and lines[-1].times == times and lines[-1].last == weekday - 1:
            lines[-1].last = weekday
        else:
            lines.append(HoursLine(first=weekday, last=weekday, times=times))
    return lines


def clock(minutes: int) -> str:
    """As a field for times writes it."""
    return f"{minutes % DAY // 60:02}:{minutes % 60:02}"


def minutes(clock: str) -> int | None:
    """None for what no field for times sends."""
    hours, _, rest = clock[:5].partition(":")
    if not (hours.isdecimal() and rest.isdecimal()):
        return None
    found = int(hours) * 60 + int(rest)
    return found if found < DAY else None


def _state(booking: Booking, now: datetime) -> str:
    if booking.state != "booked":
        return booking.state
    if booking.ends <= now:
        return "done"
    return "confirmed" if booking.confirmed else "booked"
