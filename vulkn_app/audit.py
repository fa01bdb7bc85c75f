"""The audit log. The rows themselves are written by the database's triggers; here they are checked and read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg.errors import InsufficientPrivilege
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.audit import ActorKind
from vulkn_app import live
from vulkn_app.db import Member, as_member, as_operator, as_person
from vulkn_app.errors import NotAllowed
from vulkn_app.i18n import catalogue

# The role's own limit is meant for turns and pages; a chain may be long.
LONG_WORK = "select set_config('statement_timeout', '10min', true)"
Who = Literal["team", "support", "agent"]
KINDS: dict[Who, list[str]] = {
    "team": ["user"],
    "support": ["impersonation", "platform"],
    "agent": ["engine", "system"],
}
SHOWN_SESSIONS = 5
LONGEST_CHANGE = 80  # characters of a value on a screen
A_WHILE = timedelta(minutes=30)
ALIKE = ("kind", "who", "action", "entity", "page", "conversation")

PAGE = text("""
    select seq, at, actor_kind, actor_id, imp_session, action, entity, entity_id, detail, count(*) over () as total
    from audit_log
    where org_id = :org_id
      and (cast(:kinds as text[]) is null or actor_kind = any (cast(:kinds as text[])))
      and (cast(:entity as text) is null or entity = :entity)
      and (cast(:session as uuid) is null or imp_session = :session)
    order by seq desc limit :limit offset :offset
""")
PEOPLE = text("select user_id, name from app.audit_people(:org_id)")
CHECK = "select app.audit_check(%s)"
CHECKED_WITHIN = timedelta(seconds=30)  # some hundred thousand rows; the shell's `audit verify` has longer
SESSIONS = text("""
    select s.id, s.admin_id, s.reason, s.mode, s.started_at, s.expires_at,
           coalesce(s.ended_at, case when s.expires_at <= now() then s.expires_at end) as ended_at,
           (select count(*) from audit_log a where a.org_id = s.org_id and a.imp_session = s.id and a.action = 'view') as pages,
           (select count(*) from audit_log a where a.org_id = s.org_id and a.imp_session = s.id and a.action <> 'view') as writes
    from impersonation_sessions s where s.org_id = :org_id order by s.started_at desc limit :limit
""")
ALLOWED = text("select support_allowed from organizations where id = :org_id")


@dataclass(frozen=True)
class Verdict:
    """`broken` is the first row that does not fit, or None; keep `head` elsewhere to catch a chain made anew."""

    rows: int
    head: str
    broken: int | None


class Change(BaseModel):
    """One field of what changed; without values where they are somebody's personal data."""

    field: str
    before: str = ""
    after: str = ""


class Entry(BaseModel):
    """A row of the log for reading, or several that say the same. `who` is empty for the agent and for VULKN's own
    clockwork; `page` is what support looked at, `place` the navigation's name of it; `conversation` where it happened in
    one."""

    seq: int
    at: datetime
    kind: ActorKind
    who: str
    action: str
    entity: str
    page: str
    place: str
    conversation: str = ""
    changes: list[Change]
    times: int = 1


class Page(BaseModel):
    rows: list[Entry]
    total: int


class Session(BaseModel):
    """One time that VULKN's support stood in this organization's shoes."""

    id: UUID
    who: str
    reason: str
    mode: Literal["read", "write"]
    started_at: datetime
    ended_at: datetime | None
    pages: int
    writes: int


class Support(BaseModel):
    allowed: bool
    sessions: list[Session]


async def page(
    member: Member,
    *,
    who: Who | None = None,
    entity: str = "",
    session: UUID | None = None,
    page: int = 1,
    size: int = 25,
) -> Page:
    """The newest first, what repeats itself in one; nothing for who is no administrator of the organization. `size`,
    `total`: rows of the log."""
    asked = {
        "org_id": member.org_id,
        "kinds": KINDS[who] if who else None,
        "entity": entity or None,
        "session": session,
        "limit": size,
        "offset": (max(1, page) - 1) * size,
    }
    async with as_member(member) as connection:
        rows = [dict(row) for row in (await connection.execute(PAGE, asked)).mappings()]
        names = await _names(connection, member)
    entries = [_entry(row, names) for row in rows]
    return Page(rows=list(_folded(entries)), total=rows[0]["total"] if rows else 0)


async def support(member: Member) -> Support:
    asked = {"org_id": member.org_id, "limit": SHOWN_SESSIONS}
    async with as_member(member) as connection:
        rows = [dict(row) for row in (await connection.execute(SESSIONS, asked)).mappings()]
        allowed = (await connection.execute(ALLOWED, {"org_id": member.org_id})).scalar_one()
        names = await _names(connection, member)
    sessions = [Session.model_validate({**row, "who": names.get(row["admin_id"], "")}) for row in rows]
    return Support(allowed=allowed, sessions=sessions)


