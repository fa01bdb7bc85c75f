"""What people of the business see of the calendar, and what they book by hand. What they change later: `changes`.

A person may book outside the opening hours; what overlaps is refused to them too."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg import AsyncConnection, errors
from pydantic import AwareDatetime, BaseModel, Field

from vulkn_app import leads, live
from vulkn_app.booking import reading
from vulkn_app.booking.bookings import BOOK, QUEUE, SlotGone
from vulkn_app.booking.reading import Booking
from vulkn_app.booking.slots import Calendar, Resource, Service, Slot
from vulkn_app.booking.tokens import new_code
from vulkn_app.db import Member, as_person
from vulkn_app.errors import NotAllowed, NotFound
from vulkn_app.llm.asks import Language
from vulkn_app.texts import Line, Text

Which = Literal["active", "cancelled"]
LONGEST_LOOK = timedelta(days=93)
# Signed by the person: the policy asks for it.
BY_HAND = BOOK.replace("note, language)", "note, language, created_by)", 1).replace(
    "%(language)s)", "%(language)s, %(created_by)s)", 1
)
STATES: dict[Which, list[str]] = {"active": ["booked", "no_show"], "cancelled": ["cancelled"]}
# What was typed, anywhere in what identifies the customer.
FITTING = """
  b.state = any (%(states)s) and b.starts_at >= %(begin)s and b.starts_at < %(until)s
  and (%(resource)s::uuid is null or b.resource_id = %(resource)s)
  and (%(words)s = '' or position(lower(%(words)s) in lower(concat_ws(' ', b.name, b.phone, b.email, b.code))) > 0)
"""


class BookingForm(BaseModel):
    """An appointment that somebody made by telephone or at the desk. No resource: whoever is free."""

    service_id: UUID
    resource_id: UUID | None = None
    starts: AwareDatetime
    name: Line = Field(min_length=1, max_length=120)
    phone: Line = Field(default="", max_length=32)
    email: Line = Field(default="", max_length=254)
    note: Text = Field(default="", max_length=1000)
    language: Language = "es"


@dataclass(frozen=True)
class Look:
    """Which appointments somebody wants to see."""

    begin: datetime
    until: datetime
    which: Which = "active"
    resource_id: UUID | None = None
    words: str = ""
    newest_first: bool = False
    limit: int = 200


async def list_bookings(member: Member, begin: datetime, until: datetime) -> list[Booking]:
    """Everything that was booked between the two moments but what was moved away, in order of time; a quarter
    of a year at most."""
    async with as_person(member) as connection:
        return await reading.bookings(
            connection,
            member.org_id,
            "b.state <> 'moved' and b.starts_at >= %(begin)s and b.starts_at < %(until)s order by b.starts_at, b.id",
            begin=begin,
            until=min(until, begin + LONGEST_LOOK),
        )


async def look(member: Member, look: Look) -> list[Booking]:
    """One more than `limit` when there are more."""
    order = "b.starts_at desc, b.id" if look.newest_first else "b.starts_at, b.id"
    async with as_person(member) as connection:
        return await reading.bookings(
            connection,
            member.org_id,
            f"{FITTING} order by {order} limit %(limit)s",
            states=STATES[look.which],
            begin=look.begin,
            until=look.until,
            resource=look.resource_id,
            words=look.words.strip(),
            limit=look.limit + 1,
        )


async def get(member: Member, booking_id: UUID) -> Booking:
    async with as_person(member) as connection:
        return await reading.one(connection, member.org_id, booking_id)


async def choices(
    member: Member, begin: datetime, until: datetime
) -> tuple[tuple[Service, ...], tuple[Resource, ...]]:
    """The services and resources that can be booked by hand."""
    async with as_person(member) as connection:
        calendar = await reading.calendar(connection, member.org_id, begin, until)
    return calendar.services, calendar.resources


async def create(member: Member, form: BookingForm) -> Booking:
    """Raises SlotGone for what overlaps, NotFound for a service or resource that is not there, NotAllowed for who
    may only look."""
    async with as_person(member) as connection:
        await connection.execute(QUEUE, (member.org_id,))
        calendar = await reading.calendar(connection, member.org_id, form.starts, form.starts)
        slot = slot_of(calendar, form.service_id, form.resource_id, form.starts)
        booking = await insert(connection, _values(member, slot, form, calendar.country))
    live.publish(live.Ring(member.org_id, "booking"))
    return booking


async def insert(connection: AsyncConnection[Any], values: dict[str, Any]) -> Booking:
    try:
        cursor = await connection.execute(BY_HAND, values)
    except errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    row = await cursor.fetchone()
    if row is None:
        raise SlotGone
    return await reading.one(connection, values["org"], row[0])


def slot_of(
    calendar: Calendar, service_id: UUID, resource_id: UUID | None, starts: datetime, but: UUID | None = None
) -> Slot:
    """On the resource that was named, or the first that is free then. Raises NotFound, SlotGone."""
    service = calendar.service(service_id)
    named = calendar.resource(resource_id) if resource_id else None
    if service is None or (resource_id and named is None):
        raise NotFound
    slots = [Slot(service, r, starts) for r in ((named,) if named else calendar.resources_for(service))]
    if not slots:
        raise NotFound
    free = next((slot for slot in slots if not calendar.taken(slot, but=but)), None)
    if free is None:
        raise SlotGone
    return free


def _values(member: Member, slot: Slot, form: BookingForm, country: str) -> dict[str, Any]:
    """A number that can be dialled is kept as such; anything else as it was typed."""
    return occupying(slot) | {
        "org": member.org_id,
        "code": new_code(),
        "conversation": None,
        "contact": None,
        "moved_from": None,
        "sequence": 0,
        "name": form.name,
        "phone": leads.signals(form.phone, country=country).phone or form.phone or None,
        "email": form.email or None,
        "note": form.note,
        "language": form.language,
        "created_by": member.user_id,
    }


def occupying(slot: Slot) -> dict[str, Any]:
    """The values of a row that takes this slot."""
    begin, until = slot.occupied
    return {
        "service": slot.service.id,
        "resource": slot.resource.id,
        "starts": slot.starts,
        "ends": slot.ends,
        "from": begin,
        "until": until,
    }
