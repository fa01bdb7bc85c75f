"""Hand-overs that nobody takes care of end by themselves: the worker's part of it.

The database decides which (`app.handover_is_over`), first over the platform, then again under the conversation's
lock: a person who writes in between keeps the word."""

from uuid import UUID

import structlog

from vulkn_app import live
from vulkn_app.db import AgentKey, as_agent, as_system
from vulkn_app.i18n import Language
from vulkn_app.settings import settings

log = structlog.get_logger()

AT_ONCE = 50  # of one run; the next one is seconds away
OVER = "select org_id, conversation_id from app.handovers_over(%s)"
GIVE_BACK = "select app.give_back(%s, %s, %s, %s, %s)"
BACK: dict[Language, str] = {
    "es": "El asistente volvió a atender esta conversación.",
    "en": "The assistant is back in this conversation.",
}


async def due() -> int:
    """Gives back what is over, each in a transaction of its own; how many. One that cannot be given back holds up
    nobody else. A customer who waits has a turn then, which `engine.sweep` answers."""
    given = 0
    for org_id, conversation_id in await _over():
        try:
            given += await give_back(org_id, conversation_id)
        except Exception as problem:  # noqa: BLE001 - the worker's boundary: one bad row is not everybody's
            log.warning("give_back.failed", kind=type(problem).__name__, conversation=str(conversation_id))
    return given


async def give_back(org_id: UUID, conversation_id: UUID) -> bool:
    async with as_agent(AgentKey(org_id)) as connection:
        asked = (org_id, conversation_id, BACK["es"], BACK["en"], settings.turn_reserve_micro_usd)
        row = await (await connection.execute(GIVE_BACK, asked)).fetchone()
    given = bool(row and row[0])
    if given:
        live.publish(live.Ring(org_id, "message", conversation_id))
    return given


async def _over() -> list[tuple[UUID, UUID]]:
    async with as_system("vulkn_engine") as connection:
        return await (await connection.execute(OVER, (AT_ONCE,))).fetchall()
