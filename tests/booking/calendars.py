"""Calendars for tests: pure ones, and one in the database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg

from tests.factories import Business
from vulkn_app.booking.slots import Busy, Calendar, Closure, Resource, Rules, Service

RULES = Rules(timedelta(hours=2), timedelta(days=60), 30)
WEEKDAYS_9_TO_5 = tuple((weekday, 540, 1020) for weekday in range(5))
EVERY_DAY = tuple((weekday, 0, 1440) for weekday in range(7))


def a_service(
    minutes: int = 60, *, before: int = 0, after: int = 0, on: frozenset[UUID] = frozenset()
) -> Service:
    return Service(
        uuid4(), "Corte", "Haircut", minutes, timedelta(minutes=before), timedelta(minutes=after), "", on
    )


def a_resource(hours: tuple[tuple[int, int, int], ...] = WEEKDAYS_9_TO_5, name: str = "Laura") -> Resource:
    return Resource(uuid4(), "person", name, hours)


def a_calendar(
    service: Service,
    *resources: Resource,
    zone: str = "America/Mexico_City",
    closures: tuple[Closure, ...] = (),
    busy: tuple[Busy, ...] = (),
) -> Calendar:
    return Calendar(ZoneInfo(zone), "MX", (service,), resources, closures, busy)


def walls(calendar: Calendar, moments: list[datetime]) -> list[str]:
    """The moments as the business's own clock shows them."""
    return [f"{calendar.local(moment):%H:%M}" for moment in moments]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """What a business can be booked for, in the database."""

    org_id: UUID
    services: dict[str, UUID]
    resources: dict[str, UUID]


def a_shop(
    url: str,
    business: Business,
    *,
    services: tuple[tuple[str, str, int], ...] = (("Corte", "Haircut", 60),),
    resources: tuple[str, ...] = ("Laura",),
    hours: tuple[tuple[int, int, int], ...] = WEEKDAYS_9_TO_5,
    buffer_after: int = 0,
    reminders: bool = False,
) -> Shop:
    with psycopg.connect(url, autocommit=True) as admin:
        made = Shop(business.org_id, {}, {})
        for es, en, minutes in services:
            made.services[es] = _id(
                admin,
                "insert into services (org_id, name_es, name_en, minutes, buffer_after, price)"
                " values (%s, %s, %s, %s, %s, 250) returning id",
                (business.org_id, es, en, minutes, buffer_after),
            )
        for name in resources:
            made.resources[name] = _id(
                admin,
                "insert into resources (org_id, name) values (%s, %s) returning id",
                (business.org_id, name),
            )
            for weekday, opens, closes in hours:
                admin.execute(
                    "insert into resource_hours (org_id, resource_id, weekday, opens, closes) values (%s, %s, %s, %s, %s)",
                    (business.org_id, made.resources[name], weekday, opens, closes),
                )
        if reminders:
            admin.execute(
                "insert into agent_skills (org_id, key, enabled, published) values (%s, 'reminders', true, %s)",
                (business.org_id, '{"first_hours": 24, "second_hours": 2}'),
            )
    return made


def _id(admin: psycopg.Connection, statement: str, values: tuple[object, ...]) -> UUID:
    row = admin.execute(statement.encode(), values).fetchone()
    assert row
    return row[0]
