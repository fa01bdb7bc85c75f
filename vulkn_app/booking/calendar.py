"""What people of the business do with the calendar: look, book by hand, cancel, note who did not come.

A person may book outside the opening hours; what overlaps is refused to them too."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from pydantic import AwareDatetime, BaseModel, Field

from models.booking import BookingState
from vulkn_app import live
from vulkn_app.booking import reading
from vulkn_app.booking.bookings import BOOK, END, QUEUE, SlotGone
from vulkn_app.booking.reading import Booking
from vulkn_app.booking.slots import Resource, Service, Slot
from vulkn_app.booking.tokens import new_code
from vulkn_app.db import Member, as_person
from vulkn_app.errors import NotAllowed, NotFound
from vulkn_app.llm.asks import Language
from vulkn_app.texts import Line, Text

LONGEST_LOOK = timedelta(days=93)
# Signed by the person: the policy asks for it.
BY_HAND = BOOK.replace("note, language)", "note, language, created_by)", 1).replace(
    "%(language)s)", "%(language)s, %(created_by)s)", 1
)


class BookingForm(BaseModel):
    """An appointment that somebody made by telephone or at the desk."""

    service_id: UUID
    resource_id: UUID
    starts: AwareDatetime
    name: Line = Field(min_length=1, max_length=120)
    phone: Line = Field(default="", max_length=32)
    email: Line = Field(default="", max_length=254)
    note: Text = Field(default="", max_length=1000)
    language: Language = "es"


async def list_bookings(member: Member, begin: datetime, until: datetime) -> list[Booking]:
    """Everything that was booked between the two moments but what was moved away, in order of time; a quarter
    of a year at most."""
    async with as_person(member.user_id) as connection:
        return await reading.bookings(
            connection,
            member.org_id,
            "b.state <> 'moved' and b.starts_at >= %(begin)s and b.starts_at < %(until)s order by b.starts_at, b.id",
            begin=begin,
            until=min(until, begin + LONGEST_LOOK),
        )


async def choices(
    member: Member, begin: datetime, until: datetime
) -> tuple[tuple[Service, ...], tuple[Resource, ...]]:
    """The services and resources that can be booked by hand."""
    async with as_person(member.user_id) as connection:
        calendar = await reading.calendar(connection, member.org_id, begin, until)
    return calendar.services, calendar.resources


async def create(member: Member, form: BookingForm) -> Booking:
    """Raises SlotGone for what overlaps, NotFound for a service or resource that is not there."""
    async with as_person(member.user_id) as connection:
        await connection.execute(QUEUE, (member.org_id,))
        calendar = await reading.calendar(connection, member.org_id, form.starts, form.starts)
        service, resource = calendar.service(form.service_id), calendar.resource(form.resource_id)
        if not service or not resource:
            raise NotFound
        slot = Slot(service, resource, form.starts)
        cursor = await connection.execute(BY_HAND, _values(member, slot, form))
        row = await cursor.fetchone()
        if row is None:
            raise SlotGone
        booking = await _one(connection, member.org_id, row[0])
    live.publish(live.Ring(member.org_id, "booking"))
    return booking


async def cancel(member: Member, booking_id: UUID) -> Booking:
    return await _end(member, booking_id, BookingState.CANCELLED)


async def no_show(member: Member, booking_id: UUID) -> Booking:
    return await _end(member, booking_id, BookingState.NO_SHOW)


def _values(member: Member, slot: Slot, form: BookingForm) -> dict[str, Any]:
    begin, until = slot.occupied
    return {
        "org": member.org_id,
        "code": new_code(),
        "conversation": None,
        "contact": None,
        "service": slot.service.id,
        "resource": slot.resource.id,
        "starts": slot.starts,
        "ends": slot.ends,
        "from": begin,
        "until": until,
        "moved_from": None,
        "sequence": 0,
        "name": form.name,
        "phone": form.phone or None,
        "email": form.email or None,
        "note": form.note,
        "language": form.language,
        "created_by": member.user_id,
    }


async def _end(member: Member, booking_id: UUID, state: BookingState) -> Booking:
    """Raises NotFound for what is not there, or is over already; NotAllowed for who may only look."""
    async with as_person(member.user_id) as connection:
        await connection.execute(QUEUE, (member.org_id,))
        booking = await _one(connection, member.org_id, booking_id)
        if booking.state != "booked":
            raise NotFound
        ended = await connection.execute(END, {"state": state.value, "org": member.org_id, "id": booking_id})
        if not ended.rowcount:
            raise NotAllowed
        booking = await _one(connection, member.org_id, booking_id)
    live.publish(live.Ring(member.org_id, "booking", booking.conversation_id))
    return booking


async def _one(connection: AsyncConnection[Any], org_id: UUID, booking_id: UUID) -> Booking:
    found = await reading.bookings(connection, org_id, "b.id = %(id)s", id=booking_id)
    if not found:
        raise NotFound
    return found[0]
