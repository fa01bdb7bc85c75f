"""Looking through an organization's conversations: once a week by the worker, or when somebody asks for it.

Read, think in a thread, store: no transaction is open while it thinks. Bounded: the newest questions of the last
90 days, and the newest ones that the owner answered on their own phone before (180 days)."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection

from vulkn_app import live
from vulkn_app.db import AgentKey, as_agent, as_system
from vulkn_app.knowledge.index import Entry
from vulkn_app.knowledge.search import Knowledge, read_entries
from vulkn_app.knowledge.suggestions.mining import Found, Question, Settled, mine

log = structlog.get_logger()

MOST_QUESTIONS = 2000
MOST_HISTORY = 500
AT_ONCE = 20  # organizations of one run; the next one is minutes away
LEASE = timedelta(minutes=10)
SAMPLE = 3  # phrasings of a suggestion that the knowledge is asked

# What no entry answered: the agent did not know, a person had to, or the answer was called wrong. The reply is what a
# person wrote to it, by quoting it, or next: until the visitor asked on, or once more where nobody had replied by then.
# `beside` is the question that waited along with it; `came_last`, whether this one came after that.
QUESTIONS = """
    select m.id, c.contact_id, m.body, m.created_at, coalesce(t.outcome = 'unknown' or a.rating = -1, false),
           c.language, coalesce(r.reply, ''), array_remove(array[k.name, k.email, k.phone], null),
           case when r.quoted then '' when r.at > n.first then n.body else coalesce(b.body, '') end,
           coalesce(r.at < n.first, true)
    from conversations c
    join contacts k on k.org_id = c.org_id and k.id = c.contact_id
    join messages m on m.org_id = c.org_id and m.conversation_id = c.id and m.sender = 'visitor'
    left join turns t on t.org_id = m.org_id and t.id = m.turn_id
    left join messages a on a.org_id = m.org_id and a.id = t.answer_id
    cross join lateral (
      select coalesce((array_agg(v.seq order by v.seq))[1], m.seq + 7) as first,
             coalesce((array_agg(v.seq order by v.seq))[2], m.seq + 7) as second,
             coalesce((array_agg(v.body order by v.seq))[1], '') as body
      from messages v
      where v.org_id = m.org_id and v.conversation_id = m.conversation_id and v.sender = 'visitor'
        and v.seq between m.seq + 1 and m.seq + 6) n
    cross join lateral (
      select string_agg(h.body, E'\\n' order by h.seq) as reply, bool_or(h.reply_to_id = m.id) as quoted, min(h.seq) as at
      from messages h
      where h.org_id = m.org_id and h.conversation_id = m.conversation_id and h.sender = 'human'
        and h.seq between m.seq + 1 and m.seq + 6
        and (h.reply_to_id = m.id or h.reply_to_id is null and h.seq < case when exists (
          select from messages f
          where f.org_id = m.org_id and f.conversation_id = m.conversation_id and f.sender = 'human'
            and f.seq > m.seq and f.seq < n.first) then n.first else n.second end)) r
    left join lateral (
      select v.body from messages v left join turns w on w.org_id = v.org_id and w.id = v.turn_id
      where v.org_id = m.org_id and v.conversation_id = m.conversation_id and v.sender = 'visitor'
        and v.seq between m.seq - 5 and m.seq - 1 and w.outcome is distinct from 'answered'
        and not exists (
          select from messages f
          where f.org_id = m.org_id and f.conversation_id = m.conversation_id and f.sender = 'human'
            and f.seq > v.seq and f.seq < m.seq)
      order by v.seq desc limit 1) b on true
    where c.org_id = %(org_id)s and c.last_message_at > now() - interval '90 days'
      and m.created_at > now() - interval '90 days'
      and (t.id is null or (t.state = 'done' and (t.outcome in ('unknown', 'handoff') or a.rating = -1)))
      and not exists (select from knowledge_corrections x where x.org_id = m.org_id and x.message_id = t.answer_id)
    order by m.created_at desc, m.id limit %(limit)s
"""
# Said on the owner's phone before the agent came: what a customer asked there and a person answered next, before the
# customer went on. Nobody failed to answer it, so it weighs no more than anybody's question.
HISTORY = """
    select h.id, h.contact_id, h.body, h.sent_at, false, null::text, r.reply,
           array_remove(array[k.name, k.email, k.phone], null), '', true
    from history_messages h
    join contacts k on k.org_id = h.org_id and k.id = h.contact_id
    cross join lateral (
      select string_agg(a.body, E'\\n' order by a.sent_at, a.id) as reply from (
        select b.* from history_messages b
        where b.org_id = h.org_id and b.contact_id = h.contact_id and b.sent_at > h.sent_at
        order by b.sent_at, b.id limit 3) a
      where a.from_business and a.kind = 'text' and a.sent_at < coalesce((
        select min(v.sent_at) from history_messages v
        where v.org_id = h.org_id and v.contact_id = h.contact_id and not v.from_business and v.sent_at > h.sent_at),
        'infinity')) r
    where h.org_id = %(org_id)s and not h.from_business and h.kind = 'text' and h.sent_at > now() - interval '180 days'
      and r.reply is not null
    order by h.sent_at desc, h.id limit %(limit)s
"""
CHANGED = "select id, updated_at from knowledge_entries where org_id = %s and status = 'active'"
SETTLED = """
    select question, phrasings from knowledge_suggestions
    where org_id = %s and (state = 'rejected' or (state = 'approved' and entry_id is not null))
