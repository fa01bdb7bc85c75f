"""An answer in the making: what was said so far, by whom, on what, and what it cost."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from vulkn_app import leads, llm
from vulkn_app.conversations import brains, prompt
from vulkn_app.conversations.events import TurnEvents
from vulkn_app.conversations.language import Language, detect
from vulkn_app.db import AgentKey, engine_call
from vulkn_app.errors import DatabaseAway, NotFound
from vulkn_app.llm import Failed, Finished, Line, Token, smalltalk

log = structlog.get_logger()

CLOSE = "select app.turn_close(%s, %s, %s, %s)"
CLOSE_TRIES = 4
# A turn that failed this often is answered without a model; after twice as often it is left to a person.
MODEL_ATTEMPTS = 3


class Draft:
    def __init__(self, agent: AgentKey, opened: dict[str, Any]) -> None:
        self.agent = agent
        self.opened = opened
        self.question = "\n".join(opened["burst"])
        self.said: list[str] = []
        self.calls: list[dict[str, Any]] = []
        self.sources: list[dict[str, str]] = []
        self.outcome = "unknown"
        self.language: Language = "es"
        self.first_token_ms: int | None = None
        self._started = time.perf_counter()

    def clock(self) -> int:
        """Milliseconds since the turn began."""
        return round((time.perf_counter() - self._started) * 1000)

    @property
    def may_ask_a_model(self) -> bool:
        return self.opened["attempt"] <= MODEL_ATTEMPTS and self.opened["mode"] == "full"

    async def write(self, events: TurnEvents) -> None:
        brain = await brains.brain(
            self.agent, self.opened["brain"], word=prompt.prefix, whole_limit=prompt.WHOLE_KNOWLEDGE
        )
        self.language = detect(self.question, previous=self.opened["language"])
        found = brain.knowledge.search(self.question, limit=prompt.FOUND_ENTRIES, language=self.language)
        ask = prompt.build(
            brain,
            question=self.question,
            history=_lines(self.opened["history"]),
            found=found,
            language=self.language,
            now=datetime.now(UTC),
        )
        async for item in llm.stream(ask, models=self.may_ask_a_model):
            if isinstance(item, Token):
                if self.first_token_ms is None:
                    self.first_token_ms = self.clock()
                self.said.append(item.text)
                events.put("delta", {"text": item.text})
            else:
                self._count(item)
                if isinstance(item, Finished):
                    self._judge(item, ask)

    async def store(self) -> dict[str, Any]:
        """Once, however often it is tried: the message is on the visitor's screen already."""
        draft = {
            "text": "".join(self.said),
            "language": self.language,
            "sources": self.sources,
            "outcome": self.outcome,
            "first_token_ms": self.first_token_ms,
            "latency_ms": self.clock(),
            "calls": self.calls,
            "lead": leads.signals(self.question).as_json(),
        }
        turn = (self.agent.org_id, UUID(self.opened["turn_id"]), self.opened["attempt"])
        for attempt in range(CLOSE_TRIES):
            try:
                stored = await engine_call(CLOSE, (*turn, Jsonb(draft)))
            except DatabaseAway:
                if attempt == CLOSE_TRIES - 1:
                    raise
                await asyncio.sleep(2**attempt)
            else:
                if stored["state"] == "lost":  # somebody deleted the conversation, or another process answered
                    raise NotFound
                return stored
        raise DatabaseAway

    def log_done(self, stored: dict[str, Any]) -> None:
        log.info(
            "turn.done",
            org=str(self.agent.org_id),
            conversation=self.opened["conversation_id"],
            turn=self.opened["turn_id"],
            state=stored["state"],
            outcome=self.outcome,
            provider=self.calls[-1]["provider"] if self.calls else "",
            first_token_ms=self.first_token_ms,
            latency_ms=self.clock(),
        )

    def _count(self, item: Failed | Finished) -> None:
        usage = item.usage if isinstance(item, Failed) else item
        self.calls.append(
            {
                "call": len(self.calls),
                "provider": item.provider,
                "model": item.model,
                "input_tokens": usage.input_tokens,
                "output_tokens": usage.output_tokens,
                "cache_read_tokens": usage.cache_read_tokens,
                "cache_write_tokens": usage.cache_write_tokens,
                "cost_micro_usd": item.cost_micro_usd,
                "first_token_ms": self.first_token_ms,
                "latency_ms": self.clock(),
                "failure": item.kind.value if isinstance(item, Failed) else None,
            }
        )

    def _judge(self, finished: Finished, ask: llm.Ask) -> None:
        """What the answer stands on. A quoting provider names its entries; a model had the best ones before it."""
        known = [e for e in ask.evidence if e.score >= ask.enough]
        used = [e for e in ask.evidence if e.entry_id in finished.sources]
        if finished.provider == llm.REHEARSAL:
            asked = finished.stop_reason in ("unknown", "broke_off")
        else:
            used = used or known[:3]
            asked = not (smalltalk.kind_of(self.question) or leads.signals(self.question).leaves_details)
        self.sources = [{"entry_id": str(e.entry_id), "title": e.title} for e in used]
        self.outcome = "answered" if used else "unknown" if asked else "small_talk"


def _lines(history: list[list[str]]) -> tuple[Line, ...]:
    return tuple(Line("user" if sender == "visitor" else "assistant", body) for sender, body in history)
