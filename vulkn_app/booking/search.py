"""Which of the free moments are put before a customer who asked for some: six at most, the asked ones first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from vulkn_app.booking.slots import Calendar, Resource, Rules, Service, Slot

MOST = 6
EACH_DAY = 3  # when several days are offered


@dataclass(frozen=True)
class Wish:
    """What the customer asked for; everything empty is "as soon as possible"."""

    first: date | None = None
    last: date | None = None
    at: tuple[time, ...] = ()  # the hour; several when the words may mean several
    earliest: time | None = None
    latest: time | None = None
    never: date | None = None  # "el viernes no puedo"

    @property
    def names_an_hour(self) -> bool:
        return bool(self.at or self.earliest or self.latest)


@dataclass(frozen=True)
class Found:
    """`exact`: what was asked for is among them. Otherwise these are the nearest, or the next."""

    slots: tuple[Slot, ...]
    exact: bool


@dataclass(frozen=True)
class Search:
    """One customer's look into the calendar. `but`: the booking being moved; `not_again`: refused before."""

    calendar: Calendar
    service: Service
    rules: Rules
    now: datetime
    resource: Resource | None = None
    but: UUID | None = None
    not_again: frozenset[datetime] = frozenset()

    def find(self, wish: Wish) -> Found:
        """First what fits day and hour, then that day at other hours, then the hour on the next days, then any."""
        first = max(wish.first or self._today, self._today)
        last = wish.last or wish.first or self._furthest
        fitting = self._fitting(wish, first, last)
        if fitting:
            return Found(self._chosen(fitting, wish), exact=True)
        looser = replace(wish, at=(), earliest=None, latest=None)
        if wish.first and (same_day := self._fitting(looser, first, last)):
            return Found(self._nearest(same_day, wish), exact=False)
        later = self._fitting(wish, first, self._furthest) or self._fitting(looser, first, self._furthest)
        return Found(self._chosen(later, wish), exact=False)

    @property
    def _today(self) -> date:
        return self.calendar.local(self.now).date()

    @property
    def _furthest(self) -> date:
        return self.calendar.local(self.now + self.rules.horizon).date()

    def _fitting(self, wish: Wish, first: date, last: date) -> list[Slot]:
        """Stops once there is enough to choose from."""
        found: list[Slot] = []
        for day in _days(first, min(last, self._furthest)):
            if day == wish.never:
                continue
            found += [slot for slot in self._free(day) if self._suits(slot, wish)]
            if len({self.calendar.local(slot.starts).date() for slot in found}) >= 2 and len(found) >= MOST:
                break
        return found

    def _free(self, day: date) -> Iterator[Slot]:
        """One slot a moment: which of two free chairs it is does not matter to who did not name one."""
        seen: set[datetime] = set()
        for slot in self.calendar.free_slots(self.service, day, self.rules, self.now, but=self.but):
            named = self.resource is None or slot.resource.id == self.resource.id
            if named and slot.starts not in seen and slot.starts not in self.not_again:
                seen.add(slot.starts)
                yield slot

    def _suits(self, slot: Slot, wish: Wish) -> bool:
        clock = self.calendar.local(slot.starts).time()
        if wish.at:
            return clock in wish.at
        if wish.earliest and wish.latest and wish.earliest > wish.latest:  # over midnight
            return clock >= wish.earliest or clock < wish.latest
        return (not wish.earliest or clock >= wish.earliest) and (not wish.latest or clock <= wish.latest)

    def _chosen(self, slots: list[Slot], wish: Wish) -> tuple[Slot, ...]:
        """Spread over the day or days, so that early and late are both there."""
        days: dict[date, list[Slot]] = {}
        for slot in slots:
            days.setdefault(self.calendar.local(slot.starts).date(), []).append(slot)
        each = MOST if len(days) == 1 else EACH_DAY
        chosen = [slot for day in sorted(days) for slot in _spread(days[day], each)]
        return tuple(chosen[:MOST])

    def _nearest(self, slots: list[Slot], wish: Wish) -> tuple[Slot, ...]:
        wanted = wish.at or tuple(bound for bound in (wish.earliest, wish.latest) if bound)
        if not wanted:
            return self._chosen(slots, wish)

        def distance(slot: Slot) -> int:
            return min(abs(_minutes(self.calendar.local(slot.starts).time()) - _minutes(t)) for t in wanted)

        return tuple(sorted(sorted(slots, key=distance)[:MOST], key=lambda slot: slot.starts))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _spread(slots: list[Slot], most: int) -> Iterable[Slot]:
    if len(slots) <= most:
        return slots
    return [slots[round(place * (len(slots) - 1) / (most - 1))] for place in range(most)]


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
