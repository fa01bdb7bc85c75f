"""A business's connected number, with the token that speaks for it."""

import time
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import SecretStr

from models.whatsapp import NumberMode, NumberState
from vulkn_app import live, secrets
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.errors import Conflict

ONE = """
    select c.external_id, n.waba, n.mode, n.state, n.display_phone,
      (select s.sealed from app.channel_secrets s
       where s.org_id = n.org_id and s.channel_id = n.channel_id and s.name = 'access_token')
    from whatsapp_numbers n join channels c on c.org_id = n.org_id and c.id = n.channel_id
    where n.org_id = %s and n.channel_id = %s and c.kind = 'whatsapp'
"""
STATE = """
    update whatsapp_numbers set state = %(state)s, problem = %(problem)s, problem_code = %(code)s
    where org_id = %(org)s and channel_id = %(channel)s
      and (state, problem, problem_code) is distinct from (%(state)s, %(problem)s, %(code)s)
    returning 1
"""
# Seconds that what was read is believed: a bell that was not heard costs no more than this.
FRESH = 30.0
MOST = 10_000

_known: dict[tuple[UUID, UUID], tuple[float, "Number"]] = {}


class NotConnected(Conflict):
    """No such number, or one whose token nobody has (or can read any more)."""

    code = "whatsapp_not_connected"


@dataclass(frozen=True)
class Number:
    channel_id: UUID
    phone_number_id: str
    waba: str
    token: SecretStr = field(repr=False)
    mode: NumberMode
    state: NumberState
    display_phone: str = ""


def belongs_to(org_id: UUID, channel_id: UUID, name: str) -> str:
    """What a row of channel_secrets is sealed to: moved to another row it does not open."""
    return f"channel secret {org_id} {channel_id} {name}"


async def number(agent: AgentKey, channel_id: UUID) -> Number:
    """Raises NotConnected."""
    key = (agent.org_id, channel_id)
    if (found := _known.get(key)) and time.monotonic() - found[0] < FRESH:
        return found[1]
    asked = time.monotonic()
    one = await _read(agent, channel_id)
    if len(_known) >= MOST:
        _known.clear()
    _known[key] = (asked, one)
    return one


async def set_state(
    agent: AgentKey,
    channel_id: UUID,
    state: NumberState,
    *,
    problem: str | None = None,
    code: int | None = None,
) -> bool:
    """Whether that was news. `problem`: a word of the channels locale; `code`: Meta's."""
    row = {"org": agent.org_id, "channel": channel_id, "state": state.value, "problem": problem, "code": code}
    async with as_agent(agent) as connection:
        changed = await (await connection.execute(STATE, row)).fetchone() is not None
    _known.pop((agent.org_id, channel_id), None)
    if changed:
        live.publish(live.Ring(agent.org_id, "channel"))
    return changed


def forget(ring: live.Ring) -> None:
    """What was rung for is read again."""
    if ring.kind == "channel":
        for key in [key for key in _known if key[0] == ring.org_id]:
            del _known[key]


async def _read(agent: AgentKey, channel_id: UUID) -> Number:
    async with as_agent(agent) as connection:
        row = await (await connection.execute(ONE, (agent.org_id, channel_id))).fetchone()
    if row is None or row[0] is None or row[5] is None:
        raise NotConnected
    try:
        token = secrets.decrypt(
            bytes(row[5]), belongs_to=belongs_to(agent.org_id, channel_id, "access_token")
        )
    except secrets.Unreadable as problem:
        raise NotConnected from problem
    mode, state = NumberMode(row[2]), NumberState(row[3])
    return Number(channel_id, row[0], row[1], SecretStr(token), mode, state, row[4])


live.listen_everywhere(forget)
