"""What a refusal of Meta's changes beyond the message: the number, the person, a template, what the owner is told."""

from datetime import UTC, datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from models.whatsapp import NumberState
from vulkn_app import live
from vulkn_app.channels.whatsapp import codes, numbers
from vulkn_app.channels.whatsapp.codes import Meaning
from vulkn_app.db import AgentKey, as_agent, engine_call

HOLD = "select app.delivery_hold(%s, %s, make_interval(secs => %s), make_interval(secs => %s), make_interval(secs => %s))"
QUIET = """
    update whatsapp_numbers set restricted_until = now() + interval '24 hours' where org_id = %s and channel_id = %s
"""
OPT_OUT = """
    update contacts k set opted_out_at = coalesce(k.opted_out_at, now()) from conversations c
    where c.org_id = %s and c.id = %s and k.org_id = c.org_id and k.id = c.contact_id
"""
CLOSED = """
    update conversations set window_until = now() where org_id = %s and id = %s and window_until > now()
"""
TEMPLATE = """
    update whatsapp_templates set status = %s, reason = %s
    where org_id = %s and channel_id = %s and name = %s and status not in ('deleted', %s)
"""
ALERT = """
    insert into alerts (org_id, kind, key, conversation_id, detail) values (%s, %s, %s, %s, %s) on conflict do nothing
"""
# One person, as Meta counts: a message every six seconds, and a few at once on account of those to come.
PAIR, BURST = 6.0, 5
GONE = {132001: "deleted", 132007: "disabled", 132015: "paused", 132016: "disabled"}


async def apply(
    agent: AgentKey,
    channel_id: UUID,
    conversation_id: UUID | None,
    code: int,
    *,
    wait: float = 0.0,
    template: str = "",
) -> Meaning:
    """`wait`: for how long the number or the person is left alone, where the code says so; `template`: its name."""
    meaning = codes.meaning(code)
    if meaning.channel:
        await _channel(agent, channel_id, conversation_id, meaning, code, wait)
    async with as_agent(agent) as connection:
        if meaning.contact == "opted_out" and conversation_id:
            await connection.execute(OPT_OUT, (agent.org_id, conversation_id))
        if meaning.message == "template" and conversation_id:  # their clock counts, not ours
            await connection.execute(CLOSED, (agent.org_id, conversation_id))
        if meaning.template and template:
            status = GONE.get(code, "paused")
            row = (status, meaning.why, agent.org_id, channel_id, template, status)
            await connection.execute(TEMPLATE, row)
        if meaning.alert:
            kind = "template" if meaning.template else "channel"
            key = f"{channel_id}:{meaning.why}:{template}:{datetime.now(UTC):%Y-%m-%d}"[:200]
            detail = Jsonb({"why": meaning.why, "code": code, "subject": template})
            where = conversation_id if meaning.why in ("country", "identity") else None
            await connection.execute(ALERT, (agent.org_id, kind, key, where, detail))
    if meaning.alert:
        live.publish(live.Ring(agent.org_id, "alert"))
    return meaning


async def _channel(
    agent: AgentKey, channel_id: UUID, conversation_id: UUID | None, meaning: Meaning, code: int, wait: float
) -> None:
    match meaning.channel:
        case "reauth":
            await numbers.set_state(agent, channel_id, NumberState.REAUTH, problem=meaning.why, code=code)
        case "down":
            await numbers.set_state(agent, channel_id, NumberState.DOWN, problem=meaning.why, code=code)
        case "payment":
            now = (await numbers.number(agent, channel_id)).state
            await numbers.set_state(agent, channel_id, now, problem=meaning.why, code=code)
        case "quiet":
            async with as_agent(agent) as connection:
                await connection.execute(QUIET, (agent.org_id, channel_id))
            await numbers.set_state(agent, channel_id, NumberState.RESTRICTED, problem=meaning.why, code=code)
        case "pace":
            await engine_call(HOLD, (agent.org_id, conversation_id, wait, None, 0))
        case "pair":
            await engine_call(HOLD, (agent.org_id, conversation_id, None, wait, PAIR * (BURST - 1)))
        case _:
            pass
