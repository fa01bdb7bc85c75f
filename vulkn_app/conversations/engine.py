"""One turn: what a visitor wrote in a row becomes one stored answer.

`turn_open` stores a message, its lead and the turn's lease and brings the conversation back; `turn_close` stores
the answer, what it cost, what the lead is worth and the audit row. Between them a model thinks and no transaction
waits for it; it may be asked while the first is still under way (ahead.py). Where the visitor may still be writing, or
an earlier turn is not over, `turn_begin` says when to go on. The turn is a task of its own: a visitor who leaves
changes nothing, the same message id again reads the same events, and a turn whose process died is taken over when its
lease ends (`sweep`)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from psycopg.types.json import Jsonb

from vulkn_app import leads, live, llm
from vulkn_app.conversations import ahead, brains, bursts, keeping
from vulkn_app.conversations.draft import MODEL_ATTEMPTS, Draft
from vulkn_app.conversations.events import TurnEvents
from vulkn_app.db import AgentKey, as_system, engine_call
from vulkn_app.errors import SignedOut, VulknError
from vulkn_app.i18n import sentence
from vulkn_app.metrics import TURN_SECONDS, TURNS
from vulkn_app.settings import settings
from vulkn_app.skills import hand_back

log = structlog.get_logger()

OPEN = "select app.turn_open(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
BEGIN = "select app.turn_begin(%s, %s, %s, %s, %s, %s)"
HEARD = "select app.lead_heard(%s, %s, %s)"
STALE = "select org_id, turn_id, attempt from app.claim_stale_turns(10, %s, %s)"

WAIT_ELSEWHERE = 0.25  # seconds between two looks at a turn that another process runs
NO_PAUSE = bursts.Pause.none()

_arriving: dict[tuple[UUID, bytes, str], TurnEvents] = {}
_turns: dict[UUID, TurnEvents] = {}
_tasks: set[asyncio.Task[None]] = set()
# A channel that shows when an answer begins: called once a turn, and must not block.
began: dict[bursts.Channel, Callable[[AgentKey, UUID], None]] = {}
_lanes: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True)
class Inbound:
    """A visitor's message as a channel hands it over. `external_id`: the same one is the same message.

    `sent_at`: when their side says it was sent."""

    agent: AgentKey
    visitor: bytes = field(repr=False)
    external_id: str
    text: str = field(repr=False)
    channel: bursts.Channel = "web"
    sent_at: datetime | None = None


class VisitorUnknown(SignedOut):
    code = "visitor_unknown"


async def receive(inbound: Inbound) -> TurnEvents:
    """Stores the message and starts its turn, or finds the one that is there. Raises VisitorUnknown."""
    key = (inbound.agent.org_id, inbound.visitor, inbound.external_id)
    if key in _arriving:
        return _arriving[key]
    events = _arriving[key] = TurnEvents()
    pause = bursts.pause(inbound.text, inbound.channel)
    early: ahead.Early | None = None
    try:
        if not pause.quiet:
            early = ahead.begin(_visitor(inbound), inbound.text, events)
        opened = await _open(inbound, pause)
    except BaseException as problem:  # whatever it was: who joined in meanwhile must hear the end
        if early:
            early.drop()
        _arriving.pop(key, None)
        code = problem.code if isinstance(problem, VulknError) else "error"
        events.put("error", {"code": code, "message": sentence(code)})
        events.end()
        raise
    events.put("accepted", {"message_id": opened["message_id"]})
    task = asyncio.create_task(_go_on(inbound, opened, pause, events, early))
    _tasks.add(task)
    task.add_done_callback(lambda done: (_tasks.discard(done), _arriving.pop(key, None)))
    # The model is asked before `accepted` goes out: the customer waits for its words. Once for our request to be
    # made, once for the transport to send it.
    for _ in range(2):
        await asyncio.sleep(0)
    return events


async def drain(grace: float) -> None:
    """Waits for the turns that are being answered; what is not done by then is swept by another process."""
    if _tasks:
        await asyncio.wait(_tasks, timeout=grace)


def go_on(agent: AgentKey, turn_id: UUID, attempt: int) -> None:
    """Answers a turn whose attempt is the caller's now: its message was edited."""
    task = asyncio.create_task(_take_up(agent, turn_id, attempt))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def sweep() -> int:
    """Answers the turns whose process died. Returns how many were taken over."""
    async with as_system("vulkn_engine") as connection:
        cursor = await connection.execute(STALE, (settings.turn_lease, MODEL_ATTEMPTS * 2))
        stale = await cursor.fetchall()
    for org_id, turn_id, attempt in stale:
        await _take_up(AgentKey(org_id), turn_id, attempt)
    return len(stale)


