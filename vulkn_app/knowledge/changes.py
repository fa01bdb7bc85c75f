"""What people do to entries, one or many at a time, and take back: a statement each, its history beside it.

The rows of the history, the audit rows and the brain's new version are written by the tables, in the same
transaction."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from psycopg import AsyncConnection, errors

from vulkn_app.db import Member, as_person
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound
from vulkn_app.knowledge.entries import MOST_IDS, Status, changed

SET_STATUS = """
    update knowledge_entries set status = %(status)s
    where org_id = %(org)s and id = any (%(ids)s) and status <> %(status)s
"""
SET_REVIEW = """
    update knowledge_entries set review_by = %(day)s
    where org_id = %(org)s and id = any (%(ids)s) and review_by is distinct from %(day)s
"""
DELETE = "delete from knowledge_entries where org_id = %(org)s and id = any (%(ids)s)"
THERE = "select count(*) from knowledge_entries where org_id = %(org)s and id = any (%(ids)s)"
# Made in this very transaction: `at` is its moment.
CHANGE = """
    select change from knowledge_versions
    where org_id = %(org)s and entry_id = any (%(ids)s) and at = now() limit 1
"""
# Only what nobody has changed since: taking back is not overwriting.
UNDO = """
    update knowledge_entries e set title = r.title, body = r.body, language = r.language, examples = r.examples,
      status = r.status, exact = r.exact, kind = r.kind, valid_from = r.valid_from, valid_until = r.valid_until,
      review_by = r.review_by
    from knowledge_versions v, jsonb_populate_record(null::knowledge_entries, v.entry) r
    where v.org_id = %(org)s and v.change = %(change)s and v.verb = 'update'
      and e.org_id = v.org_id and e.id = v.entry_id and e.updated_at = v.at
"""
BRING_BACK = """
    select app.knowledge_bring_back(%(org)s, array(
      select id from knowledge_versions where org_id = %(org)s and change = %(change)s and verb = 'delete'))
"""


@dataclass(frozen=True)
class Change:
    """How many entries are different now; `id` takes it back, None when nothing needs to be."""

    count: int
    id: UUID | None


async def set_status(member: Member, ids: Sequence[UUID], status: Status) -> Change:
    """An archived entry is out of the agent's sight from its next turn on, and kept for people."""
    return await _do(member, ids, SET_STATUS, {"status": status})


async def set_review(member: Member, ids: Sequence[UUID], day: date | None) -> Change:
    """Until when somebody has to look at them again."""
    return await _do(member, ids, SET_REVIEW, {"day": day})


async def delete(member: Member, ids: Sequence[UUID]) -> Change:
    """Gone for the agent; people can bring them back for 30 days. Raises NotAllowed for a plain member."""
    if member.role == "member":
        raise NotAllowed  # the policy would answer "0 rows", which reads like success
    return await _do(member, ids, DELETE, {})


async def undo(member: Member, change: UUID) -> int:
    """Takes a change back, as a change of its own; leaves alone what somebody edited since."""
    values = {"org": member.org_id, "change": change}
    async with acting(member) as connection:
        updated = await connection.execute(UNDO, values)
        back = await (await connection.execute(BRING_BACK, values)).fetchone()
    changed(member)
    return updated.rowcount + (back[0] if back else 0)


@asynccontextmanager
async def acting(member: Member) -> AsyncIterator[AsyncConnection[Any]]:
    """A transaction of this person, its refusals in our errors."""
    try:
        async with as_person(member) as connection:
            yield connection
    except errors.UniqueViolation as problem:
        raise Conflict("title_taken") from problem
    except errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    except (errors.IntegrityError, errors.DataError) as problem:
        raise BadInput from problem


async def _do(member: Member, ids: Sequence[UUID], statement: LiteralString, more: dict[str, Any]) -> Change:
    """Raises NotFound where none of them is there, for whoever asks."""
    values = {"org": member.org_id, "ids": list(ids[:MOST_IDS])} | more
    async with acting(member) as connection:
        there = await (await connection.execute(THERE, values)).fetchone()
        if not there or not there[0]:
            raise NotFound
        done = await connection.execute(statement, values)
        found = await (await connection.execute(CHANGE, values)).fetchone()
    changed(member)
    return Change(done.rowcount, found[0] if found else None)
