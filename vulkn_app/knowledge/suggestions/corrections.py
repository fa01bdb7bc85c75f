"""From an answer that was wrong to an entry that is right, in one step.

Entry, mark on the message and audit are one transaction. The customer's question becomes an example of the entry, so
that it is found next time."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import exc, text

from vulkn_app import live
from vulkn_app.db import Member, as_member
from vulkn_app.errors import Conflict, NotFound
from vulkn_app.i18n import Language
from vulkn_app.knowledge.suggestions.masking import masked
from vulkn_app.knowledge.suggestions.reviewing import SOURCE, Answer
from vulkn_app.knowledge.words import guess_language

# The messages that the answer was given to; without a turn, what the visitor said last before it.
CASE = text("""
    select m.conversation_id, m.body as answer, m.sources, coalesce(m.language, c.language) as language,
           array_remove(array[k.name, k.email, k.phone], null) as known,
           coalesce(
             (select string_agg(q.body, E'\\n' order by q.seq) from messages q
              where q.org_id = m.org_id and q.turn_id = m.turn_id and q.sender = 'visitor'),
             (select q.body from messages q
              where q.org_id = m.org_id and q.conversation_id = m.conversation_id and q.sender = 'visitor'
                and q.seq < m.seq order by q.seq desc limit 1), '') as question
    from messages m
    join conversations c on c.org_id = m.org_id and c.id = m.conversation_id
    join contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where m.org_id = :org_id and m.id = :id and m.sender = 'agent'
""")
STOOD_ON = text(
    "select id, title, body, language from knowledge_entries where org_id = :org_id and id = any (:ids)"
)
CHANGE = text("""
    update knowledge_entries set title = :title, body = :body, language = :language,
      examples = case when :example = '' or :example = any (examples) or cardinality(examples) >= 40 then examples
                 else examples || cast(:example as text) end
    where org_id = :org_id and id = :entry_id returning id
""")
ADD = text("""
    insert into knowledge_entries (org_id, title, body, language, examples, source, kind)
    values (:org_id, :title, :body, :language,
      case when :example in ('', :title) then '{}'::text[] else array[cast(:example as text)] end, :source, 'faq')
    returning id
""")
MARK = text("""
    insert into knowledge_corrections (org_id, message_id, entry_id) values (:org_id, :id, :entry_id)
    on conflict (org_id, message_id) do update set entry_id = excluded.entry_id
""")


class Stood(BaseModel):
    """An entry that the answer stood on, as it is now."""

    id: UUID
    title: str
    body: str
    language: Language


class Case(BaseModel):
    """What was asked, what was answered, and from what. `title` is what a new entry could be called."""

    message_id: UUID
    conversation_id: UUID
    question: str
    answer: str
    title: str
    language: Language
    stood_on: list[Stood]


async def case(member: Member, message_id: UUID) -> Case:
    """Raises NotFound for anything but an answer of the agent."""
    async with as_member(member) as session:
        return (await _read(session, member, message_id))[0]


async def correct(member: Member, message_id: UUID, entry_id: UUID | None, answer: Answer) -> UUID:
    """Corrects one of the entries that the answer stood on, or makes a new one; marks the message. Raises NotFound,
    Conflict("title_taken")."""
    try:
        async with as_member(member) as session:
            found, example = await _read(session, member, message_id)
            values: dict[str, Any] = {"org_id": member.org_id, "example": example, **answer.model_dump()}
            if entry_id is None:
                changed = await session.execute(ADD, values | {"source": SOURCE[answer.language]})
            elif entry_id in {entry.id for entry in found.stood_on}:
                changed = await session.execute(CHANGE, values | {"entry_id": entry_id})
            else:
                raise NotFound
            made = changed.scalar_one()
            await session.execute(MARK, {"org_id": member.org_id, "id": message_id, "entry_id": made})
    except exc.IntegrityError as problem:
        raise Conflict("title_taken") from problem
    for kind, where in (("knowledge", None), ("message", found.conversation_id)):
        live.publish(live.Ring(member.org_id, kind, where))
    return made


async def _read(session: Any, member: Member, message_id: UUID) -> tuple[Case, str]:
    """The case, and the question without anybody's details."""
    row = (await session.execute(CASE, {"org_id": member.org_id, "id": message_id})).mappings().first()
    if row is None:
        raise NotFound
    ids = [UUID(source["entry_id"]) for source in row["sources"]]
    stood = (await session.execute(STOOD_ON, {"org_id": member.org_id, "ids": ids})).mappings()
    entries = sorted(
        (Stood.model_validate(dict(entry)) for entry in stood), key=lambda entry: ids.index(entry.id)
    )
    example = masked(row["question"].replace("\n", " "), row["known"])
    language: Language = row["language"] or guess_language(row["question"])
    shown = {name: row[name] for name in ("conversation_id", "question", "answer")}
    return Case(message_id=message_id, title=example, language=language, stood_on=entries, **shown), example
