"""What a customer's conversation does to the calendar: book, move, confirm, cancel, and look at one's own.

Every write reads the calendar again in its own transaction, behind the writes of the same organization; the
table's exclusion constraint holds whatever happens here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from vulkn_app.booking import reading
from vulkn_app.booking.reading import Booking
from vulkn_app.booking.slots import Calendar, Rules, Slot
from vulkn_app.booking.tokens import Offerer, new_code
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.errors import Conflict, NotFound
from vulkn_app.llm.asks import Language

# In a line: two customers who swap their appointments at once would wait for each other for ever.
QUEUE = "select pg_advisory_xact_lock(hashtextextended('bookings ' || %s::text, 0))"
BOOK = """
  insert into bookings (org_id, code, conversation_id, contact_id, service_id, resource_id, starts_at, ends_at, occupied,
                        moved_from, sequence, name, phone, email, note, language)
  values (%(org)s, %(code)s, %(conversation)s, %(contact)s, %(service)s, %(resource)s, %(starts)s, %(ends)s,
          tstzrange(%(from)s, %(until)s), %(moved_from)s, %(sequence)s, %(name)s, %(phone)s, %(email)s, %(note)s,
          %(language)s)
  on conflict do nothing returning id
"""
KNOW = """
  update contacts set name = coalesce(name, nullif(%(name)s, '')), phone = coalesce(phone, %(phone)s),
    email = coalesce(email, %(email)s)
  where org_id = %(org)s and id = %(contact)s
    and (name is null or phone is null or email is null)
"""
END = """
  update bookings set state = %(state)s where org_id = %(org)s and id = %(id)s and state = 'booked'
"""


class SlotGone(Conflict):
    """It was offered, and somebody else has it now."""

    code = "slot_gone"


class SlotUnknown(NotFound):
    """No slot of this conversation: invented, of somebody else, too old, or not allowed any more."""

    code = "slot_unknown"


class TooManyBookings(Conflict):
    code = "too_many_bookings"


class TooLate(Conflict):
    """Closer to the appointment than the owner allows changes."""

    code = "booking_too_late"


@dataclass(frozen=True)
class Asker:
    """Whose appointments these are, and where they are talked about."""

    agent: AgentKey
    conversation_id: UUID
    contact_id: UUID
    language: Language

    @property
    def offerer(self) -> Offerer:
        return Offerer(self.agent.org_id, self.conversation_id)


@dataclass(frozen=True)
class Customer:
    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Limits:
    """Beside the rules of slots: how many at once, and until when one may be changed."""

    rules: Rules
    most: int
    until: timedelta


async def calendar(agent: AgentKey, begin: datetime, until: datetime) -> Calendar:
    async with as_agent(agent) as connection:
        return await reading.calendar(connection, agent.org_id, begin, until)


async def customer(asker: Asker) -> Customer:
    """What is known of the one who writes."""
    async with as_agent(asker.agent) as connection:
        return await _contact(connection, asker)


async def upcoming(asker: Asker, now: datetime) -> list[Booking]:
    """The contact's own that are still to come, the next one first."""
    async with as_agent(asker.agent) as connection:
        return await _upcoming(connection, asker, now)


async def preview(asker: Asker, token: str, limits: Limits, now: datetime) -> Slot:
    """The slot that `book` would take; writes nothing. Raises what `book` raises."""
    async with as_agent(asker.agent) as connection:
        calendar, slot = await _offered(connection, asker, token, limits.rules, now)
        own = {booking.id for booking in await _upcoming(connection, asker, now)}
    if any(calendar.taken(slot, but=but) for but in (own or {None})):
        raise SlotGone
    return slot


async def book(asker: Asker, token: str, who: Customer, limits: Limits, now: datetime) -> Booking:
    """Takes the slot that was offered. The same one again by the same contact is the first booking.

    Raises SlotUnknown, SlotGone, TooManyBookings."""
    async with as_agent(asker.agent) as connection:
        await connection.execute(QUEUE, (asker.agent.org_id,))
        mine = await _upcoming(connection, asker, now)
        calendar, slot = await _offered(connection, asker, token, limits.rules, now)
        if again := _same(mine, slot):
            return again
        if calendar.taken(slot):
            raise SlotGone
        if len(mine) >= limits.most:
            raise TooManyBookings
        await connection.execute(KNOW, _who(asker, who))
        return await _insert(connection, asker, slot, who)


async def move(asker: Asker, code: str, token: str, limits: Limits, now: datetime) -> Booking:
    """The appointment at another time, under the same code. Raises also NotFound and TooLate."""
    async with as_agent(asker.agent) as connection:
        await connection.execute(QUEUE, (asker.agent.org_id,))
        old = await _changeable(connection, asker, code, limits, now)
        calendar, slot = await _offered(connection, asker, token, limits.rules, now)
        if _same([old], slot):
            return old
        if calendar.taken(slot, but=old.id):
            raise SlotGone
        await connection.execute(END, {"state": "moved", "org": asker.agent.org_id, "id": old.id})
        return await _insert(connection, asker, slot, Customer(old.name, old.phone, old.email), old)


