"""Which moments are free: hours, holidays, lead time, horizon, grid, buffers and what is booked already.

Opening hours are on the organization's own clock, everything else is absolute time, so a day on which the
clocks change has the slots that really exist: an hour that is skipped has none, one that comes twice has
them once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

DAY = 1440  # minutes


@dataclass(frozen=True)
class Service:
    """What is booked, and how long it keeps a resource busy."""

    id: UUID
    name_es: str
    name_en: str
    minutes: int
    before: timedelta
    after: timedelta
    price: str  # as it is said: "650 MXN"; empty: none
    on: frozenset[UUID]  # the resources it is done on; empty: any

    def name(self, language: Literal["es", "en"]) -> str:
        return self.name_en or self.name_es if language == "en" else self.name_es

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Resource:
    """Who or what is busy; `hours` are (weekday, opens, closes) in minutes after midnight, Monday is 0."""

    id: UUID
    kind: str
    name: str
    hours: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Closure:
    """No appointments from `starts` until `ends` on the organization's own clock; no resource: on none."""

    resource_id: UUID | None
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Busy:
    """What a booking keeps, buffers included."""

    resource_id: UUID
    starts: datetime
    ends: datetime
    booking_id: UUID


@dataclass(frozen=True)
class Rules:
    """What the owner allows, beside the hours."""

    lead: timedelta
    horizon: timedelta
    grid: int  # minutes between two beginnings


@dataclass(frozen=True)
class Slot:
    """A moment at which a service can begin on a resource."""

    service: Service
    resource: Resource
    starts: datetime  # UTC

    @property
    def ends(self) -> datetime:
        return self.starts + self.service.length

    @property
    def occupied(self) -> tuple[datetime, datetime]:
        return self.starts - self.service.before, self.ends + self.service.after


def moment(zone: ZoneInfo, wall: datetime) -> datetime | None:
    """What that zone's clock shows, in UTC; None when the clock skips it, the first when it comes twice."""
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    return found if found.astimezone(zone).replace(tzinfo=None) == wall else None


@dataclass(frozen=True)
class Calendar:
    """Everything that decides about the days it was read for."""

    zone: ZoneInfo
    country: str
    services: tuple[Service, ...]
    resources: tuple[Resource, ...]
    closures: tuple[Closure, ...]
    busy: tuple[Busy, ...]

    def service(self, service_id: UUID | str) -> Service | None:
        return next((s for s in self.services if str(s.id) == str(service_id)), None)

    def resource(self, resource_id: UUID | str) -> Resource | None:
        return next((r for r in self.resources if str(r.id) == str(resource_id)), None)

    def resources_for(self, service: Service) -> tuple[Resource, ...]:
        return tuple(r for r in self.resources if not service.on or r.id in service.on)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def open_slots(self, service: Service, day: date, rules: Rules, now: datetime) -> Iterator[Slot]:
        """What hours, holidays, lead time and horizon allow that day, whether taken or not; by resource."""
        earliest, latest = now + rules.lead, now + rules.horizon
        for resource in self.resources_for(service):
            for starts in self._beginnings(resource, day, service.length, rules.grid):
                slot = Slot(service, resource, starts)
                if earliest <= starts <= latest and not self._closed(slot):
                    yield slot

    def free_slots(
        self, service: Service, day: date, rules: Rules, now: datetime, *, but: UUID | None = None
    ) -> list[Slot]:
        """In order of time. `but`: the booking that is being moved does not stand in its own way."""
        free = [s for s in self.open_slots(service, day, rules, now) if not self.taken(s, but=but)]
        return sorted(free, key=lambda slot: (slot.starts, self._load(slot.resource), slot.resource.name))

    def taken(self, slot: Slot, *, but: UUID | None = None) -> bool:
        starts, ends = slot.occupied
        return any(
            b.resource_id == slot.resource.id and b.starts < ends and starts < b.ends and b.booking_id != but
            for b in self.busy
        )

    def _beginnings(self, resource: Resource, day: date, length: timedelta, grid: int) -> list[datetime]:
        """On that date; the night before may reach into it."""
        found: set[datetime] = set()
        for opened in (day - timedelta(days=1), day):
            for weekday, opens, closes in resource.hours:
                if weekday != opened.weekday():
                    continue
                end = self._closing(opened, closes)
                moments = (self._moment(opened, minute) for minute in range(opens, closes, grid))
                found |= {starts for starts in moments if starts and starts + length <= end}
        return sorted(starts for starts in found if self.local(starts).date() == day)

    def _moment(self, day: date, minute: int) -> datetime | None:
        """That minute of the day's clock."""
        return moment(self.zone, datetime.combine(day, time()) + timedelta(minutes=minute))

    def _closing(self, day: date, minute: int) -> datetime:
        """The closing in UTC; one that the clock skips is the moment of the skip."""
        for back in range(2 * DAY):
            if moment := self._moment(day, minute - back):
                return moment + timedelta(minutes=min(back, 1))
        raise AssertionError("no clock skips two days")

    def _closed(self, slot: Slot) -> bool:
        starts, ends = (self.local(moment).replace(tzinfo=None) for moment in (slot.starts, slot.ends))
        return any(
            closure.resource_id in (None, slot.resource.id)
            and closure.starts < ends
            and starts < closure.ends
            for closure in self.closures
        )

    def _load(self, resource: Resource) -> int:
        return sum(busy.resource_id == resource.id for busy in self.busy)
