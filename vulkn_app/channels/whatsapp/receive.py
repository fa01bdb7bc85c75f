"""A signed delivery becomes rows: whose it is, its envelope, one row an event under its key, and the bell.

The rows are the job: whoever handles them claims them (work.py). When this returns, nothing of the delivery can be lost;
what it raises is DatabaseAway, and Meta sends it again."""

import asyncio
import hashlib
import json
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import psycopg
import structlog

from vulkn_app import live, pressure
from vulkn_app.channels.whatsapp import payloads
from vulkn_app.channels.whatsapp.payloads import Change, Event
from vulkn_app.db import as_system, engine_call
from vulkn_app.metrics import WEBHOOK_EVENTS

log = structlog.get_logger()

ROUTES = "select * from app.whatsapp_routes(%s, %s)"
STORE = "select app.whatsapp_store(%s, %s, %s, %s::jsonb)"
ORPHANED = "select 1 from app.whatsapp_orphaned(%s)"
BELL = "whatsapp"

KEPT = 10_000
LONG = timedelta(seconds=20)
FRESH = 30.0  # seconds; connecting or leaving rings the doorbell and is seen at once
LARGE = 64 * 1024  # bytes of a delivery that is read in a thread, so that nobody waits for it

Owner = tuple[UUID, UUID | None]  # organization, and its channel where one number is meant
_owners: OrderedDict[str, tuple[float, list[Owner]]] = OrderedDict()


async def take(raw: bytes) -> int:
    """Stores it. Returns how many of its events were news. Raises DatabaseAway."""
    with pressure.felt():
        return await _taken(raw)


async def _taken(raw: bytes) -> int:
    try:
        changes = await _read(raw)
    except payloads.Unreadable:
        await _orphaned("unreadable")
        return 0
    try:
        return await _kept(raw, changes)
    except (psycopg.IntegrityError, psycopg.DataError):
        _owners.clear()  # an organization or its number left since it was looked up
    try:
        return await _kept(raw, changes)
    except (psycopg.IntegrityError, psycopg.DataError) as problem:
        log.error("webhook.unstorable", kind=type(problem).__name__)
        await _orphaned("unstorable")
        return 0


async def _kept(raw: bytes, changes: list[Change]) -> int:
    owners = await _owned(changes)
    parts: dict[UUID, list[tuple[Change, UUID | None]]] = defaultdict(list)
    for change in changes:
        for org_id, channel_id in owners.get(_name(change), []):
            parts[org_id].append((change, channel_id))
    for name in dict.fromkeys(_name(change) for change in changes):
        if not owners.get(name):
            await _orphaned(name)
    news = 0
    for org_id, part in parts.items():
        whole = len(parts) == 1 and len(part) == len(changes)
        news += await _store(org_id, part, raw if whole else None)
    return news


async def _read(raw: bytes) -> list[Change]:
    if len(raw) < LARGE:
        return payloads.changes(raw)
    return await asyncio.to_thread(payloads.changes, raw)


def _name(change: Change) -> str:
    """What the delivery is routed by: its number, or the account where no number is named."""
    return change.phone_number_id or f"waba:{change.waba}"


async def _owned(changes: Iterable[Change]) -> dict[str, list[Owner]]:
    names = list(dict.fromkeys(_name(change) for change in changes))
    now = time.monotonic()
    known = {name: _owners[name][1] for name in names if name in _owners and now - _owners[name][0] < FRESH}
    asked = [name for name in names if name not in known]
    if not asked:
        return known
    numbers = [name for name in asked if not name.startswith("waba:")]
    wabas = [name.removeprefix("waba:") for name in asked if name.startswith("waba:")]
    found: dict[str, list[Owner]] = defaultdict(list)
    async with as_system("vulkn_engine") as connection:
        for name, org_id, channel_id in await (await connection.execute(ROUTES, (numbers, wabas))).fetchall():
            found[name].append((org_id, channel_id))
    for name, owners in found.items():  # what nobody has is asked for again: it may be connected any moment
        _owners[name] = (now, owners)
        while len(_owners) > KEPT:
            _owners.popitem(last=False)
    return known | found


async def _store(org_id: UUID, part: list[tuple[Change, UUID | None]], raw: bytes | None) -> int:
    """`raw`: the delivery as it came, where all of it is this organization's."""
    if raw is None:
        body = json.dumps({"entry": [change.entry for change, _ in part]}, ensure_ascii=False)
    else:
        body = raw.decode("utf-8", "replace").replace("\x00", "")
    digest = hashlib.sha256(raw if raw is not None else body.encode()).digest()
    events = [_row(event, channel_id) for change, channel_id in part for event in change.events]
    rows = json.dumps(events, ensure_ascii=False)
    values = (org_id, digest, body, rows)
    if len(rows) < LARGE:
        news = await engine_call(STORE, values, line="deliveries")
    else:  # a part of somebody's history is work, and no turn
        async with as_system("vulkn_engine", limit=LONG) as connection:
            row = await (await connection.execute(STORE, values)).fetchone()
            news = row[0] if row else 0
    for change, _ in part:
        for event in change.events:
            WEBHOOK_EVENTS.labels(kind=event.kind).inc()
    if news:
        live.publish(live.Ring(org_id, BELL))
    return news


def _row(event: Event, channel_id: UUID | None) -> dict[str, object]:
    return {
        "channel_id": str(channel_id) if channel_id else None,
        "key": event.key or "-",
        "kind": event.kind,
        "lane": event.lane,
        "at": event.at.isoformat(),
        "payload": event.payload,
    }


async def _orphaned(name: str) -> None:
    """Counted, and nothing of it kept."""
    WEBHOOK_EVENTS.labels(kind="orphan").inc()
    await engine_call(ORPHANED, (name or "unnamed",), line="deliveries")


def forget(ring: live.Ring) -> None:
    """A number was connected, or left."""
    if ring.kind in ("channel", "organization"):
        for name, (_, owners) in list(_owners.items()):
            if any(org_id == ring.org_id for org_id, _ in owners):
                del _owners[name]


live.listen_everywhere(forget)
