"""The calendar and the appointments as the database has them, for whoever's rights the connection carries."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection
from psycopg.rows import class_row

from vulkn_app.booking.slots import Busy, Calendar, Closure, Resource, Service
from vulkn_app.errors import NotFound

CALENDAR = """
  select jsonb_build_object(
    'timezone', o.timezone, 'country', o.country,
    'services', coalesce((
      select jsonb_agg(to_jsonb(s) || jsonb_build_object('price', s.price::text, 'on', coalesce((
        select jsonb_agg(u.resource_id) from service_resources u
        where u.org_id = o.id and u.service_id = s.id), '[]')) order by s.created_at, s.id)
      from services s where s.org_id = o.id and (s.active or s.id = %(keep)s::uuid)), '[]'),
    'resources', coalesce((
      select jsonb_agg(to_jsonb(r) || jsonb_build_object('hours', coalesce((
        select jsonb_agg(jsonb_build_array(h.weekday, h.opens, h.closes)) from resource_hours h
        where h.org_id = o.id and h.resource_id = r.id), '[]')) order by r.created_at, r.id)
      from resources r where r.org_id = o.id and r.active), '[]'),
    'closures', coalesce((
      select jsonb_agg(to_jsonb(c)) from closures c
      where c.org_id = o.id and c.starts < %(until)s + interval '2 days' and c.ends > %(from)s - interval '2 days'), '[]'),
    'busy', coalesce((
      select jsonb_agg(jsonb_build_array(b.resource_id, extract(epoch from lower(b.occupied))::bigint,
                                         extract(epoch from upper(b.occupied))::bigint, b.id))
      from bookings b
      where b.org_id = o.id and b.state = 'booked'
        and b.starts_at between %(from)s - interval '2 days' and %(until)s + interval '2 days'), '[]'))
  from organizations o where o.id = %(org)s
"""
BOOKINGS = """
  select b.id, b.org_id, b.code, b.state, b.starts_at as starts, b.ends_at as ends, b.sequence, b.name, b.phone, b.email,
         b.note, b.reason, b.language, b.confirmed_at is not null as confirmed, b.created_by is not null as by_hand,
         b.moved_from is not null as moved, b.changed_at as changed, b.service_id,
         b.resource_id, b.contact_id, b.conversation_id, s.name_es as service_es, s.name_en as service_en,
         r.name as resource, r.kind as resource_kind
  from bookings b
  join services s on s.org_id = b.org_id and s.id = b.service_id
  join resources r on r.org_id = b.org_id and r.id = b.resource_id
  where b.org_id = %(org)s and
"""


@dataclass(frozen=True)
class Booking:
    """An appointment as it is stored, with the names of what it is about."""

    id: UUID
    org_id: UUID
    code: str
    state: Literal["booked", "cancelled", "moved", "no_show"]
    starts: datetime
    ends: datetime
    sequence: int
    name: str
    phone: str | None
    email: str | None
    note: str
    language: Literal["es", "en"]
    confirmed: bool
    changed: datetime
    service_id: UUID
    resource_id: UUID
    contact_id: UUID | None
    conversation_id: UUID | None
    service_es: str
    service_en: str
    resource: str
    resource_kind: str
    reason: str = ""
    by_hand: bool = False
    moved: bool = False

    def service(self, language: Literal["es", "en"]) -> str:
        return self.service_en or self.service_es if language == "en" else self.service_es


async def calendar(
    connection: AsyncConnection[Any],
    org_id: UUID,
    begin: datetime,
    until: datetime,
    *,
    keep: UUID | None = None,
) -> Calendar:
    """Everything that decides about appointments between the two moments, in one round trip. `keep`: a service
    that is wanted even if it is retired."""
    cursor = await connection.execute(CALENDAR, {"org": org_id, "from": begin, "until": until, "keep": keep})
    row = await cursor.fetchone()
    if row is None:
        raise NotFound
    return _calendar(row[0])


async def bookings(
    connection: AsyncConnection[Any], org_id: UUID, where: str, **values: Any
) -> list[Booking]:
    """`where`: a condition of ours on `b`, with what may follow one."""
    async with connection.cursor(row_factory=class_row(Booking)) as cursor:
        await cursor.execute((BOOKINGS + where).encode(), {"org": org_id, **values})
        return await cursor.fetchall()


async def one(connection: AsyncConnection[Any], org_id: UUID, booking_id: UUID) -> Booking:
    """Raises NotFound."""
    found = await bookings(connection, org_id, "b.id = %(id)s", id=booking_id)
    if not found:
        raise NotFound
    return found[0]


def _calendar(told: dict[str, Any]) -> Calendar:
    return Calendar(
        zone=ZoneInfo(told["timezone"]),
        country=told["country"],
        services=tuple(_service(row) for row in told["services"]),
        resources=tuple(
            Resource(UUID(r["id"]), r["kind"], r["name"], tuple((w, o, c) for w, o, c in r["hours"]))
            for r in told["resources"]
        ),
        closures=tuple(
            Closure(
                UUID(row["resource_id"]) if row["resource_id"] else None,
                datetime.fromisoformat(row["starts"]),
                datetime.fromisoformat(row["ends"]),
            )
            for row in told["closures"]
        ),
        busy=tuple(
            Busy(
                UUID(resource),
                datetime.fromtimestamp(lower, UTC),
                datetime.fromtimestamp(upper, UTC),
                UUID(id),
            )
            for resource, lower, upper, id in told["busy"]
        ),
    )


def _service(row: dict[str, Any]) -> Service:
    return Service(
        id=UUID(row["id"]),
        name_es=row["name_es"],
        name_en=row["name_en"],
        minutes=row["minutes"],
        before=timedelta(minutes=row["buffer_before"]),
        after=timedelta(minutes=row["buffer_after"]),
        price=f"{_amount(Decimal(row['price']))} {row['currency']}" if row["price"] else "",
        on=frozenset(UUID(resource) for resource in row["on"]),
    )


def _amount(price: Decimal) -> str:
    """650 or 1,250.50: cents only when there are any."""
    return f"${price:,.0f}" if price == price.to_integral_value() else f"${price:,.2f}"
