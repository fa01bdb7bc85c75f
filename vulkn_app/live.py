"""The doorbell: something changed in an organization, look again.

No content travels: every listener reads what it may see under its own rights. In this process the
bell rings at once; other processes hear it through PostgreSQL's NOTIFY, sent in batches outside the
turn's transactions, because a notifying commit waits for every other one on the server.
"""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import structlog

from vulkn_app.db import engine_call, login_dsn, session_dsn

log = structlog.get_logger()

BATCH = 0.05  # seconds between two NOTIFYs of one process
CHANNEL = "vulkn"
FORGOTTEN = "forgotten"  # the kind of a ring: something is gone for good, and no memory may keep it
ME = uuid4().hex


@dataclass(frozen=True)
class Ring:
    """What changed: `kind` names the noun (message, lead, agent, knowledge, team)."""

    org_id: UUID
    kind: str
    conversation_id: UUID | None = None


_listeners: dict[UUID, set[Callable[[Ring], None]]] = defaultdict(set)
_everywhere: set[Callable[[Ring], None]] = set()
_waiting: set[Ring] = set()
_sender: asyncio.Task[None] | None = None


def publish(ring: Ring) -> None:
    """Rings here now and elsewhere within BATCH. Never blocks, never fails."""
    global _sender
    _deliver(ring)
    _waiting.add(ring)
    if _sender is None or _sender.done():
        _sender = asyncio.get_running_loop().create_task(_send_soon())


@contextmanager
def listening(org_id: UUID, bell: Callable[[Ring], None]):
    """Calls `bell` for every ring of the organization; it must not block."""
    _listeners[org_id].add(bell)
    try:
        yield
    finally:
        _listeners[org_id].discard(bell)
        if not _listeners[org_id]:
            del _listeners[org_id]


def listen_everywhere(bell: Callable[[Ring], None]) -> None:
    """For the two who care about all organizations: the cache of brains and the dashboards' fan-out."""
    _everywhere.add(bell)


@contextmanager
def subscription(org_id: UUID):
    """A queue of the organization's rings from now on: subscribe first, then read, and nothing is missed."""
    queue: asyncio.Queue[Ring] = asyncio.Queue(maxsize=100)

    def put(ring: Ring) -> None:
        with contextlib.suppress(asyncio.QueueFull):  # a full queue already says: look again
            queue.put_nowait(ring)

    with listening(org_id, put):
        yield queue


async def drain() -> None:
    """Returns when what was rung has been sent: after it the database may be closed."""
    if _sender is not None and not _sender.done():
        await _sender


async def hear_others() -> None:
    """Runs as long as the process: other processes' rings arrive here. Reconnects for ever."""
    while True:
        try:
            dsn = session_dsn(login_dsn("vulkn_web"))
            connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
            async with connection:
                await connection.execute(f"listen {CHANNEL}")
                async for note in connection.notifies():
                    _hear(note.payload)
        except psycopg.OperationalError:
            log.warning("live.lost")
            await asyncio.sleep(1)


def _hear(payload: str) -> None:
    sender, *rings_ = json.loads(payload)
    if sender == ME:
        return
    for org_id, kind, conversation_id in rings_:
        _deliver(Ring(UUID(org_id), kind, UUID(conversation_id) if conversation_id else None))


def _deliver(ring: Ring) -> None:
    for bell in [*_listeners.get(ring.org_id, ()), *_everywhere]:
        bell(ring)


async def _send_soon() -> None:
    while _waiting:
        await asyncio.sleep(BATCH)
        batch = [_waiting.pop() for _ in range(min(50, len(_waiting)))]  # a payload holds 8,000 bytes
        rows = [[str(r.org_id), r.kind, str(r.conversation_id) if r.conversation_id else None] for r in batch]
        try:
            await engine_call("select pg_notify(%s, %s)", (CHANNEL, json.dumps([ME, *rows])))
        except Exception:  # noqa: BLE001 - the bell is a courtesy: whoever missed it sees the row at the next look
            log.warning("live.unsent", rings=len(rows))
