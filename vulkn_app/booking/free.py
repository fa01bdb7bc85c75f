"""Free moments as people of the business look for them: today too, and as far ahead as they like."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from vulkn_app.booking import reading
from vulkn_app.booking.slots import Calendar, Rules, Service, Slot, moment
from vulkn_app.db import Member, as_person
from vulkn_app.errors import BadInput, NotFound

FURTHEST = timedelta(days=366)
AHEAD = timedelta(days=31)
MARGIN = timedelta(days=2)


@dataclass(frozen=True)
class Wanted:
    """What a person looks a free time for; customers' lead time does not bind them. `but`: the booking that is
    being moved."""

    service_id: UUID
    grid: int
    resource_id: UUID | None = None
    but: UUID | None = None


async def free_times(member: Member, wanted: Wanted, day: date) -> list[Slot]:
    """That day's free moments. Raises NotFound."""
    calendar, service = await _around(member, wanted, day, day)
    return _free(calendar, service, wanted, day)


async def next_free_day(member: Member, wanted: Wanted, first: date) -> date | None:
    """The first of the next weeks' days that has a free moment. Raises NotFound."""
    calendar, service = await _around(member, wanted, first, first + AHEAD)
    days = (first + timedelta(days=number) for number in range(AHEAD.days))
    return next((day for day in days if _free(calendar, service, wanted, day)), None)


async def _around(member: Member, wanted: Wanted, first: date, last: date) -> tuple[Calendar, Service]:
    begin, until = (datetime.combine(day, time(12), UTC) for day in (first, last))
    async with as_person(member) as connection:
        calendar = await reading.calendar(
            connection, member.org_id, begin - MARGIN, until + MARGIN, keep=wanted.service_id
        )
    service = calendar.service(wanted.service_id)
    if service is None:
        raise NotFound
    return calendar, service


def _free(calendar: Calendar, service: Service, wanted: Wanted, day: date) -> list[Slot]:
    """Each moment once: who of two is free then does not matter to who named nobody."""
    rules = Rules(timedelta(), FURTHEST, wanted.grid)
    found = calendar.free_slots(service, day, rules, datetime.now(UTC), but=wanted.but)
    fitting = [slot for slot in found if wanted.resource_id in (None, slot.resource.id)]
    return list({slot.starts: slot for slot in reversed(fitting)}.values())[::-1]


def at(zone: ZoneInfo, day: date, clock: time) -> datetime:
    """What the business's clock shows. Raises BadInput for an hour that this day's clock skips."""
    if (found := moment(zone, datetime.combine(day, clock))) is None:
        raise BadInput
    return found
