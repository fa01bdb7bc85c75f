"""What people of the business do to appointments that are there: move, call off, note who did not come.

The audit row of each is written by the table, in the same transaction."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, errors
from pydantic import AwareDatetime, BaseModel, Field

from models.booking import BookingState
from vulkn_app import live
from vulkn_app.booking import notices, reading
from vulkn_app.booking.bookings import END, QUEUE, SlotGone
from vulkn_app.booking.calendar import insert, occupying, slot_of
from vulkn_app.booking.reading import Booking
from vulkn_app.db import Member, as_person
from vulkn_app.errors import Conflict, NotAllowed, NotFound
from vulkn_app.texts import Line

CALL_OFF = """
  update bookings set state = 'cancelled', reason = %(reason)s
  where org_id = %(org)s and id = %(id)s and state = 'booked'
"""
CAME = "update bookings set state = 'booked' where org_id = %(org)s and id = %(id)s and state = 'no_show'"


class NotYet(Conflict):
    """Nobody has failed to come to what is still ahead."""

    code = "booking_not_yet"


class Over(Conflict):
    """There is nothing left to move or to call off."""

    code = "booking_over"


class CancelForm(BaseModel):
    reason: Line = Field(default="", max_length=300)
    tell: bool = False


class MoveForm(BaseModel):
    """No resource: whoever is free."""

    starts: AwareDatetime
    resource_id: UUID | None = None
    tell: bool = False


async def cancel(member: Member, booking_id: UUID, form: CancelForm | None = None) -> Booking:
    """Raises NotFound for what is not there, or is called off already."""
    form = form or CancelForm()
    async with as_person(member) as connection:
        booking = await _standing(connection, member, booking_id, ahead=True)
        held = await notices.hold(connection, booking) if form.tell else None
        values = {"org": member.org_id, "id": booking_id, "reason": form.reason}
        await _changed(connection, CALL_OFF, values)
        booking = await reading.one(connection, member.org_id, booking_id)
        if held:
            await notices.tell(connection, member, held, booking, "cancelled", datetime.now(UTC))
    _ring(booking)
    return booking


async def move(member: Member, booking_id: UUID, form: MoveForm) -> Booking:
    """The appointment at another time, on the same or another resource, under the same code. Raises also SlotGone."""
    async with as_person(member) as connection:
        old = await _standing(connection, member, booking_id, ahead=True)
        if form.starts == old.starts and form.resource_id in (None, old.resource_id):
            return old
        held = await notices.hold(connection, old) if form.tell else None
        calendar = await reading.calendar(
            connection, member.org_id, form.starts, form.starts, keep=old.service_id
        )
        slot = slot_of(calendar, old.service_id, form.resource_id, form.starts, but=old.id)
        await _changed(connection, END, {"state": "moved", "org": member.org_id, "id": old.id})
        booking = await insert(connection, _again(member, old) | occupying(slot))
        if held:
            await notices.tell(connection, member, held, booking, "moved", datetime.now(UTC))
    _ring(booking)
    return booking


async def no_show(member: Member, booking_id: UUID) -> Booking:
    """Raises NotYet before it begins."""
    async with as_person(member) as connection:
        booking = await _standing(connection, member, booking_id, ahead=False)
        if booking.starts > datetime.now(UTC):
            raise NotYet
        ended = {"state": BookingState.NO_SHOW.value, "org": member.org_id, "id": booking_id}
        await _changed(connection, END, ended)
        booking = await reading.one(connection, member.org_id, booking_id)
    _ring(booking)
    return booking


async def came(member: Member, booking_id: UUID) -> Booking:
    """They did come after all. Raises SlotGone when somebody else got the time meanwhile."""
    try:
        async with as_person(member) as connection:
            await connection.execute(QUEUE, (member.org_id,))
            booking = await reading.one(connection, member.org_id, booking_id)
            if booking.state != "no_show":
                raise NotFound
            await _changed(connection, CAME, {"org": member.org_id, "id": booking_id})
            booking = await reading.one(connection, member.org_id, booking_id)
    except errors.ExclusionViolation as problem:
        raise SlotGone from problem
    _ring(booking)
    return booking


async def _standing(
    connection: AsyncConnection[Any], member: Member, booking_id: UUID, *, ahead: bool
) -> Booking:
    """One that is booked, behind the other writers of the calendar. `ahead`: and not over."""
    await connection.execute(QUEUE, (member.org_id,))
    booking = await reading.one(connection, member.org_id, booking_id)
    if booking.state != "booked":
        raise NotFound
    if ahead and booking.ends <= datetime.now(UTC):
        raise Over
    return booking


async def _changed(connection: AsyncConnection[Any], statement: str, values: dict[str, Any]) -> None:
    """Raises NotAllowed for who may only look."""
    changed = await connection.execute(statement.encode(), values)
    if not changed.rowcount:
        raise NotAllowed


def _again(member: Member, old: Booking) -> dict[str, Any]:
    """The same appointment in a row of its own."""
    return {
        "org": member.org_id,
        "code": old.code,
        "conversation": old.conversation_id,
        "contact": old.contact_id,
        "moved_from": old.id,
        "sequence": old.sequence + 1,
        "name": old.name,
        "phone": old.phone,
        "email": old.email,
        "note": old.note,
        "language": old.language,
        "created_by": member.user_id,
    }


def _ring(booking: Booking) -> None:
    """The conversation hears too: its open window may have a new message."""
    live.publish(live.Ring(booking.org_id, "booking", booking.conversation_id))
