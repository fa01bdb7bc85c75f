"""A number that lost its way to Meta (a token, a lock, a phone that slept) goes on by itself once Meta answers again.

Looked at when something comes in for it, and by the clock. What waits in the outbox then leaves, and the owner hears
that it does."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from models.whatsapp import NumberState
from vulkn_app import live
from vulkn_app.channels.whatsapp import health, numbers, problems
from vulkn_app.channels.whatsapp.graph import Graph, GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.refusals import WhatsAppRefused
from vulkn_app.db import AgentKey, as_agent, as_system
from vulkn_app.errors import VulknError

log = structlog.get_logger()

UNWELL = (NumberState.REAUTH, NumberState.DOWN)
EVERY = timedelta(minutes=10)  # by the clock
SOONEST = timedelta(minutes=1)  # when something came in
CLAIM = "select * from app.whatsapp_unwell(20, %s)"
ONE = """
    update whatsapp_numbers set looked_at = clock_timestamp()
    where org_id = %s and channel_id = %s and state in ('reauth', 'down') and problem is distinct from 'disconnected'
      and coalesce(looked_at, '-infinity') < clock_timestamp() - %s returning 1
"""
SEEN = """
    update alerts set seen_at = coalesce(seen_at, clock_timestamp())
    where org_id = %s and kind = 'channel' and seen_at is null and key like %s
"""

_tasks: set[asyncio.Task[bool]] = set()


async def due() -> int:
    """Looks at every number whose turn it is. Returns how many are well again."""
    async with as_system("vulkn_engine") as connection:
        rows = await (await connection.execute(CLAIM, (EVERY,))).fetchall()
    return sum([await look(AgentKey(org_id), channel_id) for org_id, channel_id in rows])


async def heard(agent: AgentKey, channel_id: UUID) -> None:
    """Something came in for this number. Costs a look at what is known of it, and seldom more."""
    try:
        number = await numbers.number(agent, channel_id)
    except numbers.NotConnected:
        return
    if number.state not in UNWELL:
        return
    async with as_agent(agent) as connection:
        mine = await (await connection.execute(ONE, (agent.org_id, channel_id, SOONEST))).fetchone()
    if mine:
        task = asyncio.create_task(look(agent, channel_id))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


async def look(agent: AgentKey, channel_id: UUID) -> bool:
    """Whether it is well again. Never raises: what is still wrong stays as it is."""
    try:
        number = await numbers.number(agent, channel_id)
        graph = Graph(number)
        expires = health.good_token(await graph.token_facts(), number.waba)
        facts = health.facts(await graph.number_facts())
        if not facts.connected:
            return False
        await health.note(agent, channel_id, facts, expires)
        await _tell(agent, channel_id)
    except (GraphProblem, GraphAway, WhatsAppRefused, VulknError) as problem:
        log.info("whatsapp.still_unwell", org=str(agent.org_id), kind=type(problem).__name__)
        return False
    return True


async def _tell(agent: AgentKey, channel_id: UUID) -> None:
    async with as_agent(agent) as connection:
        await connection.execute(SEEN, (agent.org_id, f"{channel_id}:%"))
        key = f"{channel_id} back {datetime.now(UTC):%Y-%m-%d}"
        await problems.alert(connection, agent, "channel", key, "back")
    for noun in ("channel", "alert", "outbox"):
        ring = live.Ring(agent.org_id, noun)
        numbers.forget(ring)
        live.publish(ring)
    log.info("whatsapp.well_again", org=str(agent.org_id))
