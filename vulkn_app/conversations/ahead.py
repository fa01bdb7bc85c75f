"""The model is asked while the message is being stored, where this process knows what storing it will say.

Storing is a round trip to the database, and the customer waits for it before the first word. Whoever was answered here
last, with nothing rung since, finds their conversation as that answer left it: what `turn_open` will bring is known but
for the ids it makes. So the draft is begun on that. It shows nothing and does nothing until the message is stored and
everything was as expected; where anything was not, it is dropped and the turn begins as it always does."""

import asyncio
import time
from collections import OrderedDict
from typing import Any, NamedTuple
from uuid import UUID

import structlog

from vulkn_app import live
from vulkn_app.conversations.draft import Draft
from vulkn_app.conversations.events import TurnEvents
from vulkn_app.conversations.ledger import Ledger
from vulkn_app.db import AgentKey
from vulkn_app.metrics import AHEAD

log = structlog.get_logger()

KEPT, KEPT_FOR = 1_000, 1_800.0  # conversations and seconds: who comes back later is not in such a hurry
HISTORY = 20  # messages that app.turn_context brings along
# What an answer depends on of all that app.turn_context brings along, and what only storing can make.
TOLD = (
    "tries",
    "mode",
    "conversation_id",
    "contact_id",
    "channel",
    "language",
    "burst",
    "memory",
    "brain",
    "history",
)
UNMADE = {"turn_id": str(UUID(int=0))}


class Visitor(NamedTuple):
    org_id: UUID
    hash: bytes


class Expected(NamedTuple):
    """What `turn_open` will bring along but for the burst, and since when."""

    context: dict[str, Any]
    since: float


_expected: OrderedDict[Visitor, Expected] = OrderedDict()  # the oldest first
_visitors: dict[UUID, Visitor] = {}  # by their conversations
_timer: asyncio.TimerHandle | None = None


class Early:
    """A draft on what is expected, until it `holds` or is dropped."""

    def __init__(self, agent: AgentKey, expected: dict[str, Any], events: TurnEvents) -> None:
        self._expected = expected
        self._stored: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.draft = Draft(agent, expected, stored=self._stored)
        self.written = asyncio.create_task(self.draft.write(events))

    def holds(self, opened: dict[str, Any]) -> bool:
        """Lets the draft go on if all is as expected, and it has not failed at what it read until then."""
        if self._stored.done() or self.written.done():
            return False
        if any(opened[key] != self._expected[key] for key in TOLD):
            return False
        AHEAD.labels(outcome="held").inc()
        self._stored.set_result(opened)
        return True

    def drop(self) -> Ledger:
        """What it cost until then: a call that was made is paid for. Changes nothing where the doubt is over."""
        if self._stored.done():
            return self.draft.ledger
        self._stored.cancel()
        AHEAD.labels(outcome="dropped").inc()
        self.written.cancel()
        self.written.add_done_callback(_no_matter)
        if self.draft.ask and not self.draft.rehearsing:
            self.draft.ledger.count_broken(self.draft.ask, "", "dropped")
            log.info(
                "turn.dropped",
                org=str(self.draft.agent.org_id),
                conversation=self._expected["conversation_id"],
            )
        return self.draft.ledger


def begin(visitor: Visitor, text: str, events: TurnEvents) -> Early | None:
    """The draft for a message that is about to be stored, once an answer; None where nothing is known."""
    _tidy()
    context = _pop(visitor)
    return Early(AgentKey(visitor.org_id), context | {"burst": [text]}, events) if context else None


def remember(visitor: Visitor, draft: Draft, stored: dict[str, Any]) -> None:
    """What the next message of this visitor will find, where that is sure."""
    if not (stored.get("plenty") and draft.settled):
        return
    opened = {key: draft.opened[key] for key in TOLD}
    said = [*opened["history"], *(["visitor", words] for words in opened["burst"]), ["agent", stored["text"]]]
    context = opened | UNMADE | {"tries": 1, "history": said[-HISTORY:], "language": draft.language}
    _pop(visitor)
    _expected[visitor] = Expected(context, time.monotonic())
    _visitors[UUID(opened["conversation_id"])] = visitor
    _tidy()
    _look_again()


def hear(ring: live.Ring) -> None:
    """Something happened in the conversation, or to the business: nothing is sure any more."""
    if ring.conversation_id is None:
        for visitor in [visitor for visitor in _expected if visitor.org_id == ring.org_id]:
            _pop(visitor)
    elif visitor := _visitors.get(ring.conversation_id):
        _pop(visitor)


def forget() -> None:
    _expected.clear()
    _visitors.clear()


def _pop(visitor: Visitor) -> dict[str, Any] | None:
    expected = _expected.pop(visitor, None)
    if expected is None:
        return None
    _visitors.pop(UUID(expected.context["conversation_id"]), None)
    return expected.context


def _tidy() -> None:
    """Nobody's words stay longer than they are of use."""
    while _expected:
        oldest, expected = next(iter(_expected.items()))
        if len(_expected) <= KEPT and time.monotonic() - expected.since < KEPT_FOR:
            return
        _pop(oldest)


def _look_again() -> None:
    """Also where nobody writes any more."""
    global _timer
    loop = asyncio.get_running_loop()
    if _timer is None or _timer.when() < loop.time():
        _timer = loop.call_later(KEPT_FOR, _on_time)


def _on_time() -> None:
    _tidy()
    if _expected:
        _look_again()


def _no_matter(written: asyncio.Task[None]) -> None:
    """Whatever became of it."""
    if not written.cancelled():
        written.exception()


live.listen_everywhere(hear)
