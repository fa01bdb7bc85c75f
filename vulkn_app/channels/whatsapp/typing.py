"""Blue ticks and three dots when the agent begins to answer: one call a turn, which disturbs nothing."""

import asyncio
from uuid import UUID

import structlog

from vulkn_app.channels.whatsapp import numbers
from vulkn_app.channels.whatsapp.graph import Graph, GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.revival import UNWELL
from vulkn_app.conversations import engine
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.errors import VulknError

log = structlog.get_logger()

PATIENCE = 5.0  # seconds; after that the answer itself is nearer
LAST = """
    select c.channel_id, m.external_id from conversations c
    join messages m on m.org_id = c.org_id and m.conversation_id = c.id and m.sender = 'visitor'
    where c.org_id = %s and c.id = %s and m.external_id like 'wamid.%%' order by m.seq desc limit 1
"""

_tasks: set[asyncio.Task[None]] = set()


def begin(agent: AgentKey, conversation_id: UUID) -> None:
    task = asyncio.create_task(show(agent, conversation_id))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def show(agent: AgentKey, conversation_id: UUID) -> None:
    """Never raises."""
    try:
        async with asyncio.timeout(PATIENCE):
            async with as_agent(agent) as connection:
                row = await (await connection.execute(LAST, (agent.org_id, conversation_id))).fetchone()
            number = await numbers.number(agent, row[0]) if row else None
            if row and number and number.state not in UNWELL:
                await Graph(number).read_and_type(row[1])
    except (GraphProblem, GraphAway, VulknError, TimeoutError) as problem:
        log.info("whatsapp.unread", org=str(agent.org_id), kind=type(problem).__name__)


engine.began["whatsapp"] = begin
