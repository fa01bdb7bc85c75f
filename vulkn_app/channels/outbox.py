"""Sends what the outbox holds, each row at most once.

A row is claimed in a transaction of its own before anything is sent, and its end is noted in another. A process
that dies before it sent leaves the row `sending`; when its lease ends nobody can know whether the other side has
it, so it becomes `unknown`, a person is told, and the provider's own word (a status webhook) settles it.

Who writes a row rings (`live`, kind "outbox"); `Courier` hears it and sends at once. Whatever was not rung for goes
with the worker's clock."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from vulkn_app import live
from vulkn_app.db import AgentKey, as_system, engine_call
from vulkn_app.settings import settings

log = structlog.get_logger()

CLAIM = "select * from app.claim_outbox(%s, %s)"
NOTE = "select app.note_delivery(%s, %s, %s, %s, %s, %s, %s, %s)"
AT_ONCE = 20
ROUNDS = 4  # claims under way at once: a round that waits for a slow one holds nobody else up
TRIES = 6
FIRST_WAIT = 2.0  # seconds, doubled each time
SOON = timedelta(seconds=60)  # what is due sooner is rung for; the rest goes by the clock


@dataclass(frozen=True)
class Delivery:
    """One effect. `dedupe_key` goes along where the other side can recognise it again; `attempt` says which claim
    this is, `tries` how many of them really tried."""

    agent: AgentKey
    id: UUID
    kind: str
    dedupe_key: str
    conversation_id: UUID | None
    message_id: UUID | None
    payload: dict[str, Any] = field(repr=False)
    attempt: int
    tries: int = 1


class NotSent(Exception):
    """The other side surely did not take it. `again`: whether another try makes sense; `wait`: not before."""

    def __init__(self, reason: str, *, again: bool, wait: float | None = None) -> None:
        super().__init__(reason)
        self.again = again
        self.wait = wait


class Later(Exception):
    """It is not time yet (pace, quiet hours, a number that is away): no try, due again after `wait` seconds."""

    def __init__(self, reason: str, *, wait: float) -> None:
        super().__init__(reason)
        self.wait = wait


class Withdrawn(Exception):
    """Not to be sent any more, and nothing went wrong: a person took over, the appointment began, they opted out."""


Sender = Callable[[Delivery], Awaitable[str]]  # gives the other side's id; raises NotSent

_senders: dict[str, Sender] = {}


def register(kind: str, sender: Sender) -> None:
    """How rows of this kind are sent. A channel calls it once, when it is imported."""
    _senders[kind] = sender


async def deliver_due() -> int:
    """Sends everything that is due. Returns how many were tried."""
    async with as_system("vulkn_engine") as connection:
        cursor = await connection.execute(CLAIM, (AT_ONCE, settings.delivery_lease))
        rows = await cursor.fetchall()
    deliveries = [Delivery(AgentKey(row[0]), *row[1:]) for row in rows]
    await asyncio.gather(*(_deliver(delivery) for delivery in deliveries))
    return len(deliveries)


async def _deliver(delivery: Delivery) -> None:
    sender = _senders.get(delivery.kind)
    try:
        if sender is None:
            raise NotSent("no channel sends this", again=False)
        async with asyncio.timeout(settings.delivery_timeout.total_seconds()):
            provider_id = await sender(delivery)
    except NotSent as problem:
        await _not_sent(delivery, problem)
    except Withdrawn as problem:
        await _note(delivery, "cancelled", error=str(problem))
    except Later as problem:
        wait = timedelta(seconds=problem.wait)
        await _note(delivery, "ready", error=str(problem), wait=wait, deferred=True)
    except Exception as problem:  # noqa: BLE001 - the boundary of a delivery: whatever it was, it may have been sent
        await _note(delivery, "unknown", error=type(problem).__name__)
    else:
        await _note(delivery, "sent", provider_id=provider_id)


async def _not_sent(delivery: Delivery, problem: NotSent) -> None:
    if problem.again and delivery.tries < TRIES:
        wait = problem.wait or FIRST_WAIT * 2 ** (delivery.tries - 1)
        await _note(delivery, "ready", error=str(problem), wait=timedelta(seconds=wait))
    else:
        await _note(delivery, "failed", error=str(problem))


async def _note(
    delivery: Delivery,
    state: str,
    *,
    provider_id: str = "",
    error: str = "",
    wait: timedelta | None = None,
    deferred: bool = False,
) -> None:
    row = (delivery.agent.org_id, delivery.id, delivery.attempt)
    noted = await engine_call(NOTE, (*row, state, provider_id, error, wait, deferred))
    if noted == "ready" and wait and wait <= SOON:
        again = live.Ring(delivery.agent.org_id, "outbox", delivery.conversation_id)
        asyncio.get_running_loop().call_later(wait.total_seconds(), live.publish, again)
    if delivery.conversation_id and not deferred:
        live.publish(live.Ring(delivery.agent.org_id, "message", delivery.conversation_id))
    log.info(
        "delivery.noted", org=str(delivery.agent.org_id), id=str(delivery.id), state=noted, kind=delivery.kind
    )


class Courier:
    """Sends what was rung for, while it runs."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._rounds: set[asyncio.Task[None]] = set()

    def hear(self, ring: live.Ring) -> None:
        if ring.kind == "outbox":
            self._rung.set()

    async def serve(self) -> None:
        """Until cancelled; then what is being sent is sent to its end."""
        live.listen_everywhere(self.hear)
        try:
            while True:
                await self._rung.wait()
                while len(self._rounds) >= ROUNDS:
                    await asyncio.wait(self._rounds, return_when=asyncio.FIRST_COMPLETED)
                self._rung.clear()
                task = asyncio.create_task(self._round())
                self._rounds.add(task)
                task.add_done_callback(self._rounds.discard)
        finally:
            if self._rounds:
                await asyncio.wait(self._rounds, timeout=settings.delivery_timeout.total_seconds())

    async def _round(self) -> None:
        """One more when something was sent: what stood behind it in its conversation is due now."""
        try:
            if await deliver_due():
                self._rung.set()
        except Exception as problem:  # noqa: BLE001 - a boundary: the clock tries what this one could not
            log.warning("courier.failed", kind=type(problem).__name__)
