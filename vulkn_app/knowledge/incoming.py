"""Imports as people see them: what was handed in, what it would do, yes or no, and where entries came from."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from psycopg.errors import InsufficientPrivilege
from pydantic import BaseModel
from sqlalchemy import text as sql

from models.knowledge_imports import ImportState, RowState, SourceKind
from vulkn_app import live, plans
from vulkn_app.db import Member, as_member, as_person
from vulkn_app.errors import BadInput, NotAllowed, NotFound, TooLarge, TooMuch
from vulkn_app.knowledge.changes import Change
from vulkn_app.knowledge.entries import changed
from vulkn_app.knowledge.formats import LARGEST_FILE
from vulkn_app.texts import one_line

LONG = timedelta(
    seconds=30
)  # 20 MB on their way to the database; ten thousand entries, each with its audit row
LATEST = 20  # imports shown
LONGEST_NAME = 200
LONGEST_ADDRESS = 500
SITE_PAGES = 20

_BEGIN = "select app.import_begin(%s, %s, %s, %s, %s)"
_DECIDE = "select app.import_decide(%s, %s, %s)"
_IMPORTS = sql("""
    select id, kind, name, size, state, progress, total, coalesce(problem, '') as problem, counts, changes, created_at, finished_at
    from knowledge_imports where org_id = :org_id and state <> 'cancelled' order by created_at desc, id limit :latest
""")
_ROWS = sql("""
    select place, line, state, title, language, coalesce(problem, '') as problem, coalesce(entry ->> 'body', '') as body,
      coalesce(before, '') as before, skipped, count(*) over () as total
    from knowledge_import_rows
    where org_id = :org_id and import_id = :id and (cast(:state as text) is null or state = :state)
    order by (problem is not null and state in ('ok', 'replace')) desc, place limit :size offset :first
""")
_TO_SAVE = sql("""
    select count(*) from knowledge_import_rows
    where org_id = :org_id and import_id = :id and state in ('ok', 'replace') and not skipped
""")
_ADDS = "select app.import_adds_of_mine(%s, %s)"
_SKIP = sql("""
    update knowledge_import_rows set skipped = :skipped
    where org_id = :org_id and import_id = :id and place = :place and state in ('ok', 'replace')
""")
_SOURCES = sql("""
    select s.id, s.kind, s.name, s.updated_at, (
      select count(*) from knowledge_entries e where e.org_id = s.org_id and e.source_id = s.id) as amount
    from knowledge_sources s where s.org_id = :org_id order by s.updated_at desc limit 200
""")
_DELETE = "delete from knowledge_sources where org_id = %(org)s and id = %(id)s"
# Made in this very transaction: `at` is its moment.
_CHANGE = """
    select change, count(*) from knowledge_versions
    where org_id = %(org)s and verb = 'delete' and at = now() and entry ->> 'source_id' = %(id)s::text group by change
"""
# Entries of it that somebody deleted one by one before are of it, too.
_FORGET = """
    delete from knowledge_versions v where v.org_id = %(org)s
      and v.entry_id in (select g.entry_id from knowledge_versions g
        where g.org_id = %(org)s and g.entry ->> 'source_id' = %(id)s::text)
      and not exists (select from knowledge_entries e where e.org_id = v.org_id and e.id = v.entry_id)
"""


_COUNTED = {
    RowState.OK: "fresh",
    RowState.REPLACE: "changed",
    RowState.DUPLICATE: "repeated",
    RowState.ERROR: "faulty",
}


class Incoming(BaseModel):
    """One import, with what became of its rows by their state."""

    id: UUID
    kind: SourceKind
    name: str
    size: int
    state: ImportState
    progress: int
    total: int
    problem: str = ""
    fresh: int = 0
    changed: int = 0
    repeated: int = 0
    faulty: int = 0
    planted: int = 0  # rows that give the model orders: left out until somebody picks them
    changes: int
    created_at: datetime
    finished_at: datetime | None


class IncomingRow(BaseModel):
    """A row of an import's dry run."""

    place: int
    line: int
    state: RowState
    title: str
    language: str
    problem: str = ""
    body: str
    before: str
    skipped: bool


class SourceRow(BaseModel):
    id: UUID
    kind: SourceKind
    name: str
    updated_at: datetime
    amount: int


async def begin_file(member: Member, name: str, content: bytes) -> UUID:
    """Takes a file in; the worker reads it. What is wrong with it is said by the import, not here."""
    if len(content) > LARGEST_FILE:
        raise TooLarge("file_too_large")
    name = one_line(PurePath(name.replace("\\", "/")).name)[-LONGEST_NAME:]
    return await _begin(member, SourceKind.FILE, name or "?", 1, content)


async def begin_page(member: Member, address: str, *, whole_site: bool) -> UUID:
    return await _begin(member, SourceKind.PAGE, _address(address), SITE_PAGES if whole_site else 1, None)


async def confirm(member: Member, import_id: UUID) -> None:
    """From here the worker writes it, all or nothing. Raises PlanFull when not all of it fits."""
    await _decide(member, import_id, go=True)


