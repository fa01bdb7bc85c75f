"""What an agent is and knows, kept in this process until its version in the database moves.

Every turn learns the version with its first round trip, so an edit counts from the next turn on and
an unchanged brain costs no query. What begins or ends with a day changes no row: a brain knows the midnight
after which it is no longer true."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from psycopg.rows import class_row

from vulkn_app import live, llm
from vulkn_app.agents import AgentForm
from vulkn_app.conversations.grounding import Facts, Source, forget_texts
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.errors import NotFound
from vulkn_app.i18n import Language
from vulkn_app.knowledge import vectors
from vulkn_app.knowledge.index import ANSWERABLE, Entry, Hit
from vulkn_app.knowledge.search import Knowledge, read_entries
from vulkn_app.knowledge.validity import next_turn
from vulkn_app.llm import ToolSpec
from vulkn_app.skills.catalogue import Offered, Stored, Toolbox, offered

# Organizations, and bytes of what they know all together: the least recently asked goes first and is read again when
# it comes back. The one being asked stays, however much it knows.
KEPT, KEPT_BYTES = 500, 400_000_000

AGENT = """
    select a.name, a.tone, a.instructions, a.greeting_es, a.greeting_en, a.model,
           a.providers, a.shadow_until is not null as shadow,
           o.name as business, o.timezone, o.country, o.plan, o.industry
    from agents a join organizations o on o.id = a.org_id
    where a.org_id = %s order by a.id limit 1
