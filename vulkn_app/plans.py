"""What a plan allows, how much of it is used, and the house giving one. The database keeps the limits
(app.keep_within_plan): here they are told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Literal
from uuid import UUID

import psycopg
from psycopg import errors
from psycopg.rows import class_row
from pydantic import BaseModel

from models.organizations import Plan
from vulkn_app import live
from vulkn_app.db import Member, as_operator, as_person, as_system
from vulkn_app.errors import BadInput, Conflict, NotAllowed, PlanFull

# `seats`: the people of the team and the invitations that may still become people.
What = Literal["members", "seats", "entries", "numbers"]
RING = "plan"  # the kind of a ring: plan, payment or limit changed
PAID_ALREADY = "VK004"

_ROOM = "select what, used, most from app.room_of_mine(%s)"
_ROOM_HERE = "select what, used, most from app.room_here()"
_OFFERED = "select * from app.plans_offered()"
_TRIAL = "select app.trial_of_mine(%s)"
_GIVE = "select app.set_plan(%s, %s, %s)"


class Room(BaseModel):
    """How much there is of something that a plan counts, and how much there may be; None: any number."""

    what: What
    used: int
    most: int | None

    @property
    def left(self) -> int | None:
        return None if self.most is None else max(0, self.most - self.used)

    @property
    def over(self) -> int:
        """What exceeds the plan: it stays, and nothing can be added."""
        return 0 if self.most is None else max(0, self.used - self.most)


class Offer(BaseModel):
    """A plan as people compare it. None: no limit. `includes`: keys of skills and channels."""

    key: Plan
    monthly_mxn_cents: int
    monthly_turns: int | None
    members: int | None
    entries: int | None
    numbers: int | None
    includes: list[str]


async def room(member: Member) -> Mapping[What, Room]:
    """Raises NotAllowed for an organization that is not the member's."""
    async with as_person(member) as connection, connection.cursor(row_factory=class_row(Room)) as c:
        found = await (await c.execute(_ROOM, (member.org_id,))).fetchall()
    if not found:
        raise NotAllowed
    return {one.what: one for one in found}


async def room_as_operator(org_id: UUID) -> Mapping[What, Room]:
    async with as_operator(org_id) as connection, connection.cursor(row_factory=class_row(Room)) as c:
        return {one.what: one for one in await (await c.execute(_ROOM_HERE)).fetchall()}


def ask(room: Mapping[What, Room], what: What, more: int = 1) -> None:
    """Raises PlanFull unless so many more fit: for saying it before the work is done."""
    found = room[what]
    if found.most is not None and more > 0 and found.used + more > found.most:
        raise PlanFull(what, found.most)


async def trial(member: Member) -> datetime | None:
    """When the trial ends; None where there is none. For everybody of the business."""
    async with as_person(member) as connection:
        row = await (await connection.execute(_TRIAL, (member.org_id,))).fetchone()
    return row[0] if row else None


async def offered() -> list[Offer]:
    """Every plan, the cheapest first."""
    async with as_system("vulkn_web") as connection, connection.cursor(row_factory=class_row(Offer)) as c:
        return await (await c.execute(_OFFERED)).fetchall()


async def give_as_operator(org_id: UUID, plan: Plan, why: str) -> None:
    """From the server's shell, audited in the organization with its reason; at /admin it is
    administrators.desk.set_plan. Raises Conflict("plan_is_paid") for a business that pays: it changes its plan where it
    pays."""
    with given():
        async with as_operator(org_id) as connection:
            await connection.execute(_GIVE, (org_id, plan.value, why))
    live.publish(live.Ring(org_id, RING))


async def by_the_clock() -> None:
    """Trials, days of grace and paid periods that ended: each organization's open pages look again."""
    async with as_system("vulkn_engine") as connection:
        cursor = await connection.execute("select * from app.plans_by_the_clock()")
        changed = {row[0] for row in await cursor.fetchall()}
    for org_id in changed:
        live.publish(live.Ring(org_id, RING))


@contextmanager
def given() -> Iterator[None]:
    """The refusals of giving a plan, in our errors."""
    try:
        yield
    except errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    except errors.CheckViolation as problem:
        raise BadInput("reason_missing") from problem
    except psycopg.Error as problem:
        if problem.sqlstate != PAID_ALREADY:
            raise
        raise Conflict("plan_is_paid") from problem