async def whole(member: Member) -> bool:
    """Whether nothing of the log was changed, cut off or put in."""
    async with as_person(member, limit=CHECKED_WITHIN) as connection:
        return await (await connection.execute(CHECK, (member.org_id,))).fetchone() == (0,)


async def allow_support(member: Member, allowed: bool) -> None:
    """Owners only; refused, what is open ends at its next statement."""
    member.must_be_theirs()
    try:
        async with as_person(member) as connection:
            await connection.execute("select app.support_allow(%s, %s)", (member.org_id, allowed))
    except InsufficientPrivilege as problem:
        raise NotAllowed from problem
    live.publish(live.Ring(member.org_id, "support"))


async def verify(org_id: UUID) -> Verdict:
    """Recomputes one organization's chain of hashes."""
    async with as_operator(org_id) as connection:
        await connection.execute(LONG_WORK)
        cursor = await connection.execute("select app.audit_verify(%s)", (org_id,))
        broken = await cursor.fetchone()
        cursor = await connection.execute(
            "select seq, encode(hash, 'hex') from audit_log where org_id = %s order by seq desc limit 1",
            (org_id,),
        )
        last = await cursor.fetchone()
    assert broken
    return Verdict(rows=last[0] if last else 0, head=last[1] if last else "", broken=broken[0] or None)


async def _names(connection: AsyncSession, member: Member) -> dict[UUID, str]:
    found = await connection.execute(PEOPLE, {"org_id": member.org_id})
    return {row[0]: row[1] for row in found}


def _entry(row: dict[str, Any], names: dict[UUID, str]) -> Entry:
    page = row["entity_id"] or "" if row["entity"] == "page" else ""
    return Entry(
        seq=row["seq"],
        at=row["at"],
        kind=row["actor_kind"],
        who=names.get(row["actor_id"], ""),
        action=_act(row["action"], row["detail"]),
        entity=row["entity"],
        page=page,
        place=_place(page),
        conversation=(row["entity_id"] or "") if row["entity"] == "conversations" else "",
        changes=_changes(row["detail"], new=row["action"] == "insert"),
    )


def _act(action: str, detail: dict[str, Any]) -> str:
    """An answer is told by what came of it."""
    outcome = detail.get("outcome")
    return f"{action}_{outcome}" if action == "answer" and outcome in ("unknown", "handoff") else action


def _folded(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Neighbours that say the same of the same person, within a short while, are one that says how often."""
    last: Entry | None = None
    for entry in entries:
        if last and _same(last, entry):
            last.times += 1
            last.changes = _common(last, entry)
            continue
        if last:
            yield last
        last = entry
    if last:
        yield last


def _same(one: Entry, other: Entry) -> bool:
    alike = all(getattr(one, name) == getattr(other, name) for name in ALIKE)
    return alike and one.at - other.at <= A_WHILE


def _common(one: Entry, other: Entry) -> list[Change]:
    """Of several things, what changed in all; the values only where they are the same. That new things have a name
    says nothing."""
    if one.changes == other.changes:
        return one.changes
    fields = set() if one.action == "insert" else {change.field for change in other.changes}
    return [Change(field=change.field) for change in one.changes if change.field in fields]


def _place(page: str) -> str:
    """Which page of the dashboard an address is, as the navigation calls it; empty for others."""
    parts = page.partition("?")[0].strip("/").split("/")
    if parts[0] != "app":
        return ""
    return parts[1] if len(parts) > 1 else "overview"


def _changes(detail: dict[str, Any], *, new: bool = False) -> list[Change]:
    """What a person can read of it: names of fields, and short values where the log keeps any. Of something `new` only
    what has a value: that it began without one says nothing."""
    if isinstance(keys := detail.get("keys"), list):
        return [Change(field=str(key)) for key in keys if _worded(key)][:8]
    changes = []
    for key, value in detail.items():
        if not (_worded(key) and isinstance(value, list) and len(value) == 2):
            continue
        before, after = ("", "") if key.endswith("_at") else (_short(part) for part in value)
        if after or not new:
            changes.append(Change(field=key, before=before, after=after))
    return changes[:8]


def _worded(field: object) -> bool:
    """Whether people have a word for it; the rest is the database's own housekeeping."""
    return f"audit.field_{field}" in catalogue("es")


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if value is None or isinstance(value, dict | list):
        return ""
    words = str(value)
    return words if len(words) <= LONGEST_CHANGE else f"{words[:LONGEST_CHANGE]}…"
