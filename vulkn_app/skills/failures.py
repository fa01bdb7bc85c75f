"""What goes wrong in a skill and only its owner can mend: counted, and told to people once a day."""

from typing import Literal
from uuid import UUID

from vulkn_app import live
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.skills.base import Turn

What = Literal["action", "reminder", "calendar"]
# How often within an hour before somebody is told.
ENOUGH: dict[What, int] = {"action": 3, "reminder": 1, "calendar": 1}
NOTE = "select app.note_skill_failure(%s, %s, %s, %s, %s, %s)"


async def note(
    agent: AgentKey, skill: str, what: What, subject: str = "", *, conversation_id: UUID | None = None
) -> None:
    """One transaction: the failure, and the alert when it is one too many. `subject`: the action, the service."""
    async with as_agent(agent) as connection:
        failure = (agent.org_id, skill, what, subject, ENOUGH[what], conversation_id)
        row = await (await connection.execute(NOTE, failure)).fetchone()
    if row and row[0]:
        live.publish(live.Ring(agent.org_id, "alert"))


async def note_in(turn: Turn, skill: str, what: What, subject: str = "") -> None:
    """In the playground the owner sees it for themselves."""
    if not turn.playground:
        await note(turn.agent, skill, what, subject, conversation_id=turn.conversation_id)