"""
# What a form says of the words above.
VOICE = ("name", "tone", "instructions", "greeting_es", "greeting_en")
SKILLS = "select key, enabled, published from agent_skills where org_id = %s"


@dataclass(frozen=True)
class AgentWords:
    """How the owner described the agent, and which business it works for."""

    name: str
    tone: str
    instructions: str
    greeting_es: str
    greeting_en: str
    model: str | None
    providers: list[str]
    business: str
    timezone: str
    country: str
    plan: str
    industry: str = ""
    shadow: bool = False  # a person sends what it writes


@dataclass
class Brain:
    version: int
    agent: AgentWords
    knowledge: Knowledge
    whole: bool
    skills: tuple[Offered, ...] = ()
    toolbox: Toolbox = field(default_factory=lambda: Toolbox({}))
    tools: tuple[ToolSpec, ...] = ()
    facts: Facts = field(default_factory=Facts)
    order: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    enough: float = field(default=ANSWERABLE)
    weight: int = 0  # bytes, roughly
    until: datetime | None = None  # the midnight at which an entry begins or ends to hold

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until

    async def find(self, question: str, *, limit: int, language: Language) -> list[Hit]:
        """What a model gets with the question. Where it has all the knowledge anyway, nothing is waited for."""
        if self.whole:
            return self.knowledge.search(question, limit=limit, language=language)
        return await self.knowledge.find(question, limit=limit, language=language)

    @property
    def business(self) -> str:
        return self.agent.business

    @property
    def timezone(self) -> str:
        return self.agent.timezone


_brains: OrderedDict[UUID, Brain] = OrderedDict()
_reading: dict[UUID, asyncio.Lock] = {}


async def brain(
    agent: AgentKey,
    version: int,
    *,
    word: Callable[[Brain], tuple[str, ...]],
    whole_limit: int,
    now: datetime | None = None,
) -> Brain:
    """The organization's brain at `version`; `word` turns it into the prompt's stable prefix."""
    now = now or datetime.now(UTC)
    known = _brains.get(agent.org_id)
    if known and known.version == version and known.holds(now):
        _brains.move_to_end(agent.org_id)
        _tend(agent, known)
        return known
    async with _reading.setdefault(agent.org_id, asyncio.Lock()):
        known = _brains.get(agent.org_id)
        if known and known.version >= version and known.holds(now):
            return known
        fresh = await _read(agent, whole_limit, now, like=known.knowledge if known else None)
        fresh.prefix = word(fresh)
        _keep(agent.org_id, fresh)
        _tend(agent, fresh)
        return fresh


async def spoken_by(brain: Brain, form: AgentForm, *, word: Callable[[Brain], tuple[str, ...]]) -> Brain:
    """The same knowledge with another voice: what an owner tries before they save it. Kept nowhere."""
    said = form.model_dump(mode="json", include=set(VOICE), exclude_none=True)
    words, entries = replace(brain.agent, **said), brain.knowledge.entries
    facts = await asyncio.to_thread(Facts.build, _sources(words, entries))
    tried = replace(brain, agent=words, facts=facts)
    tried.prefix = word(tried)
    return tried


async def industry(agent: AgentKey) -> str:
    """What kind of business it is, where nothing else of its brain is needed."""
    if known := _brains.get(agent.org_id):
        return known.agent.industry
    async with as_agent(agent) as connection:
        found = await connection.execute("select industry from organizations where id = %s", (agent.org_id,))
        row = await found.fetchone()
    return row[0] if row else ""


def in_shadow(agent: AgentKey) -> bool:
    """As far as this process knows without asking: nobody is shown that an answer is coming that they will not get."""
    known = _brains.get(agent.org_id)
    return known is not None and known.agent.shadow


def forget(org_id: UUID) -> None:
    _brains.pop(org_id, None)
    _reading.pop(org_id, None)


def hear(ring: live.Ring) -> None:
    """What is deleted for good is in no memory of this process: not in a brain, nor in what was made of its words."""
    if ring.kind == live.FORGOTTEN:
        forget(ring.org_id)
        llm.forget_prompts()
        forget_texts()


async def _read(agent: AgentKey, whole_limit: int, now: datetime, *, like: Knowledge | None) -> Brain:
    async with as_agent(agent) as connection:
        version = await connection.execute(
            "select version from app.brain_versions where org_id = %s", (agent.org_id,)
        )
        row = await version.fetchone()
        async with connection.cursor(row_factory=class_row(AgentWords)) as cursor:
            words = await (await cursor.execute(AGENT, (agent.org_id,))).fetchone()
        async with connection.cursor(row_factory=class_row(Stored)) as cursor:
            stored = await (await cursor.execute(SKILLS, (agent.org_id,))).fetchall()
        entries = await read_entries(connection, agent.org_id, now, like=like.entries if like else ())
        until = await next_turn(connection, agent.org_id, now)
        known = await vectors.read(connection, agent.org_id, entries)
    if words is None:
        raise NotFound
    # Building the index is CPU work: 2 s at 10,000 entries, a quarter of it when few of them changed.
    knowledge = await asyncio.to_thread(Knowledge.build, entries, like, known)
    facts = await asyncio.to_thread(Facts.build, _sources(words, entries))
    size = sum(len(entry.title) + len(entry.text) for entry in entries)
    skills = offered(words.plan, stored)
    toolbox = Toolbox.of(skills)
    return Brain(
        row[0] if row else 0,
        words,
        knowledge,
        whole=size <= whole_limit,
        skills=skills,
        toolbox=toolbox,
        tools=toolbox.specs,
        facts=facts,
        order=tuple(words.providers),
        weight=await asyncio.to_thread(lambda: knowledge.weight),
        until=until,
    )


def _tend(agent: AgentKey, brain: Brain) -> None:
    if not brain.whole:
        vectors.tend(agent, brain.knowledge.entries, brain.knowledge.vectors)


def _sources(words: AgentWords, entries: Iterable[Entry]) -> list[Source]:
    """What the agent's figures may stand on: knowledge, and what the owner wrote to it."""
    own = f"{words.business}\n{words.instructions}\n{words.greeting_es}\n{words.greeting_en}"
    return [
        *(
            Source("entry", str(entry.id), entry.title, entry.text, "\n".join(entry.examples))
            for entry in entries
        ),
        Source("business", "", words.business, own),
    ]


def _weight() -> int:
    return sum(kept.weight for kept in _brains.values())


def _keep(org_id: UUID, brain: Brain) -> None:
    _brains[org_id] = brain
    _brains.move_to_end(org_id)
    while len(_brains) > 1 and (len(_brains) > KEPT or _weight() > KEPT_BYTES):
        old, _ = _brains.popitem(last=False)
        _reading.pop(old, None)
