"""What people of a business see of WhatsApp: the number, its templates, what it costs. Under their own rights."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from models.whatsapp import HistoryState, NumberMode, NumberState, Quality
from vulkn_app.channels.whatsapp import shown
from vulkn_app.channels.whatsapp.shown import TemplateRow
from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotFound

NUMBERS = text("""
    select n.channel_id, c.external_id as phone_number_id, n.waba, n.display_phone, n.verified_name, n.mode, n.state,
           coalesce(n.problem, '') as problem, n.problem_code, n.quality, coalesce(n.tier, '') as tier, n.history_state,
           n.history_progress, n.connected_at, n.checked_at, c.status = 'paused' as paused
    from whatsapp_numbers n join channels c on c.org_id = n.org_id and c.id = n.channel_id
    where n.org_id = :org_id order by n.connected_at, n.channel_id
""")
TEMPLATES = text("""
    select id, name, language, category, status, quality, reason, purpose, components from whatsapp_templates
    where org_id = :org_id and channel_id = :channel_id and status <> 'deleted'
    order by name, language limit 500
""")
WHOSE = text("""
    select c.channel_id, coalesce(k.name, '') as name from conversations c
    join contacts k on k.org_id = c.org_id and k.id = c.contact_id where c.org_id = :org_id and c.id = :id
""")
COSTS = text("""
    select category, country, kind like 'free%' as free, count(*) as messages,
           count(*) filter (where billable and cost_micro_usd is null) as unpriced,
           coalesce(sum(cost_micro_usd), 0)::bigint as micro_usd
    from message_costs
    where org_id = :org_id and at >= (date_trunc('month', now() at time zone :zone) at time zone :zone)
    group by 1, 2, 3 order by micro_usd desc, messages desc, category, country
""")


class NumberRow(BaseModel):
    """A connected number and how it is."""

    channel_id: UUID
    phone_number_id: str
    waba: str
    display_phone: str
    verified_name: str
    mode: NumberMode
    state: NumberState
    problem: str
    problem_code: int | None
    quality: Quality
    tier: str
    history_state: HistoryState
    history_progress: int
    connected_at: datetime
    checked_at: datetime | None
    paused: bool


class CostRow(BaseModel):
    """What messages of one category to one country cost this month. `unpriced`: how many have no known rate."""

    category: str
    country: str
    free: bool
    messages: int
    unpriced: int
    micro_usd: int


class ForWriting(BaseModel):
    """The templates of a conversation's number, and what its customer is called."""

    rows: list[TemplateRow]
    name: str


async def numbers(member: Member) -> list[NumberRow]:
    async with as_member(member) as session:
        found = await session.execute(NUMBERS, {"org_id": member.org_id})
        return [NumberRow.model_validate(dict(row)) for row in found.mappings()]


async def templates(member: Member, channel_id: UUID) -> list[TemplateRow]:
    async with as_member(member) as session:
        found = await session.execute(TEMPLATES, {"org_id": member.org_id, "channel_id": channel_id})
        return [shown.row(row) for row in found.mappings()]


async def templates_for(member: Member, conversation_id: UUID) -> ForWriting:
    """Raises NotFound."""
    asked = {"org_id": member.org_id, "id": conversation_id}
    async with as_member(member) as session:
        whose: Mapping[Any, Any] | None = (await session.execute(WHOSE, asked)).mappings().first()
    if whose is None:
        raise NotFound
    return ForWriting(rows=await templates(member, whose["channel_id"]), name=whose["name"])


async def costs(member: Member, *, zone: str) -> list[CostRow]:
    """This month's, by the organization's own clock."""
    async with as_member(member) as session:
        found = await session.execute(COSTS, {"org_id": member.org_id, "zone": zone})
        return [CostRow.model_validate(dict(row)) for row in found.mappings()]
