"""A test: one message of a template to the owner's own phone, so that they see that it arrives.

It belongs to no conversation. A number that was unwell and sends is well again."""

from uuid import UUID

from pydantic import BaseModel, field_validator

from models.whatsapp import NumberState
from vulkn_app.channels.whatsapp import connect, messages, numbers, phones, revival, template_shapes
from vulkn_app.channels.whatsapp.graph import Graph, GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.refusals import explained
from vulkn_app.db import AgentKey, Member, as_agent

# Meta gives every new account this one, approved.
SAMPLE = ("hello_world", "en_US")
APPROVED = """
    select name, language, components from whatsapp_templates
    where org_id = %s and channel_id = %s and status = 'approved' and category = 'utility'
    order by name = 'hello_world' desc, left(language, 2) = 'es' desc, name limit 50
"""


class TestForm(BaseModel):
    """`phone`: with its country code, as people write it."""

    __test__ = False

    phone: str

    @field_validator("phone")
    @classmethod
    def _whole(cls, told: str) -> str:
        digits = phones.digits(told)
        if not 10 <= len(digits) <= 15 or not phones.country(digits):
            raise ValueError("a number with its country code")
        return digits


async def send(member: Member, channel_id: UUID, form: TestForm) -> None:
    """Raises NotFound, NotAllowed, NotConnected, or what explains Meta's refusal."""
    member.must_be_theirs()
    await connect.acting(member, channel_id, "send a test")
    agent = AgentKey(member.org_id)
    number = await numbers.number(agent, channel_id)
    name, language = await _template(agent, channel_id)
    body = {**messages.to(f"+{form.phone}", ""), **messages.template(name, language, [])}
    try:
        await Graph(number).send({"recipient_type": "individual", **body})
    except (GraphProblem, GraphAway) as problem:
        raise explained(problem) from None
    if number.state in revival.UNWELL or number.state is NumberState.CONNECTING:
        await revival.look(agent, channel_id)


async def _template(agent: AgentKey, channel_id: UUID) -> tuple[str, str]:
    """One that wants no values; Meta's own sample where there is none."""
    async with as_agent(agent) as connection:
        rows = await (await connection.execute(APPROVED, (agent.org_id, channel_id))).fetchall()
    ready = (
        (name, language)
        for name, language, components in rows
        if template_shapes.simple(components) and not template_shapes.slots(components)
    )
    return next(ready, SAMPLE)