"""
DONE = "select app.look_done(%s, %s)"
KNOWN = "select id, key, state, evidence from knowledge_suggestions where org_id = %s"
FORGET = "delete from knowledge_suggestions where org_id = %s and state = 'open' and id <> all (%s)"
COLUMNS = (
    "key", "question", "language", "phrasings", "people", "unanswered", "first_at", "last_at", "evidence", "draft",
    "draft_from",
)  # fmt: skip
VALUES = ", ".join(f"%({column})s" for column in COLUMNS)
CHANGE = f"update knowledge_suggestions set ({', '.join(COLUMNS)}) = ({VALUES}) where org_id = %(org_id)s and id = %(id)s"
ADD = f"""
    insert into knowledge_suggestions (org_id, {", ".join(COLUMNS)}) values (%(org_id)s, {VALUES})
    on conflict (org_id, key) do update set state = 'open',
      ({", ".join(COLUMNS)}) = ({", ".join(f"excluded.{column}" for column in COLUMNS)})
    where knowledge_suggestions.state = 'open'
      or (knowledge_suggestions.state = 'approved' and knowledge_suggestions.entry_id is null)
    returning id
"""


@dataclass(frozen=True)
class _Seen:
    """What one look reads."""

    questions: list[Question]
    settled: list[Settled]
    entries: tuple[Entry, ...] = ()
    changed: dict[UUID, datetime] = field(default_factory=dict)


async def due() -> int:
    """The weekly look of every organization whose week is over; how many. One that fails holds up nobody else."""
    looked = 0
    for _ in range(AT_ONCE):
        async with as_system("vulkn_engine") as connection:
            row = await (await connection.execute("select app.claim_look(%s)", (LEASE,))).fetchone()
        if not row or row[0] is None:
            break
        try:
            await look(row[0])
            looked += 1
        except Exception as problem:  # noqa: BLE001 - the worker's boundary: its lease ends, and it is tried again
            log.warning("suggestions.failed", kind=type(problem).__name__, org=str(row[0]))
    return looked


async def look(org_id: UUID) -> int:
    """Looks now; how many suggestions wait for a person afterwards."""
    async with as_agent(AgentKey(org_id)) as connection:
        seen = await _read(connection, org_id)
    found = await asyncio.to_thread(_think, seen)
    async with as_agent(AgentKey(org_id)) as connection:
        stored = await _store(connection, org_id, found, len(seen.questions))
    live.publish(live.Ring(org_id, "suggestions"))
    return stored


async def _read(connection: AsyncConnection[Any], org_id: UUID) -> _Seen:
    cursor = await connection.execute(QUESTIONS, {"org_id": org_id, "limit": MOST_QUESTIONS})
    rows = await cursor.fetchall()
    cursor = await connection.execute(HISTORY, {"org_id": org_id, "limit": MOST_HISTORY})
    rows += await cursor.fetchall()
    questions = [Question(*row[:7], known=tuple(row[7]), beside=row[8], came_last=row[9]) for row in rows]
    cursor = await connection.execute(SETTLED, (org_id,))
    settled = [Settled(question, tuple(phrasings)) for question, phrasings in await cursor.fetchall()]
    if len(questions) < 2:
        return _Seen(questions, settled)
    entries = await read_entries(connection, org_id)
    changed = dict(await (await connection.execute(CHANGED, (org_id,))).fetchall())
    return _Seen(questions, settled, entries, changed)


def _think(seen: _Seen) -> list[Found]:
    found = mine(seen.questions, seen.settled)
    if not found:
        return []
    knowledge = Knowledge.build(seen.entries)
    return [each for each in found if not _answered(each, knowledge, seen.changed)]


def _answered(found: Found, knowledge: Knowledge, changed: dict[UUID, datetime]) -> bool:
    """Whether the knowledge has it by now. An entry that was there when the agent did not know it is no answer."""
    asked = (found.question, *found.phrasings)[:SAMPLE]
    hits = [hit for text in asked for hit in knowledge.search(text, limit=1) if hit.answerable]
    if 2 * found.unanswered >= len(found.evidence):
        hits = [hit for hit in hits if changed.get(hit.entry_id, found.first_at) > found.last_at]
    return 2 * len(hits) > len(asked)


async def _store(
    connection: AsyncConnection[Any], org_id: UUID, found: Sequence[Found], questions: int
) -> int:
    """Puts what was found in the place of what was open; two looks at once stand in a line."""
    await connection.execute(DONE, (questions, len(found)))
    known = await (await connection.execute(KNOWN, (org_id,))).fetchall()
    kept: list[UUID] = []
    for each in found:
        if any(state != "open" and _same(each, evidence) for _, _, state, evidence in known):
            continue  # somebody decided while we were looking
        open_ones = [row for row in known if row[2] == "open" and row[0] not in kept]
        row = next((row for row in open_ones if row[1] == each.key or _same(each, row[3])), None)
        values = _values(each) | {"org_id": org_id}
        if row and (row[1] == each.key or not any(other[1] == each.key for other in known)):
            await connection.execute(CHANGE.encode(), values | {"id": row[0]})
            kept.append(row[0])
        elif added := await (await connection.execute(ADD.encode(), values)).fetchone():
            kept.append(added[0])
    await connection.execute(FORGET, (org_id, kept))
    return len(kept)


def _same(found: Found, evidence: Iterable[UUID]) -> bool:
    """Half of the messages of the smaller one are the other's too."""
    mine_, theirs = set(found.evidence), set(evidence)
    return 2 * len(mine_ & theirs) >= min(len(mine_), len(theirs)) > 0


def _values(found: Found) -> dict[str, Any]:
    return {
        **{column: getattr(found, column) for column in COLUMNS if column != "draft_from"},
        "phrasings": list(found.phrasings),
        "evidence": list(found.evidence),
        "draft_from": found.draft_id,
    }
