"""The people of an organization: members, their roles, invitations, and one's own profile."""

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Literal, LiteralString
from uuid import UUID

import psycopg.errors
from pydantic import BaseModel, BeforeValidator, Field

from models.organizations import Role
from vulkn_app import live, postgrest
from vulkn_app.db import Member, as_person, as_system
from vulkn_app.errors import BadInput, Conflict, NotAllowed, PlanFull
from vulkn_app.i18n import Language
from vulkn_app.texts import Line, one_line

Invited = Literal["admin", "member"]
# Enough to catch a slip; whether it exists is found out when the link is used.
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]+\.[^\s@<>,;.]{2,63}")


class MemberRow(BaseModel):
    """A person of the team, as the team sees them."""

    user_id: UUID
    name: str
    email: str
    role: Role
    me: bool


class InvitationRow(BaseModel):
    """An invitation that nobody has accepted yet."""

    id: UUID
    email: str
    role: Role
    # The local Supabase may word it as PostgreSQL does, with "+00" for the zone.
    expires_at: Annotated[datetime, BeforeValidator(datetime.fromisoformat)]


class ProfileForm(BaseModel):
    name: Line = Field(min_length=1, max_length=120)
    locale: Language = "es"


class Preview(BaseModel):
    """What the holder of an invitation's link may know before joining."""

    org_name: str
    email: str
    role: Role


async def members(member: Member) -> list[MemberRow]:
    """Owners first, then in the order in which they joined."""
    places = (await _table(member, "memberships")).select("user_id,role").eq("org_id", str(member.org_id))
    with postgrest.told():
        found = (await places.order("created_at").retry(False).execute()).data
    ids = [place["user_id"] for place in found]
    people = (await _table(member, "profiles")).select("user_id,name,email").in_("user_id", ids)
    with postgrest.told():
        known = {row["user_id"]: row for row in (await people.retry(False).execute()).data}
    nobody = {"name": "", "email": ""}
    rows = [
        MemberRow.model_validate(
            nobody | known.get(place["user_id"], {}) | place | {"me": place["user_id"] == str(member.user_id)}
        )
        for place in found
    ]
    return sorted(rows, key=lambda row: list(Role).index(row.role))


async def set_role(member: Member, user_id: UUID, role: Role) -> None:
    """Owners only. Raises Conflict("last_owner") when nobody would be left."""
    member.must_be_theirs()
    await _one_membership(member, user_id, "update memberships set role = %(role)s", role=role.value)


async def remove(member: Member, user_id: UUID) -> None:
    """Owners remove anyone, administrators members, everybody themselves."""
    member.must_be_theirs()
    await _one_membership(member, user_id, "delete from memberships")


async def invitations(member: Member) -> list[InvitationRow]:
    """The newest first; nothing for a plain member."""
    asked = (await _table(member, "invitations")).select("id,email,role,expires_at")
    asked = asked.eq("org_id", str(member.org_id)).is_("accepted_at", "null").order("created_at", desc=True)
    with postgrest.told():
        found = (await asked.retry(False).execute()).data
    return [InvitationRow.model_validate(row) for row in found]


async def invite(member: Member, *, email: str, role: Invited) -> str:
    """Returns the token of the link; only its hash is kept. Raises Conflict("already_in_team"); PlanFull when no seat is left."""
    member.must_be_theirs()
    to, token = address(email), secrets.token_urlsafe(32)
    with _told():
        async with as_person(member) as connection:
            await connection.execute(
                "select app.invite(%s, %s, %s, %s)", (member.org_id, to, role, _hash(token))
            )
    live.publish(live.Ring(member.org_id, "team"))
    return token


async def withdraw(member: Member, invitation_id: UUID) -> None:
    member.must_be_theirs()
    asked = (
        (await _table(member, "invitations"))
        .delete()
        .eq("org_id", str(member.org_id))
        .eq("id", str(invitation_id))
    )
    # Asking for the whole row back would need a right to its token's hash.
    with postgrest.told():
        await asked.select("id").execute()
    live.publish(live.Ring(member.org_id, "team"))


async def preview(token: str) -> Preview | None:
    """None for a token that is wrong, used or too old."""
    async with as_system("vulkn_web") as connection:
        cursor = await connection.execute(
            "select org_name, email, role from app.invitation_preview(%s)", (_hash(token),)
        )
        row = await cursor.fetchone()
    return Preview(org_name=row[0], email=row[1], role=row[2]) if row else None


async def accept(user_id: UUID, token: str) -> UUID:
    """Joins; returns the organization. Raises NotAllowed("invitation_invalid") unless the token was made for
    this very person's address, is unused and not too old; Conflict("team_full") when the plan became smaller since."""
    try:
        async with as_person(user_id) as connection:
            cursor = await connection.execute("select app.accept_invitation(%s)", (_hash(token),))
            row = await cursor.fetchone()
    except PlanFull as problem:
        raise Conflict("team_full") from problem
    except psycopg.errors.InsufficientPrivilege as problem:
        raise NotAllowed("invitation_invalid") from problem
    assert row
    live.publish(live.Ring(row[0], "team"))
    return row[0]


async def change_profile(member: Member, form: ProfileForm) -> None:
    """One's own name and language."""
    member.must_be_theirs()
    change = (await _table(member, "profiles")).update(form.model_dump())
    with postgrest.told():
        await change.eq("user_id", str(member.user_id)).execute()
    live.publish(live.Ring(member.org_id, "team"))


async def _table(member: Member, name: str) -> Any:
    return (await postgrest.of(member)).table(name)


async def _one_membership(member: Member, user_id: UUID, change: LiteralString, **values: str) -> None:
    """Through SQL, not PostgREST: the local Supabase does not say which rule refused. The policy hides
    from a change what a person may not touch: no row is a refusal."""
    asked = {"org_id": member.org_id, "user_id": user_id, **values}
    try:
        async with as_person(member) as connection:
            cursor = await connection.execute(
                f"{change} where org_id = %(org_id)s and user_id = %(user_id)s", asked
            )
            if not cursor.rowcount:
                raise NotAllowed
    except psycopg.errors.CheckViolation as problem:  # the only check a change can break: keep_owner's
        raise Conflict("last_owner") from problem
    live.publish(live.Ring(member.org_id, "team"))


def address(email: str) -> str:
    address = one_line(email).lower()
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise BadInput("email_invalid")
    return address


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@contextmanager
def _told() -> Iterator[None]:
    """The doors' own refusals, in our errors."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    except psycopg.errors.UniqueViolation as problem:
        raise Conflict("already_in_team") from problem
    except psycopg.errors.CheckViolation as problem:
        raise BadInput from problem
