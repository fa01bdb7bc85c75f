"""The exam before an agent meets customers: twenty questions, answered by the engine itself with nobody listening,
graded by rules. Below 80 of 100 it goes live only when somebody says why; that stands in the audit log.

`begin` writes the questions down, `sitting` (the worker's part) has them answered, one stored at a time."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row
from pydantic import BaseModel

from vulkn_app import limits, live, verticals
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, Conflict, NotAllowed, TooMuch
from vulkn_app.i18n import Language
from vulkn_app.knowledge.changes import acting
from vulkn_app.knowledge.validity import HOLDS
from vulkn_app.onboarding import composing
from vulkn_app.onboarding.composing import Known, Question
from vulkn_app.texts import one_line
from vulkn_app.verticals import KEYS, Pack

ENOUGH = 80  # of 100; stands also in app.may_open and app.exam_override
SHORTEST_REASON, LONGEST_REASON = 10, 500
MOST_SEEDS = 2**31 - 1

INDUSTRY = "select industry from organizations where id = %(org)s"
KNOWN = f"""
    select k.id::text as id, k.title, k.body, k.language, k.examples, coalesce(k.twin_id, k.id)::text as "group",
      coalesce(p.key, '') as faq
    from knowledge_entries k join organizations o on o.id = k.org_id
    left join pack_entries p on p.org_id = k.org_id and p.entry_id = k.id and p.pack = o.industry
    where k.org_id = %(org)s and k.status = 'active' and {HOLDS}
    order by k.created_at, k.title, k.id limit 2000
"""
LAST = "select id, seed from exams where org_id = %(org)s and state = 'done' order by created_at desc limit 1"
LATEST = """
    select e.*, l.score as score_before from exams e
    left join lateral (
      select score from exams b where b.org_id = e.org_id and b.state = 'done' and b.created_at < e.created_at
      order by b.created_at desc limit 1) l on true
    where e.org_id = %(org)s order by e.created_at desc limit 1
"""
ROWS = """
    select q.*, array(
      select jsonb_build_object('id', k.id, 'title', k.title) from knowledge_entries k
      where k.org_id = q.org_id and k.id in (select x::uuid from jsonb_array_elements(q.expects) g, jsonb_array_elements_text(g) x)
      order by k.title) as entries
    from exam_questions q where q.org_id = %(org)s and q.exam_id = %(exam)s order by q.number
"""
UNDER_WAY = "select id from exams where org_id = %(org)s and state in ('waiting', 'running')"
BEGIN = "select app.exam_begin(%(org)s, %(seed)s, %(questions)s::jsonb)"
MAY = """
    select coalesce((
      select score >= %(enough)s or override_reason is not null from exams
      where org_id = %(org)s and state = 'done' order by created_at desc limit 1), false)