async def _take_up(agent: AgentKey, turn_id: UUID, attempt: int) -> None:
    """Never raises."""
    try:
        opened = await _begin(agent, {"turn_id": turn_id, "attempt": attempt}, NO_PAUSE)
        if opened["state"] in ("run", "gather"):
            await _answer(agent, opened, NO_PAUSE, TurnEvents())
    except Exception as problem:  # noqa: BLE001 - a boundary: one that fails again must not hold up the others
        _failed(problem, org=str(agent.org_id), turn=str(turn_id))


async def _open(inbound: Inbound, pause: bursts.Pause) -> dict[str, Any]:
    arguments = (
        inbound.agent.org_id,
        inbound.visitor,
        inbound.external_id,
        inbound.text,
        settings.turn_lease,
        pause.quiet,
        pause.cap,
        inbound.sent_at,
        settings.loop_guard_messages,
        settings.turn_reserve_micro_usd,
    )
    opened = await engine_call(OPEN, arguments)
    if opened["state"] == "refused":
        raise VisitorUnknown
    return opened


async def _begin(agent: AgentKey, opened: dict[str, Any], pause: bursts.Pause) -> dict[str, Any]:
    """The turn with a fresh lease, or that it must wait, is done, or is lost to another process."""
    turn = (agent.org_id, opened["turn_id"], opened["attempt"])
    return await engine_call(BEGIN, (*turn, settings.turn_lease, pause.quiet, pause.cap))


async def _go_on(
    inbound: Inbound,
    opened: dict[str, Any],
    pause: bursts.Pause,
    events: TurnEvents,
    early: ahead.Early | None,
) -> None:
    """What becomes of a stored message."""
    started = time.perf_counter()
    agent, conversation_id = inbound.agent, UUID(opened["conversation_id"])
    if early and opened["state"] != "run":
        early.drop()
    try:
        if opened["state"] != "done":
            live.publish(live.Ring(agent.org_id, "message", conversation_id))
        match opened["state"]:
            case "run" | "gather":
                if not await _answer(agent, opened, pause, events, early=early, visitor=_visitor(inbound)):
                    if early:
                        early.drop()
                    await _wait(inbound, pause, events)
            case "done":
                _replay(opened, events)
            case "wait":
                await _join(inbound, opened, pause, events)
            case "handoff" | "kept":
                heard = await _lead(agent, inbound.text, opened)
                await engine_call(HEARD, (agent.org_id, conversation_id, heard))
                # Where nobody answers any more, who writes need not wait for the worker's round.
                if opened["state"] == "handoff" and await hand_back.give_back(agent.org_id, conversation_id):
                    await _wait(inbound, pause, events)
                else:
                    events.put(opened["state"], {"message_id": opened["message_id"]})
    except Exception as problem:  # noqa: BLE001 - the boundary of a turn: the visitor hears of it, the sweep tries again
        code = _failed(problem, org=str(agent.org_id), conversation=str(conversation_id))
        events.put("error", {"code": code, "message": sentence(code)})
    finally:
        if early:
            early.drop()
        events.end()
        TURN_SECONDS.observe(time.perf_counter() - started)


