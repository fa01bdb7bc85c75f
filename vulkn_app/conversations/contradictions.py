"""Which of a business's entries contradict each other today, as its people see it, and which of that is settled.

What an entry claims is read once and kept until the entry changes; the rest is a look-up in memory."""

import asyncio
from collections import OrderedDict, defaultdict
from datetime import UTC, datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row
from pydantic import BaseModel

from vulkn_app import live
from vulkn_app.conversations import clashes
from vulkn_app.conversations.clashes import Claims, Clash, Text
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, NotFound
from vulkn_app.knowledge.changes import acting
from vulkn_app.knowledge.validity import HOLDS
from vulkn_app.texts import one_line

KEPT = 50  # organizations whose editors were open last

HOLDING = (
    """
    select k.id, k.updated_at, k.twin_id, k.title
    from knowledge_entries k join organizations o on o.id = k.org_id
    where k.org_id = %(org)s and k.status = 'active' and
"""
    + HOLDS
)
TEXTS = """
    select id, title, body, language, kind, twin_id from knowledge_entries
    where org_id = %(org)s and id = any (%(ids)s)
"""
SETTLED = "select one_id, other_id, figures from knowledge_dismissals where org_id = %(org)s"
SETTLE = """
    insert into knowledge_dismissals (org_id, one_id, other_id, figures, reason)
    values (%(org)s, %(one)s, %(other)s, %(figures)s, %(reason)s)
    on conflict (org_id, one_id, other_id, figures) do nothing
"""


class ClashRow(BaseModel):
    """A contradiction as one of its entries sees it."""

    other_id: UUID
    other_title: str
    here: str
    there: str
    figures: str


Found = dict[UUID, list[ClashRow]]
# By organization: what each entry claims, and the moment of the entry that was read.
_claims: OrderedDict[UUID, dict[UUID, tuple[datetime, Claims]]] = OrderedDict()


async def of(member: Member, now: datetime | None = None) -> Found:
    """The open contradictions between entries that hold today, by entry."""
    values = {"org": member.org_id, "now": now or datetime.now(UTC)}
    async with acting(member) as connection:
        holding = await (await connection.execute(HOLDING, values)).fetchall()
        if not holding:
            return {}
        settled = set(await (await connection.execute(SETTLED, values)).fetchall())
        known = _claims.get(member.org_id, {})
        moved = [entry_id for entry_id, at, *_ in holding if known.get(entry_id, (None,))[0] != at]
        texts = await _texts(connection, member, moved)
    fresh = await asyncio.to_thread(lambda: {text.id: clashes.claims(text) for text in texts})
    kept = {
        entry_id: (at, fresh[entry_id] if entry_id in fresh else known[entry_id][1])
        for entry_id, at, *_ in holding
        if entry_id in fresh or entry_id in known
    }
    _keep(member.org_id, kept)
    pairs = _twins(holding)
    found = await asyncio.to_thread(clashes.find, {key: said for key, (_, said) in kept.items()}, pairs)
    titles = {entry_id: title for entry_id, _, _, title in holding}
    return _by_entry([clash for clash in found if clash[:3] not in settled], titles)


async def settle(member: Member, entry_id: UUID, other_id: UUID, reason: str) -> None:
    """Says why two entries do not contradict each other; other figures will be asked about again."""
    reason = one_line(reason)[:300]
    if not reason:
        raise BadInput("reason_missing")
    row = next((row for row in (await of(member)).get(entry_id, []) if row.other_id == other_id), None)
    if row is None:
        raise NotFound
    one, other = sorted((entry_id, other_id))
    values = {"org": member.org_id, "one": one, "other": other, "figures": row.figures, "reason": reason}
    async with acting(member) as connection:
        await connection.execute(SETTLE, values)
    live.publish(live.Ring(member.org_id, "knowledge"))


async def _texts(connection: AsyncConnection[Any], member: Member, ids: list[UUID]) -> list[Text]:
    if not ids:
        return []
    async with connection.cursor(row_factory=class_row(Text)) as cursor:
        await cursor.execute(TEXTS, {"org": member.org_id, "ids": ids})
        return await cursor.fetchall()


def _twins(holding: list[Any]) -> list[tuple[UUID, UUID]]:
    by_twin: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for entry_id, _, twin_id, _ in holding:
        if twin_id:
            by_twin[twin_id].append(entry_id)
    return [pair for ids in by_twin.values() for pair in combinations(sorted(ids), 2)]


def _by_entry(found: list[Clash], titles: dict[UUID, str]) -> Found:
    rows: defaultdict[UUID, list[ClashRow]] = defaultdict(list)
    for one, other, figures, here, there in found:
        rows[one].append(_row(other, titles, here, there, figures))
        rows[other].append(_row(one, titles, there, here, figures))
    return dict(rows)


def _row(other: UUID, titles: dict[UUID, str], here: str, there: str, figures: str) -> ClashRow:
    return ClashRow(
        other_id=other, other_title=titles.get(other, ""), here=here, there=there, figures=figures
    )


def _keep(org_id: UUID, known: dict[UUID, tuple[datetime, Claims]]) -> None:
    _claims[org_id] = known
    _claims.move_to_end(org_id)
    while len(_claims) > KEPT:
        _claims.popitem(last=False)