"""
OVERRIDE = "select app.exam_override(%(org)s, %(reason)s)"


class EntryLink(BaseModel):
    id: UUID
    title: str


class ExamRow(BaseModel):
    """A question as the page shows it. `before`: how it went the last time; `passed` is None until it was answered."""

    number: int
    kind: composing.Kind
    rule: Literal["answer", "decline", "grant", "reveal", "premise"]
    style: str
    key: str
    language: Language
    question: str
    answer: str
    outcome: str
    reasons: list[str]
    passed: bool | None
    before: bool | None
    entries: list[EntryLink] = []

    @property
    def missing(self) -> bool:
        """Whether nothing is known of it: the way out is a new entry, not a better one."""
        return not self.entries


class Exam(BaseModel):
    """`score` and `score_before` of 100; None before the end, or where there was no exam before."""

    id: UUID
    state: Literal["waiting", "running", "done", "failed"]
    total: int
    answered: int
    passed: int
    score: int | None
    score_before: int | None
    override_reason: str | None
    created_at: datetime
    finished_at: datetime | None
    rows: list[ExamRow] = []

    @property
    def under_way(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def good(self) -> bool:
        return self.score is not None and self.score >= ENOUGH


class NothingKnown(BadInput):
    code = "exam_needs_knowledge"


async def begin(member: Member) -> UUID:
    """Writes the questions down for the worker; the one that is under way when there is one. Raises NothingKnown,
    TooMuch."""
    async with acting(member) as connection:
        if under_way := await _value(connection, UNDER_WAY, member):
            return under_way
        await _spend(member)
        last = await _last(connection, member)
        seed = last[0] if last else 1 + secrets.randbelow(MOST_SEEDS)
        industry = await _value(connection, INDUSTRY, member)
        pack: Pack | None = verticals.pack(industry) if industry in KEYS else None
        questions = composing.compose(await _known(connection, member), pack, seed, last[1] if last else ())
        if not questions:
            raise NothingKnown
        written = json.dumps([_written(place, asked) for place, asked in enumerate(questions, 1)])
        exam_id = await _value(connection, BEGIN, member, seed=seed, questions=written)
    live.publish(live.Ring(member.org_id, "exam"))
    return exam_id


async def latest(member: Member) -> Exam | None:
    """The newest one, whatever became of it."""
    async with acting(member) as connection:
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(LATEST, {"org": member.org_id})
            found = await cursor.fetchone()
        if found is None:
            return None
        return Exam(**found, rows=await _rows(connection, member, found["id"]))


async def may_go_live(member: Member) -> bool:
    """Whether the last exam was good enough, or somebody said why it need not be; False before the first one."""
    async with acting(member) as connection:
        return await _value(connection, MAY, member, enough=ENOUGH)


async def override(member: Member, reason: str) -> None:
    """Lets the agent go live below the mark. Raises BadInput for a reason that says nothing, Conflict where there is
    nothing to override, NotAllowed for a plain member."""
    if member.role == "member":
        raise NotAllowed
    reason = one_line(reason)[:LONGEST_REASON]
    if len(reason) < SHORTEST_REASON:
        raise BadInput("exam_reason_short")
    async with acting(member) as connection:
        if not await _value(connection, OVERRIDE, member, reason=reason):
            raise Conflict("exam_nothing_to_override")
    live.publish(live.Ring(member.org_id, "exam"))


async def something_known(member: Member) -> bool:
    """Whether there is anything to ask about."""
    async with acting(member) as connection:
        return bool(await _known(connection, member))


async def _known(connection: AsyncConnection[Any], member: Member) -> list[Known]:
    async with connection.cursor(row_factory=class_row(Known)) as cursor:
        await cursor.execute(KNOWN.encode(), {"org": member.org_id, "now": datetime.now(UTC)})
        return await cursor.fetchall()


async def _spend(member: Member) -> None:
    try:
        await limits.spend(limits.EXAMS, "exam", str(member.org_id))
    except TooMuch as problem:
        raise TooMuch("too_many_attempts", retry_after=problem.retry_after) from problem


async def _last(connection: AsyncConnection[Any], member: Member) -> tuple[int, list[Question]] | None:
    """The seed and the questions of the last exam that came to its end."""
    row = await (await connection.execute(LAST, {"org": member.org_id})).fetchone()
    if row is None:
        return None
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(ROWS.encode(), {"org": member.org_id, "exam": row[0]})
        return row[1], [_read(found) for found in await cursor.fetchall()]


async def _rows(connection: AsyncConnection[Any], member: Member, exam_id: UUID) -> list[ExamRow]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(ROWS.encode(), {"org": member.org_id, "exam": exam_id})
        return [ExamRow.model_validate(row) for row in await cursor.fetchall()]


async def _value(connection: AsyncConnection[Any], statement: str, member: Member, **values: object) -> Any:
    row = await (await connection.execute(statement.encode(), {"org": member.org_id, **values})).fetchone()
    return row[0] if row else None


def _read(row: dict[str, Any]) -> Question:
    """As it was asked, and how it went."""
    return Question(
        kind=row["kind"],
        rule="answer" if row["kind"] == "own" else row["rule"],
        language=row["language"],
        question=row["question"],
        key=row["key"],
        style=row["style"],
        expects=tuple(tuple(group) for group in row["expects"]),
        never=tuple(row["never"]),
        before=row["passed"],
    )


def _written(number: int, asked: Question) -> dict[str, Any]:
    return {
        "number": number,
        "kind": asked.kind,
        "rule": asked.rule,
        "style": asked.style,
        "key": asked.key,
        "language": asked.language,
        "question": asked.question,
        "expects": asked.expects,
        "never": asked.never,
        "before": asked.before,
    }