async def _answer(
    agent: AgentKey,
    opened: dict[str, Any],
    pause: bursts.Pause,
    events: TurnEvents,
    *,
    early: ahead.Early | None = None,
    visitor: ahead.Visitor | None = None,
) -> bool:
    """Lane, pause, draft, close. One conversation answers one burst at a time.

    False when another process took the turn over meanwhile."""
    conversation_id, turn_id = UUID(opened["conversation_id"]), UUID(opened["turn_id"])
    lane = _lanes.setdefault(conversation_id, asyncio.Lock())
    _turns[turn_id] = events
    try:
        if opened["state"] == "gather":
            llm.expect()
            await asyncio.sleep(opened["pause_ms"] / 1000)
        while True:
            waited = lane.locked()
            async with lane:
                if (
                    waited or opened["state"] == "gather"
                ):  # an answer in the way belongs into this turn's history
                    opened = await _begin(agent, opened, pause)
                if opened["state"] == "run":
                    if opened["channel"] in began and not brains.in_shadow(agent):
                        began[opened["channel"]](agent, conversation_id)
                    draft = await _drafted(agent, opened, events, early)
                    stored = await keeping.store(draft)
                    break
            if opened["state"] != "gather":
                if opened["state"] != "lost":
                    _replay(opened, events)
                return opened["state"] != "lost"
            # Outside the lane: the turn that this one waits for may need it.
            await asyncio.sleep(opened["pause_ms"] / 1000)
    finally:
        _turns.pop(turn_id, None)
    if stored["state"] == "lost":
        return False
    if draft.in_shadow:
        _replay(stored | {"latency_ms": draft.clock()}, events)
    else:
        _tell(stored, draft.clock(), events)
    live.publish(live.Ring(agent.org_id, "message", conversation_id))
    if opened["channel"] != "web":
        live.publish(live.Ring(agent.org_id, "outbox", conversation_id))
    TURNS.labels(outcome=draft.outcome).inc()
    keeping.log_done(draft, stored)
    if visitor:
        ahead.remember(visitor, draft, stored)
    return True


async def _drafted(
    agent: AgentKey, opened: dict[str, Any], events: TurnEvents, early: ahead.Early | None
) -> Draft:
    """The answer, said: the one that was begun already, if all is as was expected."""
    if early and early.holds(opened):
        await early.written
        return early.draft
    draft = Draft(agent, opened)
    if early:
        draft.ledger = early.drop()
    await draft.write(events)
    return draft


async def _join(inbound: Inbound, opened: dict[str, Any], pause: bursts.Pause, events: TurnEvents) -> None:
    """The message belongs to a turn that is under way: here, or in another process."""
    turn = _turns.get(UUID(opened["turn_id"]))
    if turn is None or turn is events:
        await _wait(inbound, pause, events)
    else:
        events.follow(turn)


async def _wait(inbound: Inbound, pause: bursts.Pause, events: TurnEvents) -> None:
    """Another process answers this message: its answer is replayed, or its turn taken over when it dies."""
    while True:
        await asyncio.sleep(WAIT_ELSEWHERE)
        opened = await _open(inbound, pause)
        if opened["state"] in ("done", "handoff", "kept"):
            return _replay(opened, events)
        if opened["state"] in ("run", "gather") and await _answer(inbound.agent, opened, pause, events):
            return None


def _visitor(inbound: Inbound) -> ahead.Visitor:
    return ahead.Visitor(inbound.agent.org_id, inbound.visitor)


def _tell(stored: dict[str, Any], latency_ms: int, events: TurnEvents) -> None:
    """How the turn ended. `withdrawn`: what was shown of the answer does not count, a person has taken over."""
    if stored["state"] != "done":
        events.put("handoff" if stored["state"] == "handoff" else "kept", {"withdrawn": True})
        return
    events.put("message", {key: stored[key] for key in ("id", "text", "sources", "language")})
    events.put("done", {"latency_ms": latency_ms})


def _replay(stored: dict[str, Any], events: TurnEvents) -> None:
    if stored["state"] == "done":
        events.put("delta", {"text": stored["text"]})
    _tell(stored, stored.get("latency_ms") or 0, events)


async def _lead(agent: AgentKey, text: str, opened: dict[str, Any]) -> Jsonb:
    """A telephone number without a country code is one of the business's country."""
    industry = await brains.industry(agent)
    return Jsonb(leads.signals(text, country=opened.get("country", "MX"), industry=industry).as_json())


def _failed(problem: Exception, **ids: str) -> str:
    log.error("turn.failed", kind=type(problem).__name__, **ids)
    TURNS.labels(outcome="failed").inc()
    return problem.code if isinstance(problem, VulknError) else "error"
