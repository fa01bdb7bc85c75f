"""The worker's part of an exam: the questions that have no answer yet, a few at a time.

An answer is stored with its marks and what it cost in one transaction, so none is stored or counted twice. A process
that dies leaves a lease behind; when it ends another goes on with what is left."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from vulkn_app import live
from vulkn_app.conversations import playground
from vulkn_app.conversations.inspection import Inspected, inspect
from vulkn_app.db import AgentKey, as_agent, as_system
from vulkn_app.errors import DatabaseAway, VulknError
from vulkn_app.i18n import Language
from vulkn_app.onboarding.grading import Asked, Rule, grade

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
PATIENCE = 60  # seconds for one answer
SIDE_BY_SIDE = 3  # questions of one exam: customers are answered meanwhile
AT_ONCE = 2  # exams in a process
STORE_TRIES = 4

CLAIM = "select * from app.claim_exam(%s)"
OPEN = """
    select q.number, q.rule, q.language, q.question, q.never, q.expects, coalesce((
        select jsonb_object_agg(k.id, k.title || E'\\n' || k.body) from knowledge_entries k
        where k.org_id = q.org_id and k.id in (
          select x::uuid from jsonb_array_elements(q.expects) g, jsonb_array_elements_text(g) x)), '{}') as texts
    from exam_questions q
    where q.org_id = %s and q.exam_id = %s and q.answered_at is null order by q.number
"""
ANSWERED = "select app.exam_answered(%s, %s, %s, %s, %s, %s)"
OVER = "select app.exam_over(%s, %s, %s)"

_under_way = 0


@dataclass(frozen=True)
class Sitting:
    """An exam that this process has the lease of."""

    org_id: UUID
    id: UUID
    attempt: int


@dataclass(frozen=True)
class _Open:
    number: int
    rule: Rule
    language: Language
    question: str
    never: list[str]
    expects: list[list[str]]
    texts: dict[str, str]

    def asked(self) -> Asked:
        groups = tuple(frozenset(group) for group in self.expects)
        return Asked(self.question, self.rule, self.language, groups, self.texts, tuple(self.never))


async def do_waiting() -> int:
    """Every exam that waits, one after another. Returns how many; none while enough are under way."""
    global _under_way
    if _under_way >= AT_ONCE:
        return 0
    _under_way, done = _under_way + 1, 0
    try:
        while sitting := await _claim():
            await sit(sitting)
            done += 1
    finally:
        _under_way -= 1
    return done


async def sit(sitting: Sitting) -> None:
    """What is left of one exam. Whoever lost the lease stops."""
    agent = AgentKey(sitting.org_id)
    async with as_agent(agent) as connection, connection.cursor(row_factory=class_row(_Open)) as cursor:
        await cursor.execute(OPEN, (sitting.org_id, sitting.id))
        left = await cursor.fetchall()
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(asked: _Open) -> None:
        async with places:
            await _answer(agent, sitting, asked)

    async with asyncio.TaskGroup() as questions:
        for asked in left:
            questions.create_task(one(asked))
    async with as_agent(agent) as connection:
        await connection.execute(OVER, (sitting.org_id, sitting.id, sitting.attempt))
    log.info("exam.over", org=str(sitting.org_id), exam=str(sitting.id), attempt=sitting.attempt)
    live.publish(live.Ring(sitting.org_id, "exam"))


async def _claim() -> Sitting | None:
    async with (
        as_system("vulkn_engine") as connection,
        connection.cursor(row_factory=class_row(Sitting)) as cursor,
    ):
        await cursor.execute(CLAIM, (LEASE,))
        return await cursor.fetchone()


async def _answer(agent: AgentKey, sitting: Sitting, asked: _Open) -> None:
    answer = await _inspected(agent, asked.question)
    marked = _marked(answer, grade(asked.asked(), answer))
    for attempt in range(STORE_TRIES):
        try:
            await _store(agent, sitting, asked.number, marked, answer, again=attempt > 0)
            break
        except DatabaseAway:
            if attempt == STORE_TRIES - 1:
                raise
            await asyncio.sleep(2**attempt)
    live.publish(live.Ring(sitting.org_id, "exam"))


async def _store(
    agent: AgentKey,
    sitting: Sitting,
    number: int,
    marked: dict[str, Any],
    answer: Inspected | None,
    *,
    again: bool,
) -> None:
    """Answer and cost, both or neither. Money was spent also where another process was quicker; but an answer that is
    there when it is tried again may be this one, counted already."""
    exam = (sitting.org_id, sitting.id, sitting.attempt, number)
    async with as_agent(agent) as connection:
        cursor = await connection.execute(ANSWERED, (*exam, Jsonb(marked), LEASE))
        stored = await cursor.fetchone() == (True,)
        if answer and (stored or not again):
            await playground.count(connection, agent, answer.calls, "exam")


async def _inspected(agent: AgentKey, question: str) -> Inspected | None:
    """None: there was no answer. A database that is away is waited for by the lease."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await inspect(agent, question)
    except DatabaseAway:
        raise
    except (VulknError, TimeoutError) as problem:
        log.warning("exam.unanswered", org=str(agent.org_id), kind=type(problem).__name__)
        return None


def _marked(answer: Inspected | None, reasons: tuple[str, ...]) -> dict[str, Any]:
    return {
        "answer": answer.text if answer else "",
        "outcome": answer.outcome if answer else "",
        "sources": sorted(answer.sources)[:20] if answer else [],
        "reasons": list(reasons),
        "cost": answer.cost_micro_usd if answer else 0,
    }
