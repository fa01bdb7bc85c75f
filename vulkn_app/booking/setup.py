"""What can be booked, on whom, and when: services, resources and their hours. The rules of the rows are the
tables'; here their refusals become sentences."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from psycopg import AsyncConnection, errors
from psycopg.rows import class_row
from pydantic import BaseModel, Field

from models.booking import ResourceKind
from vulkn_app import live
from vulkn_app.db import Member, as_person
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound
from vulkn_app.texts import Line

DAY = 1440  # minutes
COMING = "b.state = 'booked' and b.ends_at > now()"
SERVICES = f"""
  select s.id, s.name_es, s.name_en, s.minutes, s.buffer_before, s.buffer_after, coalesce(s.price::text, '') as price,
    s.currency, s.active,
    array(select u.resource_id from service_resources u where u.org_id = s.org_id and u.service_id = s.id) as resources,
    (select count(*) from bookings b where b.org_id = s.org_id and b.service_id = s.id and {COMING}) as coming
  from services s where s.org_id = %s order by s.active desc, s.created_at, s.id
"""
RESOURCES = f"""
  select r.id, r.kind, r.name, r.active,
    coalesce((select jsonb_agg(jsonb_build_object('weekday', h.weekday, 'opens', h.opens, 'closes', h.closes)
                               order by h.weekday, h.opens)
      from resource_hours h where h.org_id = r.org_id and h.resource_id = r.id), '[]') as hours,
    (select count(*) from bookings b where b.org_id = r.org_id and b.resource_id = r.id and {COMING}) as coming
  from resources r where r.org_id = %s order by r.active desc, r.created_at, r.id
"""
CLOSURES = """
  select c.id, c.resource_id, coalesce(r.name, '') as resource, c.starts, c.ends, c.reason
  from closures c join organizations o on o.id = c.org_id
  left join resources r on r.org_id = c.org_id and r.id = c.resource_id
  where c.org_id = %s and c.ends > now() at time zone o.timezone order by c.starts, c.id
"""
CURRENCY = "select currency from organizations where id = %s"
ADD_SERVICE = """
  insert into services (org_id, name_es, name_en, minutes, buffer_before, buffer_after, price, currency)
  values (%(org)s, %(name_es)s, %(name_en)s, %(minutes)s, %(buffer_before)s, %(buffer_after)s, %(price)s,
    coalesce(%(currency)s, (select o.currency from organizations o where o.id = %(org)s)))
  returning id
"""
CHANGE_SERVICE = """
  update services set name_es = %(name_es)s, name_en = %(name_en)s, minutes = %(minutes)s, price = %(price)s,
    buffer_before = %(buffer_before)s, buffer_after = %(buffer_after)s, currency = coalesce(%(currency)s, currency)
  where org_id = %(org)s and id = %(id)s returning id
"""
ADD_RESOURCE = "insert into resources (org_id, kind, name) values (%(org)s, %(kind)s, %(name)s) returning id"
CHANGE_RESOURCE = """
  update resources set kind = %(kind)s, name = %(name)s where org_id = %(org)s and id = %(id)s returning id
"""
RETIRE: dict[str, str] = {
    "service": "update services set active = %(active)s where org_id = %(org)s and id = %(id)s returning id",
    "resource": "update resources set active = %(active)s where org_id = %(org)s and id = %(id)s returning id",
}


class HoursOverlap(Conflict):
    code = "hours_overlap"


class Span(BaseModel):
    """Minutes after midnight of a weekday, Monday is 0; past 1440 is the night into the next day."""

    weekday: int = Field(ge=0, le=6)
    opens: int = Field(ge=0, lt=DAY)
    closes: int = Field(gt=0, le=2 * DAY)

    @property
    def key(self) -> tuple[int, int, int]:
        return self.weekday, self.opens, self.closes


class ServiceRow(BaseModel):
    """`resources`: those it is done on; none: any. `coming`: appointments that are still ahead."""

    id: UUID
    name_es: str
    name_en: str
    minutes: int
    buffer_before: int
    buffer_after: int
    price: str
    currency: str
    active: bool
    resources: list[UUID]
    coming: int


class ResourceRow(BaseModel):
    id: UUID
    kind: ResourceKind
    name: str
    active: bool
    hours: list[Span]
    coming: int


class ClosureRow(BaseModel):
    """On the organization's own clock; no resource: all of them."""

    id: UUID
    resource_id: UUID | None
    resource: str
    starts: datetime
    ends: datetime
    reason: str


class Setup(BaseModel):
    """`currency`: the business's own, for a price that names none."""

    currency: str
    services: list[ServiceRow]
    resources: list[ResourceRow]
    closures: list[ClosureRow]


