"""Trying the agent out: the same path as a customer's, but no conversation, no lead, no limit of a plan's.

What it costs is real and stands in the ledger as the playground's."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from vulkn_app import limits
from vulkn_app.agents import AgentForm
from vulkn_app.conversations.draft import Draft
from vulkn_app.conversations.events import TurnEvents
from vulkn_app.db import AgentKey, Member, as_agent
from vulkn_app.llm import Evidence
from vulkn_app.skills.memory import ScratchMemory

LONGEST_HISTORY = 20
VERSION = "select coalesce((select version from app.brain_versions where org_id = %s), 0)"
COUNT = """
    insert into usage_events (org_id, call, provider, model, input_tokens, output_tokens, cache_read_tokens,
      cache_write_tokens, cost_micro_usd, first_token_ms, latency_ms, failure, price_version, channel)
    select %s, u.call, u.provider, u.model, u.input_tokens, u.output_tokens, u.cache_read_tokens,
      u.cache_write_tokens, u.cost_micro_usd, u.first_token_ms, u.latency_ms, u.failure, u.price_version, %s
    from jsonb_to_recordset(%s) as u(call int, provider text, model text, input_tokens int, output_tokens int,
      cache_read_tokens int, cache_write_tokens int, cost_micro_usd bigint, first_token_ms int, latency_ms int,
      failure text, price_version text)
"""


@dataclass(frozen=True)
class Tried:
    """One answer and everything it stands on."""

    text: str
    language: str
    outcome: str
    handoff: str
    evidence: tuple[Evidence, ...]
    context: str
    figures: list[dict[str, Any]]
    trace: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    first_token_ms: int | None
    latency_ms: int

    @property
    def cost_micro_usd(self) -> int:
        return sum(call["cost_micro_usd"] for call in self.calls)


@dataclass
class Playground:
    """One person's trial conversation; it lives as long as this object."""

    member: Member
    history: list[list[str]] = field(default_factory=list)
    language: str | None = None
    memory: ScratchMemory = field(default_factory=ScratchMemory)
    voice: AgentForm | None = None  # how it is to speak here, whatever was saved
    _id: UUID = field(default_factory=uuid4)

    async def ask(self, text: str) -> Tried:
        """The whole answer. `stream` gives its pieces as they come."""
        tried = None
        async for item in self.stream(text):
            tried = item if isinstance(item, Tried) else tried
        return cast(Tried, tried)

    async def stream(self, text: str) -> AsyncGenerator[str | Tried]:
        """Pieces of the answer, then all about it. Raises TooMuch for more than people do by hand."""
        self.member.must_write()
        agent = AgentKey(self.member.org_id)
        limits.TRYING.ask(str(agent.org_id))
        with limits.TRYING.taken(str(agent.org_id)):
            for limit in (limits.TRIALS, limits.TRIALS_DAY):
                await limits.spend(limit, "trial", str(agent.org_id))
            async with aclosing(self._answered(agent, text)) as pieces:
                async for item in pieces:
                    yield item

    async def _answered(self, agent: AgentKey, text: str) -> AsyncGenerator[str | Tried]:
        draft = Draft(agent, await self.opened(agent, text), scratch=self.memory, voice=self.voice)
        shown = 0
        writing = asyncio.create_task(draft.write(TurnEvents()))
        try:
            while not writing.done():
                await asyncio.wait([writing], timeout=0.05)
                if len(draft.said) > shown:
                    yield "".join(draft.said[shown:])
                    shown = len(draft.said)
            await writing
        finally:
            writing.cancel()
        self.history += [["visitor", text], ["agent", draft.text]]
        self.language = draft.language
        async with as_agent(agent) as connection:
            await count(connection, agent, draft.ledger.calls)
        yield _tried(draft)

    @classmethod
    def of(cls, agent: AgentKey) -> "Playground":
        """Nobody's: what the worker tries out."""
        return cls(Member(agent.org_id, agent.org_id))

    async def opened(self, agent: AgentKey, text: str) -> dict[str, Any]:
        """What `turn_open` gives of a customer's message."""
        async with as_agent(agent) as connection:
            row = await (await connection.execute(VERSION, (agent.org_id,))).fetchone()
        return {
            "turn_id": str(uuid4()),
            "conversation_id": str(self._id),
            "contact_id": str(self._id),
            "attempt": 1,
            "tries": 1,
            "mode": "full",
            "channel": "web",
            "burst": [text],
            "history": self.history[-LONGEST_HISTORY:],
            "language": self.language,
            "brain": row[0] if row else 0,
        }


async def count(
    connection: AsyncConnection[Any],
    agent: AgentKey,
    calls: Iterable[dict[str, Any]],
    channel: Literal["playground", "exam"] = "playground",
) -> None:
    """In the caller's transaction."""
    await connection.execute(COUNT, (agent.org_id, channel, Jsonb(list(calls))))


def _tried(draft: Draft) -> Tried:
    handoff = draft.bench.handoff
    return Tried(
        text=draft.text,
        language=draft.language,
        outcome=draft.outcome,
        handoff=handoff.reason if handoff else "",
        evidence=draft.ask.evidence if draft.ask else (),
        context=draft.ask.context if draft.ask else "",
        figures=draft.figures,
        trace=draft.bench.trace,
        calls=draft.ledger.calls,
        first_token_ms=draft.ledger.first_token_ms,
        latency_ms=draft.clock(),
    )
