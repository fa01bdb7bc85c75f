"""Days, hours and appointments in words, on the business's own clock."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from vulkn_app.booking.reading import Booking
from vulkn_app.llm.asks import Language
from vulkn_app.written import WEEKDAYS, day, hour, moment


def short(local: datetime, language: Language) -> str:
    """ "mar 24, 4:30 p.m.": for a button, and read as the same moment when it is said."""
    return f"{WEEKDAYS[language][local.weekday()][:3]} {local.day}, {hour(local, language)}"


def listed(lines: Iterable[str]) -> str:
    return "\n".join(f"{number}) {line}" for number, line in enumerate(lines, 1))


def evidence(local: datetime) -> tuple[str, ...]:
    """The ways in which an answer may write this moment."""
    today = local.date()
    days = tuple(day(today, language, seen) for language in WEEKDAYS for seen in (today, date.min))
    hours = tuple(hour(local, language) for language in WEEKDAYS)
    return (*days, *hours, f"{local:%H:%M}", f"{today:%Y-%m-%d}", f"{today.day}/{today.month}")


def appointment(booking: Booking, zone: ZoneInfo, language: Language, now: datetime) -> str:
    """ "Corte, martes 24 de noviembre a las 4:30 p.m. con Laura"."""
    local = booking.starts.astimezone(zone)
    when = moment(local, language, now.astimezone(zone).date())
    return f"{booking.service(language)}, {when}{on(booking.resource, booking.resource_kind, language)}"


def on(resource: str, kind: str, language: Language) -> str:
    """ " con Laura": people are named, rooms and tables are not the customer's business."""
    if kind != "person":
        return ""
    return f" con {resource}" if language == "es" else f" with {resource}"


def booking_evidence(booking: Booking, zone: ZoneInfo) -> tuple[str, ...]:
    ends = hour(booking.ends.astimezone(zone), "es"), hour(booking.ends.astimezone(zone), "en")
    return (booking.code, *evidence(booking.starts.astimezone(zone)), *ends)
