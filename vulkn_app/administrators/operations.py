"""What goes on behind the organizations: models that answer, queues, and what nothing tries any more."""

from datetime import datetime
from typing import Literal

from psycopg.rows import class_row
from pydantic import BaseModel

from vulkn_app import llm
from vulkn_app.administrators.desk import Administrator, administering

Queue = Literal["outbox", "events", "imports", "jobs"]
SHOWN = 50
# What waits, what is under way, and what is dead, in the words of four tables and a library.
DEAD = ("failed", "unknown")


class ProviderRow(BaseModel):
    """A model of this deployment. `state` is this process's: ok, resting for a moment, or disabled until a person
    acts, with the failure's kind in `trouble`. The figures are everybody's of the last 24 hours."""

    key: str
    state: Literal["ok", "resting", "disabled"]
    trouble: str = ""
    calls: int = 0
    failed: int = 0
    failed_percent: int | None = None
    latency_ms: int | None = None
    cost: str = "0.00"


class QueueRow(BaseModel):
    queue: str
    state: str
    dead: bool
    count: int
    oldest: datetime | None


class DeadRow(BaseModel):
    """`replayable`: surely not done before. What was perhaps sent is not."""

    queue: str
    id: str
    org_slug: str
    kind: str
    state: str
    attempt: int
    problem: str
    at: datetime | None
    replayable: bool


async def providers(who: Administrator) -> list[ProviderRow]:
    async with administering(who) as connection:
        cursor = await connection.execute("select * from app.admin_providers()")
        used = await cursor.fetchall()
    health = llm.health()
    names = [*health, *(row[0] for row in used if row[0] not in health)]
    return [_provider(name, health, used) for name in dict.fromkeys(names)]


async def queues(who: Administrator) -> list[QueueRow]:
    async with administering(who) as connection:
        cursor = await connection.execute("select queue, state, count, oldest from app.admin_queues()")
        rows = await cursor.fetchall()
    return [
        QueueRow(queue=queue, state=state, dead=state in DEAD, count=count, oldest=oldest)
        for queue, state, count, oldest in sorted(rows, key=lambda row: (row[0], row[1]))
    ]


async def dead(who: Administrator, queue: Queue | None = None) -> list[DeadRow]:
    """The newest first."""
    async with administering(who) as connection, connection.cursor(row_factory=class_row(DeadRow)) as cursor:
        return await (
            await cursor.execute("select * from app.admin_dead(%s, %s)", (queue or "", SHOWN))
        ).fetchall()


async def replay(who: Administrator, queue: Queue, row: str = "") -> int:
    """One, or all of the queue that may be; how many are in line again. The worker's clock finds them."""
    async with administering(who) as connection:
        cursor = await connection.execute("select app.admin_replay(%s, %s)", (queue, row))
        found = await cursor.fetchone()
    return found[0] if found else 0


def _provider(name: str, health: dict[str, str], used: list[tuple]) -> ProviderRow:
    rows = [row for row in used if row[0] == name]
    calls, failed = sum(row[2] for row in rows), sum(row[3] for row in rows)
    latencies = [row[4] for row in rows if row[4] is not None]
    trouble = health.get(name, "")
    return ProviderRow(
        key=name,
        state="resting" if trouble == "resting" else "disabled" if trouble else "ok",
        trouble="" if trouble == "resting" else trouble,
        calls=calls,
        failed=failed,
        failed_percent=round(failed * 100 / calls) if calls else None,
        latency_ms=latencies[0] if latencies else None,
        cost=f"{sum(row[5] for row in rows) / 1_000_000:.2f}",
    )