class ServiceForm(BaseModel):
    name_es: Line = Field(min_length=1, max_length=120)
    name_en: Line = Field(default="", max_length=120)
    minutes: int = Field(ge=5, le=720)
    buffer_before: int = Field(default=0, ge=0, le=240)
    buffer_after: int = Field(default=0, ge=0, le=240)
    price: Decimal | None = Field(default=None, ge=0, le=Decimal(10) ** 9, decimal_places=2)
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    resources: frozenset[UUID] = frozenset()


class ResourceForm(BaseModel):
    name: Line = Field(min_length=1, max_length=120)
    kind: ResourceKind = ResourceKind.PERSON
    hours: tuple[Span, ...] = Field(default=(), max_length=60)


async def read(member: Member) -> Setup:
    """All of it, what is retired included; of the closures those that are not over."""
    async with as_person(member) as connection:
        currency = await connection.execute(CURRENCY, (member.org_id,))
        return Setup(
            currency=(await currency.fetchone() or ("",))[0],
            services=await _rows(connection, ServiceRow, SERVICES, member),
            resources=await _rows(connection, ResourceRow, RESOURCES, member),
            closures=await _rows(connection, ClosureRow, CLOSURES, member),
        )


async def save_service(member: Member, service_id: UUID | None, form: ServiceForm) -> UUID:
    """A new one without an id. Raises NotFound, NotAllowed."""
    async with setting_up(member) as connection:
        values = form.model_dump(exclude={"resources"}) | {"org": member.org_id, "id": service_id}
        id = await saved(connection, CHANGE_SERVICE if service_id else ADD_SERVICE, values)
        await connection.execute(
            "delete from service_resources where org_id = %s and service_id = %s and resource_id <> all (%s)",
            (member.org_id, id, list(form.resources)),
        )
        await connection.execute(
            "insert into service_resources (org_id, service_id, resource_id) select %s, %s, unnest(%s::uuid[])"
            " on conflict do nothing",
            (member.org_id, id, list(form.resources)),
        )
    return id


async def save_resource(member: Member, resource_id: UUID | None, form: ResourceForm) -> UUID:
    """With the hours of its week, which take the place of what was there. Raises HoursOverlap."""
    async with setting_up(member) as connection:
        values = {"org": member.org_id, "id": resource_id, "kind": form.kind.value, "name": form.name}
        id = await saved(connection, CHANGE_RESOURCE if resource_id else ADD_RESOURCE, values)
        await _set_hours(connection, member, id, {span.key for span in form.hours})
        if len({span.key for span in form.hours}) < len(form.hours):
            raise HoursOverlap
    return id


async def retire(
    member: Member, what: Literal["service", "resource"], id: UUID, *, active: bool = False
) -> None:
    """Nothing new is booked on it; what is booked stays. `active`: takes that back."""
    async with setting_up(member) as connection:
        await saved(connection, RETIRE[what], {"org": member.org_id, "id": id, "active": active})


async def _set_hours(
    connection: AsyncConnection[Any], member: Member, resource_id: UUID, wanted: set[tuple[int, int, int]]
) -> None:
    """Only what differs is written: the audit log then says what changed."""
    cursor = await connection.execute(
        "select weekday, opens, closes from resource_hours where org_id = %s and resource_id = %s",
        (member.org_id, resource_id),
    )
    there = set(await cursor.fetchall())
    of = (member.org_id, resource_id)
    for span in sorted(there - wanted):
        await connection.execute(
            "delete from resource_hours where org_id = %s and resource_id = %s"
            " and weekday = %s and opens = %s and closes = %s",
            (*of, *span),
        )
    for span in sorted(wanted - there):
        await connection.execute(
            "insert into resource_hours (org_id, resource_id, weekday, opens, closes) values (%s, %s, %s, %s, %s)",
            (*of, *span),
        )


async def _rows(
    connection: AsyncConnection[Any], row: type[Any], statement: str, member: Member
) -> list[Any]:
    async with connection.cursor(row_factory=class_row(row)) as cursor:
        await cursor.execute(statement.encode(), (member.org_id,))
        return await cursor.fetchall()


async def saved(connection: AsyncConnection[Any], statement: str, values: dict[str, Any]) -> UUID:
    """Raises NotFound for what is not there, or is not this person's to change."""
    cursor = await connection.execute(statement.encode(), values)
    row = await cursor.fetchone()
    if row is None:
        raise NotFound
    return row[0]


@asynccontextmanager
async def setting_up(member: Member) -> AsyncIterator[AsyncConnection[Any]]:
    """One transaction of somebody who may set the calendar up; everybody's open page looks again after it."""
    try:
        async with as_person(member) as connection:
            yield connection
    except errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    except errors.ExclusionViolation as problem:
        raise HoursOverlap from problem
    except errors.ForeignKeyViolation as problem:
        raise NotFound from problem
    except errors.CheckViolation as problem:
        raise BadInput from problem
    live.publish(live.Ring(member.org_id, "booking"))
