"""Which of our templates is approved for a job, and how it is filled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from vulkn_app.channels.whatsapp import messages
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.i18n import Language

READY = """
    select name, language from whatsapp_templates
    where org_id = %s and channel_id = %s and purpose = %s and status = 'approved'
    order by left(language, 2) = %s desc, updated_at desc limit 1
"""
ORDER = ("name", "business", "appointment", "code")


@dataclass(frozen=True)
class TemplateUse:
    name: str
    language: str

    def body(self, values: Mapping[str, str]) -> dict[str, Any]:
        filled = messages.filled([values[name] for name in ORDER if name in values])
        return messages.template(self.name, self.language, filled)


async def ready(agent: AgentKey, channel_id: UUID, purpose: str, language: Language) -> TemplateUse | None:
    async with as_agent(agent) as connection:
        asked = (agent.org_id, channel_id, purpose, language)
        row = await (await connection.execute(READY, asked)).fetchone()
    return TemplateUse(*row) if row else None
