"""Organizations as administrators see them: figures and states, never what is written in them."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, LiteralString
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import (
    CheckViolation,
    InsufficientPrivilege,
    InvalidParameterValue,
    UniqueViolation,
)
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from models.organizations import OrganizationStatus, Plan
from vulkn_app import auth, live, organizations, plans
from vulkn_app.db import as_administrator
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound, SignedOut
from vulkn_app.organizations import Provisioned
from vulkn_app.team import address
from vulkn_app.texts import Line, Text


@dataclass(frozen=True)
class Administrator:
    """The authority of somebody who showed their second factor in this very session; `key` names the session."""

    user_id: UUID
    key: bytes


class OrganizationRow(BaseModel):
    """Percent are None while there is nothing to measure; they look back seven days."""

    id: UUID
    slug: str
    name: str
    plan: Plan
    status: OrganizationStatus
    support_allowed: bool
    created_at: datetime
    members: int
    live: bool
    last_message_at: datetime | None
    cost: str
    turns: int
    answered: int | None
    grounded: int | None
    liked: int
    disliked: int
    errors: int
    waiting: int


class OrganizationPage(BaseModel):
    rows: list[OrganizationRow]
    total: int


class NewOrganization(BaseModel):
    name: Line = Field(min_length=1, max_length=organizations.LONGEST_NAME)
    slug: Line = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")
    email: Line = Field(max_length=254)


class Reason(BaseModel):
    reason: Text = Field(min_length=10, max_length=500)


class LogRow(BaseModel):
    """A line of the administrators' own log. `detail`: what else is known, for reading."""

    id: UUID
    at: datetime
    admin: str
    org_slug: str
    action: str
    detail: str


async def of(sid: str) -> Administrator:
    """Raises SignedOut, NotAllowed for who is none or stands in somebody's shoes, and NotAllowed("factor_missing")."""
    person = await auth.read(sid)
    if person is None:
        raise SignedOut
    if not person.platform or person.standing:
        raise NotAllowed
    if not person.proved:
        raise NotAllowed("factor_missing")
    return Administrator(person.user_id, person.key)


async def list_organizations(
    who: Administrator, *, search: str = "", status: str = "", page: int = 1, size: int = 25
) -> OrganizationPage:
    asked = (search.strip()[:100], status, size, (max(1, page) - 1) * size)
    async with administering(who) as connection:
        rows = await _rows(connection, "select * from app.admin_organizations(%s, %s, %s, %s)", *asked)
    return OrganizationPage(rows=[_organization(row) for row in rows], total=rows[0]["total"] if rows else 0)


async def provision(who: Administrator, form: NewOrganization) -> Provisioned:
    """A new business for an owner who will accept the invitation. Raises Conflict("slug_taken")."""
    if form.slug in organizations.RESERVED:
        raise Conflict("slug_taken")
    token = secrets.token_urlsafe(32)
    asked = (form.name, form.slug, address(form.email), sha256(token.encode()).digest())
    try:
        async with administering(who) as connection:
            rows = await _rows(connection, "select app.admin_provision(%s, %s, %s, %s) as id", *asked)
    except UniqueViolation as problem:
        raise Conflict("slug_taken") from problem
    return organizations.handed_over(rows[0]["id"], form.slug, token)


async def set_status(who: Administrator, org_id: UUID, status: OrganizationStatus, reason: Reason) -> None:
    """Suspends or resumes; every process looks again at once."""
    asked = (org_id, status.value, reason.reason)
    await _change(who, org_id, "select app.admin_set_status(%s, %s, %s)", *asked)


async def set_plan(who: Administrator, org_id: UUID, plan: Plan, reason: Reason) -> None:
    """Raises Conflict("plan_is_paid") for a business that pays."""
    asked = (org_id, plan.value, reason.reason)
    with plans.given():
        await _change(who, org_id, "select app.admin_set_plan(%s, %s, %s)", *asked)
    live.publish(live.Ring(org_id, plans.RING))


async def log_page(who: Administrator, *, page: int = 1, size: int = 25) -> tuple[list[LogRow], int]:
    """The newest first, and how many there are in all."""
    async with administering(who) as connection:
        asked = (size, (max(1, page) - 1) * size)
        rows = await _rows(connection, "select * from app.admin_log_page(%s, %s)", *asked)
    return [LogRow.model_validate({**row, "detail": _told(row["detail"])}) for row in rows], (
        rows[0]["total"] if rows else 0
    )


@asynccontextmanager
async def administering(who: Administrator) -> AsyncIterator[AsyncConnection[Any]]:
    """One transaction of an administrator, the doors' refusals in our errors."""
    try:
        async with as_administrator(who.user_id) as connection:
            yield connection
    except InsufficientPrivilege as problem:
        raise NotAllowed from problem
    except InvalidParameterValue as problem:
        raise NotAllowed("support_refused") from problem
    except CheckViolation as problem:
        raise BadInput from problem


async def _change(who: Administrator, org_id: UUID, statement: LiteralString, *values: object) -> None:
    async with administering(who) as connection:
        cursor = await connection.execute(statement, values)
        if await cursor.fetchone() != (True,):
            raise NotFound
    for kind in ("organization", "agent"):
        live.publish(live.Ring(org_id, kind))


async def _rows(
    connection: AsyncConnection[Any], statement: LiteralString, *values: object
) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(statement, values)).fetchall()


def _organization(row: dict[str, Any]) -> OrganizationRow:
    return OrganizationRow.model_validate(
        row
        | {
            "cost": f"{row['cost_micro_usd'] / 1_000_000:.2f}",
            "answered": _percent(row["answered"], row["turns"]),
            "grounded": _percent(row["grounded"], row["answered"]),
        }
    )


def _percent(part: int, whole: int) -> int | None:
    return round(part * 100 / whole) if whole else None


def _told(detail: dict[str, Any]) -> str:
    return " · ".join(f"{key}: {value}" for key, value in detail.items() if value not in (None, ""))[:600]