async def cancel(asker: Asker, code: str, limits: Limits, now: datetime) -> Booking:
    """Raises NotFound, TooLate."""
    async with as_agent(asker.agent) as connection:
        await connection.execute(QUEUE, (asker.agent.org_id,))
        old = await _changeable(connection, asker, code, limits, now)
        await connection.execute(END, {"state": "cancelled", "org": asker.agent.org_id, "id": old.id})
        return await reading.one(connection, asker.agent.org_id, old.id)


async def confirm(asker: Asker, code: str, now: datetime) -> Booking:
    """The customer says that they will come. Raises NotFound."""
    async with as_agent(asker.agent) as connection:
        booking = await _own(connection, asker, code, now)
        await connection.execute(
            "update bookings set confirmed_at = coalesce(confirmed_at, now()) where org_id = %s and id = %s",
            (asker.agent.org_id, booking.id),
        )
        return await reading.one(connection, asker.agent.org_id, booking.id)


async def find_own(asker: Asker, code: str, limits: Limits, now: datetime) -> Booking:
    """One that may still be changed; writes nothing. Raises NotFound, TooLate."""
    async with as_agent(asker.agent) as connection:
        return await _changeable(connection, asker, code, limits, now)


async def reminded(asker: Asker, now: datetime) -> Booking | None:
    """The appointment that this conversation was reminded of last, if it is still to come and unanswered."""
    async with as_agent(asker.agent) as connection:
        found = await reading.bookings(
            connection,
            asker.agent.org_id,
            "b.contact_id = %(contact)s and b.state = 'booked' and b.starts_at > %(now)s and exists ("
            " select from reminders m where m.org_id = b.org_id and m.booking_id = b.id and m.state = 'sent'"
            " and (b.confirmed_at is null or b.confirmed_at < m.sent_at)) order by b.starts_at limit 1",
            contact=asker.contact_id,
            now=now,
        )
    return found[0] if found else None


async def _offered(
    connection: AsyncConnection[Any], asker: Asker, token: str, rules: Rules, now: datetime
) -> tuple[Calendar, Slot]:
    """The token's slot among those that the rules allow now, whether taken or not; and the calendar of its day."""
    day = asker.offerer.day(token, now.astimezone(UTC).date() - timedelta(days=1))
    if day is None or day > (now + rules.horizon).date() + timedelta(days=1):
        raise SlotUnknown
    noon = datetime.combine(day, time(12), UTC)
    calendar = await reading.calendar(
        connection, asker.agent.org_id, noon - timedelta(days=2), noon + timedelta(days=2)
    )
    slot = asker.offerer.find(token, _slots_of(calendar, day, rules, now), now)
    if slot is None:
        raise SlotUnknown
    return calendar, slot


def _slots_of(calendar: Calendar, day: date, rules: Rules, now: datetime) -> list[Slot]:
    return [slot for service in calendar.services for slot in calendar.open_slots(service, day, rules, now)]


async def _insert(
    connection: AsyncConnection[Any], asker: Asker, slot: Slot, who: Customer, old: Booking | None = None
) -> Booking:
    begin, until = slot.occupied
    values = _who(asker, who) | {
        "code": old.code if old else new_code(),
        "conversation": asker.conversation_id,
        "service": slot.service.id,
        "resource": slot.resource.id,
        "starts": slot.starts,
        "ends": slot.ends,
        "from": begin,
        "until": until,
        "moved_from": old.id if old else None,
        "sequence": old.sequence + 1 if old else 0,
        "note": old.note if old else "",
        "language": asker.language,
    }
    cursor = await connection.execute(BOOK, values)
    row = await cursor.fetchone()
    if row is None:
        raise SlotGone
    return await reading.one(connection, asker.agent.org_id, row[0])


def _who(asker: Asker, who: Customer) -> dict[str, Any]:
    return {
        "org": asker.agent.org_id,
        "contact": asker.contact_id,
        "name": who.name,
        "phone": who.phone,
        "email": who.email,
    }


def _same(mine: list[Booking], slot: Slot) -> Booking | None:
    return next(
        (
            b
            for b in mine
            if (b.service_id, b.resource_id, b.starts) == (slot.service.id, slot.resource.id, slot.starts)
        ),
        None,
    )


async def _contact(connection: AsyncConnection[Any], asker: Asker) -> Customer:
    cursor = await connection.execute(
        "select name, phone, email from contacts where org_id = %s and id = %s",
        (asker.agent.org_id, asker.contact_id),
    )
    row = await cursor.fetchone()
    return Customer(row[0] or "", row[1], row[2]) if row else Customer("")


async def _upcoming(connection: AsyncConnection[Any], asker: Asker, now: datetime) -> list[Booking]:
    return await reading.bookings(
        connection,
        asker.agent.org_id,
        "b.contact_id = %(contact)s and b.state = 'booked' and b.ends_at > %(now)s order by b.starts_at limit 20",
        contact=asker.contact_id,
        now=now,
    )


async def _own(connection: AsyncConnection[Any], asker: Asker, code: str, now: datetime) -> Booking:
    wanted = code.strip().upper()
    for booking in await _upcoming(connection, asker, now):
        if booking.code == wanted:
            return booking
    raise NotFound


async def _changeable(
    connection: AsyncConnection[Any], asker: Asker, code: str, limits: Limits, now: datetime
) -> Booking:
    booking = await _own(connection, asker, code, now)
    if booking.starts - now < limits.until:
        raise TooLate
    return booking
