"""A person's decision on what was found: an entry, or a no with its reason. Entry, decision and audit are one
transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import exc, text

from vulkn_app import live
from vulkn_app.db import Member, as_member
from vulkn_app.errors import Conflict, NotFound
from vulkn_app.i18n import Language
from vulkn_app.knowledge.suggestions import looking
from vulkn_app.texts import Line, Text

LINKS = 5  # conversations shown with a suggestion
EXAMPLES = 12
SOURCE = {"es": "Preguntas de clientes", "en": "Customers' questions"}

LOOK = text("""
    select coalesce(l.due_at, app.next_look(o.timezone)) as next_at, l.looked_at, coalesce(l.questions, 0) as questions
    from organizations o left join knowledge_looks l on l.org_id = o.id where o.id = :org_id
""")
OPEN = text("""
    select id, question, language, phrasings, people, unanswered, cardinality(evidence) as times, first_at, last_at, draft,
           draft_from, evidence
    from knowledge_suggestions where org_id = :org_id and state = 'open'
    order by people desc, last_at desc, id
""")
# A message that was deleted is no evidence any more.
EVIDENCE = text("""
    select m.id, m.conversation_id, m.body as text, m.created_at as at,
           coalesce(nullif(k.name, ''), nullif(k.email, ''), k.phone, '') as who
    from messages m
    join conversations c on c.org_id = m.org_id and c.id = m.conversation_id
    join contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where m.org_id = :org_id and m.id = any (:ids)
    order by m.created_at desc
""")
RECENT = text("""
    select coalesce(l.looked_at > now() - interval '15 seconds', false)
    from organizations o left join knowledge_looks l on l.org_id = o.id where o.id = :org_id
""")
COUNT = text("select count(*) from knowledge_suggestions where org_id = :org_id and state = 'open'")
TAKE = text("""
    select question, language, phrasings, draft from knowledge_suggestions
    where org_id = :org_id and id = :id and state = 'open' for update
""")
ENTRY = text("""
    insert into knowledge_entries (org_id, title, body, language, examples, source, kind)
    values (:org_id, :title, :body, :language, :examples, :source, 'faq') returning id
""")
APPROVED = text("""
    update knowledge_suggestions set state = 'approved', entry_id = :entry_id where org_id = :org_id and id = :id
""")
REJECTED = text("""
    update knowledge_suggestions set state = 'rejected', reason = :reason
    where org_id = :org_id and id = :id and state = 'open' returning 1
""")


class Asked(BaseModel):
    """One message that asked it, and where."""

    id: UUID
    conversation_id: UUID
    text: str
    who: str
    at: datetime


class SuggestionRow(BaseModel):
    """A suggestion as its card shows it. `draft_in`: the conversation that the draft is from."""

    id: UUID
    question: str
    language: Language
    phrasings: list[str]
    people: int
    times: int
    unanswered: int
    first_at: datetime
    last_at: datetime
    draft: str
    draft_in: UUID | None = None
    asked: list[Asked] = []


class Board(BaseModel):
    """All that waits for a decision, and when the next look is."""

    rows: list[SuggestionRow]
    next_at: datetime
    looked_at: datetime | None
    questions: int


class Answer(BaseModel):
    """What a person makes of a suggestion."""

    title: Line = Field(min_length=1, max_length=200)
    body: Text = Field(min_length=1, max_length=20_000)
    language: Language = "es"


class Reason(BaseModel):
    reason: Line = Field(min_length=1, max_length=300)


async def waiting(member: Member) -> int:
    async with as_member(member) as session:
        return int((await session.execute(COUNT, {"org_id": member.org_id})).scalar_one())


async def board(member: Member) -> Board:
    """What most people asked first."""
    async with as_member(member) as session:
        look = (await session.execute(LOOK, {"org_id": member.org_id})).mappings().first()
        if look is None:
            raise NotFound
        rows = [dict(row) for row in (await session.execute(OPEN, {"org_id": member.org_id})).mappings()]
        ids = list({message for row in rows for message in row["evidence"]})
        found = (await session.execute(EVIDENCE, {"org_id": member.org_id, "ids": ids})).mappings()
        asked = {row["id"]: Asked.model_validate(dict(row)) for row in found}
    return Board(rows=[_row(row, asked) for row in rows], **look)


async def look_now(member: Member) -> int:
    """Does the weekly look now; how many suggestions there are. Impatient clicks are answered with what the last look
    found. Raises NotFound for a stranger; the look itself is the agent's work in their organization."""
    async with as_member(member) as session:
        recent = (await session.execute(RECENT, {"org_id": member.org_id})).first()
        if recent is None:
            raise NotFound
    return await waiting(member) if recent[0] else await looking.look(member.org_id)


async def approve(member: Member, suggestion_id: UUID, answer: Answer | None = None) -> UUID:
    """Makes an entry of it; without `answer`, of question and draft as they are. Raises NotFound when somebody decided
    before, Conflict("title_taken") when there is an entry of that title, Conflict("no_answer_yet") without an answer."""
    asked: dict[str, Any] = {"org_id": member.org_id, "id": suggestion_id}
    try:
        async with as_member(member) as session:
            row = (await session.execute(TAKE, asked)).mappings().first()
            if row is None:
                raise NotFound
            if answer is None and not row["draft"].strip():
                raise Conflict("no_answer_yet")
            answer = answer or Answer(title=row["question"], body=row["draft"], language=row["language"])
            entry_id = (await session.execute(ENTRY, asked | _entry(answer, row["phrasings"]))).scalar_one()
            await session.execute(APPROVED, asked | {"entry_id": entry_id})
    except exc.IntegrityError as problem:
        raise Conflict("title_taken") from problem
    live.publish(live.Ring(member.org_id, "knowledge"))
    return entry_id


async def reject(member: Member, suggestion_id: UUID, form: Reason) -> None:
    """For good: neither this nor the like is suggested again. Raises NotFound when somebody decided before."""
    asked = {"org_id": member.org_id, "id": suggestion_id, "reason": form.reason}
    async with as_member(member) as session:
        if (await session.execute(REJECTED, asked)).first() is None:
            raise NotFound
    live.publish(live.Ring(member.org_id, "suggestions"))


def _entry(answer: Answer, phrasings: list[str]) -> dict[str, Any]:
    examples = [each for each in phrasings if each != answer.title][:EXAMPLES]
    return answer.model_dump() | {"examples": examples, "source": SOURCE[answer.language]}


def _row(row: dict[str, Any], asked: dict[UUID, Asked]) -> SuggestionRow:
    """One link a conversation, the newest first."""
    here = [asked[message] for message in row["evidence"] if message in asked]
    links = list({each.conversation_id: each for each in reversed(here)}.values())[::-1]
    source = asked.get(row["draft_from"])
    return SuggestionRow(**row, asked=links[:LINKS], draft_in=source.conversation_id if source else None)
