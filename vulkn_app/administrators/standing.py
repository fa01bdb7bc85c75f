"""Standing in a client's shoes: begun with a reason, reading unless confirmed once more, over after half an hour."""

from datetime import datetime
from uuid import UUID

from psycopg.errors import InsufficientPrivilege, InvalidParameterValue, UniqueViolation
from psycopg.rows import class_row
from pydantic import BaseModel

from vulkn_app import auth, live
from vulkn_app.administrators.desk import Administrator, Reason, administering
from vulkn_app.auth import Person
from vulkn_app.db import Member, as_administrator, as_person, as_system
from vulkn_app.errors import BadInput, Conflict, NotAllowed

MINUTES = 30


class OpenSession(BaseModel):
    """What an administrator has open somewhere."""

    id: UUID
    org_id: UUID
    org_name: str
    mode: str
    until: datetime


async def begin(who: Administrator, org_id: UUID, reason: Reason) -> None:
    """From now on this cookie looks at the organization. Raises NotAllowed("support_refused") where the owner does
    not want it, and Conflict("support_open") while another session of this administrator is on."""
    try:
        async with administering(who) as connection:
            cursor = await connection.execute(
                "select app.impersonation_start(%s, %s, 'read', %s)", (org_id, reason.reason, MINUTES)
            )
            row = await cursor.fetchone()
            assert row
            await connection.execute(
                "select app.session_stands_in(%s, %s, sha256(convert_to(%s, 'UTF8')))",
                (who.key, row[0], auth.support_key(row[0])),
            )
    except UniqueViolation as problem:
        raise Conflict("support_open") from problem
    _ring(org_id)


async def open_sessions(who: Administrator) -> list[OpenSession]:
    async with (
        administering(who) as connection,
        connection.cursor(row_factory=class_row(OpenSession)) as cursor,
    ):
        return await (await cursor.execute("select * from app.impersonation_open()")).fetchall()


async def end(who: Administrator, session: UUID, org_id: UUID) -> None:
    """One that is open in another browser."""
    async with administering(who) as connection:
        await connection.execute("select app.impersonation_stop(%s)", (session,))
    _ring(org_id)


async def allow_writing(person: Person, slug: str) -> None:
    """A session that writes takes the place of the one that reads, with its reason and its end. `slug`: the
    business's short name, typed by hand."""
    if not (person.standing and person.proved):
        raise NotAllowed
    try:
        async with as_administrator(person.user_id) as connection:
            cursor = await connection.execute(
                "select app.impersonation_write(%s, %s)", (person.key, slug.strip().lower())
            )
            row = await cursor.fetchone()
            assert row
            await connection.execute(
                "select app.session_stands_in(%s, %s, sha256(convert_to(%s, 'UTF8')))",
                (person.key, row[0], auth.support_key(row[0])),
            )
    except InvalidParameterValue as problem:
        raise BadInput("support_name") from problem
    except InsufficientPrivilege as problem:
        raise NotAllowed from problem
    if person.org_id:
        _ring(person.org_id)


async def leave(person: Person) -> None:
    """Also what has already ended is left behind: until then the cookie stands nowhere."""
    async with as_person(person.user_id) as connection:
        cursor = await connection.execute("select app.session_leaves(%s)", (person.key,))
        row = await cursor.fetchone()
    if row and row[0]:
        _ring(row[0])


async def note(person: Person | Member, page: str) -> None:
    """Before a page is shown; nothing for who does not stand in. Raises NotAllowed("support_over") when the session has
    ended meanwhile."""
    if not person.standing:
        return
    try:
        async with as_system("vulkn_web") as connection:
            await connection.execute(
                "select set_config('request.jwt.claims', %s, true), set_config('app.imp_session', %s, true)",
                (f'{{"sub": "{person.user_id}", "role": "authenticated"}}', str(person.standing.session)),
            )
            await connection.execute("select app.impersonation_note(%s)", (page[:200],))
    except InsufficientPrivilege as problem:
        raise NotAllowed("support_over") from problem


def _ring(org_id: UUID) -> None:
    """The owner's open pages learn of it, and tabs in the session ask whether it is still on."""
    for kind in ("support", "alert"):
        live.publish(live.Ring(org_id, kind))