async def discard(member: Member, import_id: UUID) -> None:
    """Stops it, or takes what failed off the list."""
    await _decide(member, import_id, go=False)


async def latest(member: Member) -> list[Incoming]:
    async with as_member(member) as session:
        found = await session.execute(_IMPORTS, {"org_id": member.org_id, "latest": LATEST})
        rows = found.mappings().all()
    return [Incoming.model_validate({**row, **_counted(row["counts"])}) for row in rows]


async def rows(
    member: Member, import_id: UUID, *, state: RowState | None = None, page: int = 1, size: int = 25
) -> tuple[Sequence[IncomingRow], int]:
    """A page of an import's rows, those to look at first, and how many there are of that state."""
    values: dict[str, Any] = {"org_id": member.org_id, "id": import_id, "state": state}
    values |= {"size": size, "first": (max(1, page) - 1) * size}
    async with as_member(member) as session:
        found = (await session.execute(_ROWS, values)).mappings().all()
    shown = [IncomingRow.model_validate(dict(row)) for row in found]
    return shown, found[0]["total"] if found else 0


async def to_save(member: Member, import_id: UUID) -> int:
    """How many rows a yes would write."""
    async with as_member(member) as session:
        return (await session.execute(_TO_SAVE, {"org_id": member.org_id, "id": import_id})).scalar_one()


async def too_many(member: Member, import_id: UUID) -> tuple[int, int]:
    """How many of the new entries the plan has no room for, and how many entries it allows; a yes would be refused
    until that many rows are left out."""
    allowed = (await plans.room(member))["entries"]
    async with as_person(member) as connection:
        row = await (await connection.execute(_ADDS, (member.org_id, import_id))).fetchone()
    adds = row[0] if row else 0
    return (0 if allowed.left is None else max(0, adds - allowed.left)), allowed.most or 0


async def leave_out(member: Member, import_id: UUID, place: int, *, skipped: bool) -> None:
    values = {"org_id": member.org_id, "id": import_id, "place": place, "skipped": skipped}
    async with as_member(member) as session:
        changed = await session.execute(_SKIP, values)
    if changed.rowcount != 1:  # pyright: ignore[reportAttributeAccessIssue]
        raise NotFound


async def sources(member: Member) -> list[SourceRow]:
    """Where entries came from, with how many are left of each."""
    async with as_member(member) as session:
        found = await session.execute(_SOURCES, {"org_id": member.org_id})
        return [SourceRow.model_validate(dict(row)) for row in found.mappings()]


async def delete_source(member: Member, source_id: UUID, *, for_good: bool = False) -> Change:
    """It goes with all its entries, which can come back with it for seven days, or, `for_good`, never: then no table
    and no process has a word of them. Raises NotAllowed for a plain member."""
    if member.role == "member":
        raise NotAllowed  # the policy would answer "0 rows", which reads like success
    values = {"org": member.org_id, "id": source_id}
    async with as_person(member, limit=LONG) as connection:
        gone = await connection.execute(_DELETE, values)
        change = await (await connection.execute(_CHANGE, values)).fetchone() or (None, 0)
        if for_good:
            await connection.execute(_FORGET, values)
    if gone.rowcount != 1:
        raise NotFound
    changed(member, forgotten=for_good)
    return Change(change[1], None if for_good else change[0])


async def _begin(member: Member, kind: SourceKind, name: str, pages: int, content: bytes | None) -> UUID:
    try:
        async with as_person(member, limit=LONG) as connection:
            cursor = await connection.execute(
                _BEGIN, (member.org_id, kind, name, pages, content), binary=True
            )
            made = await cursor.fetchone()
    except InsufficientPrivilege as problem:
        raise NotAllowed from problem
    if not made or made[0] is None:
        raise TooMuch("imports_waiting")
    live.publish(live.Ring(member.org_id, "import"))
    return made[0]


async def _decide(member: Member, import_id: UUID, *, go: bool) -> None:
    try:
        async with as_person(member) as connection:
            cursor = await connection.execute(_DECIDE, (member.org_id, import_id, go))
            decided = await cursor.fetchone()
    except InsufficientPrivilege as problem:
        raise NotAllowed from problem
    if decided != (True,):
        raise NotFound
    live.publish(live.Ring(member.org_id, "import"))


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {name: counts.get(state, 0) for state, name in _COUNTED.items()} | {
        "planted": counts.get("planted", 0)
    }


def _address(said: str) -> str:
    """As people type it: "mirestaurante.mx/menu"."""
    address = one_line(said).strip()
    address = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as problem:
        raise BadInput("bad_address") from problem
    host = parts.hostname or ""
    plain = " " not in address and not parts.username and "." in host and (port is None or port > 0)
    if parts.scheme not in ("http", "https") or not plain or len(address) > LONGEST_ADDRESS:
        raise BadInput("bad_address")
    return parts._replace(fragment="", path=parts.path or "/", netloc=parts.netloc.lower()).geturl()
