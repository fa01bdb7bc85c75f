"""Where a widget was seen: the first request of a page for its settings says that the code is in place.

Not a write a request: a process notes a site once in a while, outside the visitor's answer."""

import asyncio
import time
from collections import OrderedDict
from datetime import datetime
from uuid import UUID

import structlog
from pydantic import BaseModel
from sqlalchemy import text as sql

from vulkn_app import live
from vulkn_app.channels.tenants import Tenant
from vulkn_app.db import AgentKey, Member, as_agent, as_member
from vulkn_app.errors import VulknError

log = structlog.get_logger()

AGAIN = 60.0  # seconds until the same site is noted again
KNOWN = 10_000  # sites that a process remembers
KEPT = 20  # sites an organization; whoever sends made-up origins pushes out the oldest
LONGEST = 300

NOTE = """
    insert into widget_sightings (org_id, origin) values (%s, %s)
    on conflict (org_id, origin) do update set last_at = now()
"""
TRIM = """
    delete from widget_sightings where org_id = %s and origin in (
      select origin from widget_sightings where org_id = %s order by last_at desc, origin offset %s)
"""
LATEST = sql("""
    select origin, first_at, last_at from widget_sightings where org_id = :org_id order by last_at desc, origin
""")


class Sighting(BaseModel):
    origin: str
    first_at: datetime
    last_at: datetime


_noted: OrderedDict[tuple[UUID, str], float] = OrderedDict()
_writing: set[asyncio.Task[None]] = set()


def seen(tenant: Tenant, origin: str | None, *, own: str) -> None:
    """A page at `origin`, which may carry the widget, asked for its settings. Returns at once."""
    if not origin or origin in (own, "null") or not 8 <= len(origin) <= LONGEST:
        return
    key, now = (tenant.org_id, origin), time.monotonic()
    if now - _noted.get(key, -AGAIN) < AGAIN:
        return
    _noted[key] = now
    _noted.move_to_end(key)
    while len(_noted) > KNOWN:
        _noted.popitem(last=False)
    writing = asyncio.get_running_loop().create_task(_note(tenant.agent, origin))
    _writing.add(writing)
    writing.add_done_callback(_writing.discard)


async def latest(member: Member) -> list[Sighting]:
    """The sites, the one seen last first."""
    async with as_member(member) as session:
        found = await session.execute(LATEST, {"org_id": member.org_id})
        return [Sighting.model_validate(dict(row)) for row in found.mappings()]


async def settled() -> None:
    """Until what is being noted is noted."""
    await asyncio.gather(*_writing, return_exceptions=True)


async def _note(agent: AgentKey, origin: str) -> None:
    try:
        async with as_agent(agent) as connection:
            await connection.execute(NOTE, (agent.org_id, origin))
            await connection.execute(TRIM, (agent.org_id, agent.org_id, KEPT))
    except VulknError as problem:
        _noted.pop((agent.org_id, origin), None)  # the next request tries again
        log.warning("sighting.not_noted", code=problem.code)
        return
    live.publish(live.Ring(agent.org_id, "sighting"))
