"""Asking the knowledge alone: what is found for a question, whether that is enough to answer, and the very words
that a model would have before it. Costs no model."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from vulkn_app import leads
from vulkn_app.conversations import brains, prompt
from vulkn_app.conversations.brains import Brain
from vulkn_app.conversations.language import of_burst
from vulkn_app.db import AgentKey, Member, as_agent, as_member
from vulkn_app.i18n import Language
from vulkn_app.knowledge.index import Hit
from vulkn_app.llm import smalltalk

MOST_FOUND = 10
MOST_ASKED = 40
# exact: an entry's own words; pleasantry: nothing to look up; sure, unsure: by score; nothing: no word occurs;
# empty: there is no knowledge.
Verdict = Literal["exact", "pleasantry", "sure", "unsure", "nothing", "empty"]

VERSION = "select coalesce((select version from app.brain_versions where org_id = %s), 0)"
ASKED = text("""
    select distinct on (newest.question) newest.*
    from (
      select m.body as question, m.conversation_id, m.created_at as at, t.outcome
      from turns t
      join messages m on m.org_id = t.org_id and m.id = t.message_id
      where t.org_id = :org_id and t.state = 'done' and t.outcome is distinct from 'small_talk'
      order by t.created_at desc limit :looked
    ) newest
    order by newest.question, newest.at desc
""")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and the question's words that it speaks of."""

    hit: Hit
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """`evidence` is what a model reads; `whole` when that is all the knowledge, whatever was found."""

    verdict: Verdict
    language: Language
    found: tuple[Found, ...]
    evidence: str
    whole: bool
    enough: float
    entries: int

    @property
    def answers(self) -> bool:
        return self.verdict in ("exact", "pleasantry", "sure")


class AskedRow(BaseModel):
    """A customer's question and how its turn ended."""

    question: str
    conversation_id: UUID
    at: datetime
    outcome: str | None


async def look_up(member: Member, question: str, *, language: Language | None = None) -> Lookup:
    """As the agent's next turn would find it. Without a `language` it is heard from the question."""
    brain = await _brain(AgentKey(member.org_id))
    spoken = language or of_burst([question], previous=None)
    hits = await brain.find(question, limit=MOST_FOUND, language=spoken)
    index = brain.knowledge.index
    return Lookup(
        verdict=_verdict(brain, question, hits),
        language=spoken,
        found=tuple(Found(hit, tuple(index.matched(question, hit.entry_id))) for hit in hits),
        evidence=_evidence(brain, question, hits, spoken),
        whole=brain.whole,
        enough=brain.enough,
        entries=len(index),
    )


async def recently_asked(member: Member, most: int = MOST_ASKED) -> list[AskedRow]:
    """What customers asked, the newest first, each wording once."""
    async with as_member(member) as session:
        connection = await session.connection()
        rows = await connection.execute(ASKED, {"org_id": member.org_id, "looked": most * 3})
        asked = [AskedRow.model_validate(dict(row)) for row in rows.mappings()]
    real = [row for row in asked if not leads.signals(row.question).leaves_details]
    return sorted(real, key=lambda row: row.at, reverse=True)[:most]


async def _brain(agent: AgentKey) -> Brain:
    async with as_agent(agent) as connection:
        row = await (await connection.execute(VERSION, (agent.org_id,))).fetchone()
    return await brains.brain(
        agent, row[0] if row else 0, word=prompt.prefix, whole_limit=prompt.WHOLE_KNOWLEDGE
    )


def _verdict(brain: Brain, question: str, hits: list[Hit]) -> Verdict:
    if brain.knowledge.exact(question):
        return "exact"
    if smalltalk.kind_of(question):
        return "pleasantry"
    if not brain.knowledge.entries:
        return "empty"
    if not hits:
        return "nothing"
    return "sure" if any(hit.score >= brain.enough for hit in hits) else "unsure"


def _evidence(brain: Brain, question: str, hits: list[Hit], language: Language) -> str:
    ask = prompt.build(
        brain,
        question=question,
        history=(),
        found=hits[: prompt.FOUND_ENTRIES],
        language=language,
        now=datetime.now(UTC),
    )
    return "\n\n".join((*ask.system[1:], ask.context))
