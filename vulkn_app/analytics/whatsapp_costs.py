"""What WhatsApp cost: a month by kind of message and country, and one conversation."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from vulkn_app.analytics.usage import dollars
from vulkn_app.db import Member, as_member

# A month is the business's own. Free: Meta said so; unpriced: the rate card has no rate for it.
MONTH = text("""
    select c.category, c.country, count(*) as messages, count(*) filter (where not c.billable) as free,
           count(*) filter (where c.billable and c.cost_micro_usd is null) as unpriced,
           coalesce(sum(c.cost_micro_usd), 0) as micro_usd, max(c.rate_from) as rate_from
    from message_costs c join organizations o on o.id = c.org_id
    where c.org_id = :org_id
      and c.at >= (cast(:month as date)::timestamp at time zone o.timezone)
      and c.at < ((cast(:month as date) + interval '1 month') at time zone o.timezone)
    group by c.category, c.country order by micro_usd desc, messages desc, c.category, c.country
""")
THIS_MONTH = text(
    "select date_trunc('month', now() at time zone timezone)::date from organizations where id = :org_id"
)
CONVERSATION = text("""
    select count(*) as messages, count(*) filter (where not billable) as free,
           count(*) filter (where billable and cost_micro_usd is null) as unpriced,
           coalesce(sum(cost_micro_usd), 0) as micro_usd
    from message_costs where org_id = :org_id and conversation_id = :id
""")


class CostRow(BaseModel):
    """`cost` is in dollars; without the messages that are not priced."""

    category: str
    country: str
    messages: int
    free: int
    unpriced: int
    cost: str
    rate_from: date | None


class MonthCost(BaseModel):
    month: date
    rows: list[CostRow]
    messages: int
    free: int
    unpriced: int
    cost: str


class ConversationCost(BaseModel):
    messages: int = 0
    free: int = 0
    unpriced: int = 0
    cost: str = "0.0000"


async def month(member: Member, of: date | None = None) -> MonthCost:
    """The month in which `of` lies; this one without it."""
    async with as_member(member) as session:
        first = of.replace(day=1) if of else None
        if first is None:
            first = (await session.execute(THIS_MONTH, {"org_id": member.org_id})).scalar_one_or_none()
        found = await session.execute(MONTH, {"org_id": member.org_id, "month": first})
        counted = [dict(row) for row in found.mappings()]
    rows = [CostRow(**row, cost=dollars(row["micro_usd"])) for row in counted]
    return MonthCost(
        month=first or date.min,
        rows=rows,
        messages=sum(row.messages for row in rows),
        free=_all(rows, "free"),
        unpriced=_all(rows, "unpriced"),
        cost=dollars(sum(int(row["micro_usd"]) for row in counted)),
    )


async def of_conversation(member: Member, conversation_id: UUID) -> ConversationCost:
    """Nothing for a conversation that is not the member's, as for one without WhatsApp."""
    async with as_member(member) as session:
        found = await session.execute(CONVERSATION, {"org_id": member.org_id, "id": conversation_id})
        row = dict(found.mappings().one())
    return ConversationCost(**row, cost=dollars(row["micro_usd"]))


def _all(rows: list[CostRow], what: Literal["free", "unpriced"]) -> int:
    return sum(getattr(row, what) for row in rows)
