"""One turn: a visitor's message becomes a stored, streamed answer.

Two round trips to the database: `turn_open` stores the message, its lead and the turn's lease and
brings the conversation back; `turn_close` stores the answer, what it cost, what the lead is worth and
the audit row. Between them a model thinks and no transaction is open. The turn is a task of its own:
a visitor who leaves changes nothing, the same message id again reads the same events, and a turn
whose process died is taken over when its lease ends (`sweep`).
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from psycopg.types.json import Jsonb

from vulkn_app import leads, live, llm
from vulkn_app.conversations import brains, prompt
from vulkn_app.conversations.events import TurnEvents
from vulkn_app.conversations.language import Language, detect
from vulkn_app.db import AgentKey, as_system, engine_call
from vulkn_app.errors import DatabaseAway, NotFound, SignedOut, VulknError
from vulkn_app.i18n import sentence
from vulkn_app.llm import Failed, Finished, Line, Token, smalltalk
from vulkn_app.metrics import TURN_SECONDS, TURNS
from vulkn_app.settings import settings

log = structlog.get_logger()

OPEN = "select app.turn_open(%s, %s, %s, %s, %s)"
CLOSE = "select app.turn_close(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
HEARD = "select app.lead_heard(%s, %s, %s)"
RESUME = "select app.turn_resume(%s, %s, %s, %s)"
STALE = "select org_id, turn_id, attempt from app.claim_stale_turns(10, %s, %s)"

WAIT_ELSEWHERE = 0.25  # seconds between two looks at a turn that another process runs
CLOSE_TRIES = 4
# A turn that failed this often is answered without a model; after twice as often it is left to a person.
MODEL_ATTEMPTS = 3

_running: dict[tuple[UUID, bytes, str], TurnEvents] = {}
_tasks: set[asyncio.Task[None]] = set()
_lanes: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True)
class Inbound:
    """A visitor's message as a channel hands it over. `external_id`: the same one is the same message."""

    agent: AgentKey
    visitor: bytes = field(repr=False)
    external_id: str
    text: str = field(repr=False)


class VisitorUnknown(SignedOut):
    code = "visitor_unknown"


async def receive(inbound: Inbound) -> TurnEvents:
    """Stores the message and starts its turn, or finds the one that is there. Raises VisitorUnknown."""
    key = (inbound.agent.org_id, inbound.visitor, inbound.external_id)
    if key in _running:
        return _running[key]
    events = _running[key] = TurnEvents()
    try:
        opened = await _open(inbound)
    except BaseException as problem:  # whatever it was: who joined in meanwhile must hear the end
        _running.pop(key, None)
        code = problem.code if isinstance(problem, VulknError) else "error"
        events.put("error", {"code": code, "message": sentence(code)})
        events.end()
        raise
    events.put("accepted", {"message_id": opened["message_id"]})
    task = asyncio.create_task(_go_on(inbound, opened, events))
    _tasks.add(task)
    task.add_done_callback(lambda done: (_tasks.discard(done), _running.pop(key, None)))
    return events


async def drain(grace: float) -> None:
    """Waits for the turns that are being answered; what is not done by then is swept by another process."""
    if _tasks:
        await asyncio.wait(_tasks, timeout=grace)


async def sweep() -> int:
    """Answers the turns whose process died. Returns how many were taken over."""
    async with as_system("vulkn_engine") as connection:
        cursor = await connection.execute(STALE, (settings.turn_lease, MODEL_ATTEMPTS * 2))
        stale = await cursor.fetchall()
    for org_id, turn_id, attempt in stale:
        try:
            opened = await _resume(AgentKey(org_id), turn_id, attempt)
            if opened["state"] == "run":
                await _answer(AgentKey(org_id), opened, TurnEvents())
        except Exception as problem:  # noqa: BLE001 - a boundary: one that fails again must not hold up the others
            log.error("turn.failed", org=str(org_id), turn=str(turn_id), kind=type(problem).__name__)
            TURNS.labels(outcome="failed").inc()
    return len(stale)


async def _resume(agent: AgentKey, turn_id: UUID, attempt: int) -> dict[str, Any]:
    """The turn with a fresh lease, or that it is done, or lost to another process."""
    return await engine_call(RESUME, (agent.org_id, turn_id, attempt, settings.turn_lease))


async def _open(inbound: Inbound) -> dict[str, Any]:
    opened = await engine_call(
        OPEN,
        (inbound.agent.org_id, inbound.visitor, inbound.external_id, inbound.text, settings.turn_lease),
    )
    if opened["state"] == "refused":
        raise VisitorUnknown
    return opened


