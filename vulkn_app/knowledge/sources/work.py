"""The worker's part of an import: one is claimed, read and compared, or written. A process that dies leaves a
lease behind; when it ends another begins the same step again."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import structlog

from vulkn_app import live
from vulkn_app.db import AgentKey, as_agent, as_system
from vulkn_app.knowledge import imports
from vulkn_app.knowledge.drafts import Draft, File
from vulkn_app.knowledge.imports import Plan
from vulkn_app.knowledge.sources import crawl, sandbox

log = structlog.get_logger()

LEASE = timedelta(seconds=150)
WRITING = timedelta(seconds=120)
MOST_ROWS = 10_000  # of one import; they are written in one transaction, each with its audit row
AT_ONCE = 2  # imports in a process: it answers customers, too

_CLAIM = "select * from app.claim_import(%s)"
_PROGRESS = "select app.import_progress(%s, %s, %s, %s, %s, %s)"
_PLANNED = "select app.import_planned(%s, %s, %s, %s, %s)"
_APPLY = "select app.import_apply(%s, %s, %s)"

_under_way = 0


@dataclass(frozen=True)
class Job:
    org_id: UUID
    id: UUID
    kind: Literal["file", "page"]
    name: str
    pages: int
    state: Literal["reading", "applying"]
    attempt: int
    content: bytes | None = field(repr=False)


async def do_waiting() -> int:
    """Every import that waits, one after another. Returns how many there were; none while enough are under way."""
    global _under_way
    if _under_way >= AT_ONCE:
        return 0
    _under_way, done = _under_way + 1, 0
    try:
        while job := await _claim():
            await do(job)
            done += 1
    finally:
        _under_way -= 1
    return done


async def do(job: Job) -> None:
    """One step of one import, told to whoever looks."""
    changes = await (_apply(job) if job.state == "applying" else _read(job))
    log.info("import.step", org=str(job.org_id), id=str(job.id), step=job.state, attempt=job.attempt)
    live.publish(live.Ring(job.org_id, "knowledge" if changes else "import"))


async def _claim() -> Job | None:
    async with as_system("vulkn_engine", limit=WRITING) as connection:
        cursor = await connection.execute(_CLAIM, (LEASE,), binary=True)
        row = await cursor.fetchone()
    return Job(*row) if row else None


async def _apply(job: Job) -> int:
    async with as_system("vulkn_engine", limit=WRITING) as connection:
        cursor = await connection.execute(_APPLY, (job.org_id, job.id, job.attempt))
        row = await cursor.fetchone()
    return (row and row[0]) or 0


async def _read(job: Job) -> int:
    drafts = await _drafts(job)
    whole = len(drafts) == 1 and drafts[0].line == 0 and drafts[0].problem
    problem = whole or ("too_many_rows" if len(drafts) > MOST_ROWS else None)
    rows = [] if problem else await _rows(job, drafts)
    async with as_system("vulkn_engine", limit=WRITING) as connection:
        values = (job.org_id, job.id, job.attempt, json.dumps(rows), problem)
        await connection.execute(_PLANNED, values)
    return 0


async def _drafts(job: Job) -> list[Draft]:
    async def tell(done: int, known: int) -> bool:
        async with as_system("vulkn_engine") as connection:
            values = (job.org_id, job.id, job.attempt, done, known, LEASE)
            row = await (await connection.execute(_PROGRESS, values)).fetchone()
        live.publish(live.Ring(job.org_id, "import"))
        return row == (True,)

    if job.kind == "page":
        return await crawl.read(job.name, job.pages, tell)
    return await sandbox.read(File(job.name, job.content or b""))


async def _rows(job: Job, drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    async with as_agent(AgentKey(job.org_id)) as connection:
        cursor = await connection.execute(imports.STORED, {"org_id": job.org_id})
        stored = imports.as_stored(await cursor.fetchall())
    plan: Plan = await asyncio.to_thread(imports.compare, [(job.name, drafts)], stored)
    return [
        {
            "place": place,
            "line": row.line,
            "state": row.state,
            "title": row.title,
            "language": row.language,
            "problem": row.problem,
            "entry": row.entry,
            "before": row.before,
            "skipped": row.problem == imports.GIVES_ORDERS,
        }
        for place, row in enumerate(plan.rows, start=1)
    ]
