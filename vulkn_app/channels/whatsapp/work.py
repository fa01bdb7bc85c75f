"""Handles what Meta told: claimed from the table, a lane at a time, each event until it is done or has failed for good.

Woken by the bell when a delivery was stored, here or in another process, and by the worker's timetable for what waits
for its next try and for what a process that died has left. A claim has a lease: after it the event is claimed again,
and every handler can be asked twice."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from vulkn_app import live, pressure
from vulkn_app.channels.whatsapp import handlers, revival
from vulkn_app.channels.whatsapp.events import HANDLERS, Happened
from vulkn_app.channels.whatsapp.receive import BELL
from vulkn_app.db import AgentKey, as_system, engine_call
from vulkn_app.errors import DatabaseAway

assert handlers  # imported for the table that it fills

log = structlog.get_logger()

CLAIM = "select * from app.claim_whatsapp_events(%s, %s, %s, %s)"
NOTE = "select app.note_whatsapp_event(%s, %s, %s, %s, %s, %s)"
AT_ONCE = 8  # events in a process: it answers customers, too
SHARE = 4  # of one organization, in all processes
TRIES = 5
FIRST_WAIT = 2.0  # seconds, four times as many each time
PATIENCE = 60.0  # seconds for one event
LEASE = timedelta(seconds=PATIENCE + 15)
REST = 1.0  # seconds, when the database is away or deliveries come one upon the other

_bell: asyncio.Event | None = None


async def serve() -> None:
    """Until cancelled: sleeps until the bell rings, then works until nothing is left."""
    global _bell
    bell = _bell = asyncio.Event()
    bell.set()  # what was stored before this process began
    while True:
        await bell.wait()
        bell.clear()
        try:
            await due()
        except Exception as problem:  # noqa: BLE001 - the worker's boundary: it lives as long as the process
            log.warning("whatsapp.work_lost", kind=type(problem).__name__)
            await asyncio.sleep(REST)
            bell.set()


def ring() -> None:
    """By the clock: there may be something that no bell told of."""
    if _bell is not None:
        _bell.set()


def _hear(heard: live.Ring) -> None:
    if heard.kind == BELL:
        ring()


live.listen_everywhere(_hear)


async def due() -> int:
    """Handles everything that may be handled now. Returns how many events that were."""
    running: set[asyncio.Task[None]] = set()
    handled = 0
    try:
        while True:
            await pressure.calm(REST)
            claimed = await _claim(AT_ONCE - len(running)) if len(running) < AT_ONCE else []
            running |= {asyncio.create_task(_do(*one)) for one in claimed}
            if not running:
                return handled
            finished, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            handled += len(finished)
            for task in finished:
                task.result()
    finally:
        for task in running:
            task.cancel()


async def _claim(most: int) -> list[tuple[Happened, int]]:
    async with as_system("vulkn_engine") as connection:
        cursor = await connection.execute(CLAIM, (most, SHARE, TRIES, LEASE))
        rows = await cursor.fetchall()
    return [(_happened(*row[:7]), row[7]) for row in rows]


def _happened(
    org_id: UUID, id: UUID, channel_id: UUID | None, waba: str, kind: str, at: Any, payload: dict[str, Any]
) -> Happened:
    return Happened(AgentKey(org_id), id, channel_id, waba, kind, at, payload)


async def _do(happened: Happened, attempt: int) -> None:
    """One event. Whatever its handler raises is this event's own matter."""
    handler = HANDLERS.get(happened.kind)
    try:
        async with asyncio.timeout(PATIENCE):
            if handler:
                await handler(happened)
    except Exception as problem:  # noqa: BLE001 - the boundary of an event: it is tried again and holds up nobody
        state = "failed" if attempt >= TRIES else "ready"
        name = type(problem).__name__
        log.warning(
            "whatsapp.event_failed",
            org=str(happened.agent.org_id),
            happened=happened.kind,
            kind=name,
            attempt=attempt,
        )
        await _note(happened, attempt, state, name, timedelta(seconds=FIRST_WAIT * 4 ** (attempt - 1)))
    else:
        await _note(happened, attempt, "done", None, None)
        if happened.channel_id:
            await revival.heard(happened.agent, happened.channel_id)


async def _note(
    happened: Happened, attempt: int, state: str, problem: str | None, wait: timedelta | None
) -> None:
    row = (happened.agent.org_id, happened.id, attempt)
    try:
        await engine_call(NOTE, (*row, state, problem, wait))
    except DatabaseAway:  # its lease will end, and handlers may be asked twice
        log.warning("whatsapp.event_unnoted", org=str(happened.agent.org_id), happened=happened.kind)
    if state == "failed":
        live.publish(live.Ring(happened.agent.org_id, "message"))


async def forget() -> None:
    """Envelopes after thirty days, payloads after ninety."""
    async with as_system("vulkn_engine", limit=timedelta(seconds=30)) as connection:
        await connection.execute("select app.whatsapp_forget()")