async def _go_on(inbound: Inbound, opened: dict[str, Any], events: TurnEvents) -> None:
    started = time.perf_counter()
    agent = inbound.agent
    conversation_id = UUID(opened["conversation_id"])
    try:
        match opened["state"]:
            case "run":
                live.publish(live.Ring(agent.org_id, "message", conversation_id))
                if not await _answer(agent, opened, events):
                    await _wait(inbound, events)
            case "done":
                _replay(opened["answer"], opened["latency_ms"], events)
            case "wait":
                await _wait(inbound, events)
            case "handoff":
                lead = Jsonb(leads.signals(inbound.text).as_json())
                await engine_call(HEARD, (agent.org_id, conversation_id, lead))
                live.publish(live.Ring(agent.org_id, "message", conversation_id))
                events.put("handoff", {"message_id": opened["message_id"]})
    except Exception as problem:  # noqa: BLE001 - the boundary of a turn: the visitor hears of it, the sweep tries again
        code = problem.code if isinstance(problem, VulknError) else "error"
        log.error(
            "turn.failed",
            org=str(agent.org_id),
            conversation=str(conversation_id),
            kind=type(problem).__name__,
        )
        TURNS.labels(outcome="failed").inc()
        events.put("error", {"code": code, "message": sentence(code)})
    finally:
        events.end()
        TURN_SECONDS.observe(time.perf_counter() - started)


async def _answer(agent: AgentKey, opened: dict[str, Any], events: TurnEvents) -> bool:
    """Lane, brain, model, close. One conversation answers one message at a time.

    False when another process took the turn over while it waited in its lane."""
    conversation_id = UUID(opened["conversation_id"])
    lane = _lanes.setdefault(conversation_id, asyncio.Lock())
    waited = lane.locked()
    async with lane:
        if waited:  # the answer that was in the way belongs into this turn's history
            opened = await _resume(agent, UUID(opened["turn_id"]), opened["attempt"])
            if opened["state"] == "done":
                _replay(opened["answer"], opened["latency_ms"], events)
            if opened["state"] != "run":
                return opened["state"] == "done"
        draft = Draft(agent, opened)
        await draft.write(events)
        stored = await draft.store()
    latency_ms = draft.clock()
    _tell(stored, latency_ms, events)
    live.publish(live.Ring(agent.org_id, "message", conversation_id))
    TURNS.labels(outcome=draft.outcome).inc()
    log.info(
        "turn.done",
        org=str(agent.org_id),
        conversation=opened["conversation_id"],
        turn=opened["turn_id"],
        outcome=draft.outcome,
        provider=draft.calls[-1]["provider"] if draft.calls else "",
        first_token_ms=draft.first_token_ms,
        latency_ms=latency_ms,
    )
    return True


class Draft:
    """An answer in the making: what was said so far, by whom, and what it cost."""

    def __init__(self, agent: AgentKey, opened: dict[str, Any]) -> None:
        self.agent = agent
        self.opened = opened
        self.question: str = opened["text"]
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
        async for item in llm.stream(ask, models=self.opened["attempt"] <= MODEL_ATTEMPTS):
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
        lead = leads.signals(self.question)
        arguments = (
            self.agent.org_id,
            UUID(self.opened["turn_id"]),
            self.opened["attempt"],
            "".join(self.said),
            self.language,
            Jsonb(self.sources),
            self.outcome,
            self.first_token_ms,
            self.clock(),
            Jsonb(self.calls),
            Jsonb(lead.as_json()),
        )
        for attempt in range(CLOSE_TRIES):
            try:
                stored = await engine_call(CLOSE, arguments)
            except DatabaseAway:
                if attempt == CLOSE_TRIES - 1:
                    raise
                await asyncio.sleep(2**attempt)
            else:
                if stored["id"] is None:  # somebody deleted the conversation meanwhile
                    raise NotFound
                return stored
        raise DatabaseAway

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


def _tell(stored: dict[str, Any], latency_ms: int, events: TurnEvents) -> None:
    events.put("message", {key: stored[key] for key in ("id", "text", "sources", "language")})
    events.put("done", {"latency_ms": latency_ms})


def _replay(answer: dict[str, Any], latency_ms: int, events: TurnEvents) -> None:
    events.put("delta", {"text": answer["text"]})
    _tell(answer, latency_ms, events)


async def _wait(inbound: Inbound, events: TurnEvents) -> None:
    """Another process answers this message: its answer is replayed, or its turn taken over when it dies."""
    while True:
        await asyncio.sleep(WAIT_ELSEWHERE)
        opened = await _open(inbound)
        if opened["state"] == "done":
            return _replay(opened["answer"], opened["latency_ms"], events)
        if opened["state"] == "run" and await _answer(inbound.agent, opened, events):
            return None
