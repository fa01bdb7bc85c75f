"""What a skill keeps of a contact between turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from vulkn_app.db import AgentKey, as_agent

RECALL = "select state from skill_states where org_id = %s and contact_id = %s and skill = %s and expires_at > now()"
REMEMBER = """
    insert into skill_states (org_id, contact_id, skill, state, expires_at) values (%s, %s, %s, %s, now() + %s)
    on conflict (org_id, contact_id, skill) do update set state = excluded.state, expires_at = excluded.expires_at
"""
FORGET = "delete from skill_states where org_id = %s and contact_id = %s and skill = %s"


@dataclass
class ContactMemory:
    """In the database, of one contact, whichever channel they write on. `known`: what a turn brought along
    with its first round trip; None: nothing was read yet."""

    agent: AgentKey
    contact_id: UUID
    known: dict[str, dict[str, Any]] | None = None

    async def recall(self, skill: str) -> dict[str, Any]:
        if self.known is not None:
            return self.known.get(skill, {})
        async with as_agent(self.agent) as connection:
            cursor = await connection.execute(RECALL, (self.agent.org_id, self.contact_id, skill))
            row = await cursor.fetchone()
        return row[0] if row else {}

    async def remember(self, skill: str, state: Mapping[str, Any], *, days: int = 7) -> None:
        where = (self.agent.org_id, self.contact_id, skill)
        if self.known is not None:
            self.known[skill] = dict(state)
        async with as_agent(self.agent) as connection:
            if state:
                await connection.execute(REMEMBER, (*where, Jsonb(dict(state)), timedelta(days=days)))
            else:
                await connection.execute(FORGET, where)


@dataclass
class ScratchMemory:
    """The playground's: nothing of it outlives the page."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def recall(self, skill: str) -> dict[str, Any]:
        return self.kept.get(skill, {})

    async def remember(self, skill: str, state: Mapping[str, Any], *, days: int = 7) -> None:
        self.kept[skill] = dict(state)
