"""What is known of a conversation beside what was said: where it came from, how to reach the person, what it cost."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from vulkn_app.conversations import contents
from vulkn_app.conversations.contents import Ad
from vulkn_app.conversations.rows import Blank, ChannelKind
from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotFound
from vulkn_app.leads import readable

ONE = text("""
    select h.kind as channel, k.name, k.email, k.phone, k.username, c.page, c.created_at, c.window_until,
           case when c.free_until > now() then c.free_until end as free_until, k.opted_out_at,
           coalesce(l.source, 'web') as source, l.source_detail
    from conversations c
    join channels h on h.org_id = c.org_id and h.id = c.channel_id
    join contacts k on k.org_id = c.org_id and k.id = c.contact_id
    left join leads l on l.org_id = c.org_id and l.contact_id = c.contact_id
    where c.org_id = :org_id and c.id = :id
""")
COSTS = text("""
    select
      (select count(*) from message_costs where org_id = :org_id and conversation_id = :id and billable) as billed,
      (select count(*) from message_costs where org_id = :org_id and conversation_id = :id and billable
        and cost_micro_usd is null) as unpriced,
      (select coalesce(sum(cost_micro_usd), 0)::bigint from message_costs
        where org_id = :org_id and conversation_id = :id) as whatsapp_micro_usd,
      (select coalesce(sum(u.cost_micro_usd), 0)::bigint from usage_events u
        join turns t on t.org_id = u.org_id and t.id = u.turn_id
        where t.org_id = :org_id and t.conversation_id = :id) as model_micro_usd
""")
MICRO = 1_000_000


class Details(BaseModel):
    """`whatsapp_cost` and `model_cost` are dollars; of `billed` messages `unpriced` have no known rate."""

    channel: ChannelKind
    name: Blank
    email: Blank
    phone: Blank
    phone_shown: str
    username: Blank
    page: Blank
    created_at: datetime
    window_until: datetime | None
    free_until: datetime | None
    opted_out_at: datetime | None
    source: str
    ad: Ad | None
    billed: int
    unpriced: int
    whatsapp_cost: str
    model_cost: str


async def details(member: Member, conversation_id: UUID) -> Details:
    """Raises NotFound."""
    asked = {"org_id": member.org_id, "id": conversation_id}
    async with as_member(member) as session:
        one = (await session.execute(ONE, asked)).mappings().first()
        if one is None:
            raise NotFound
        costs = (await session.execute(COSTS, asked)).mappings().one()
    return Details.model_validate(
        {
            **one,
            "ad": contents.ad(one["source_detail"]) if one["source"] == "ad" else None,
            "phone_shown": readable(one["phone"] or ""),
            "billed": costs["billed"],
            "unpriced": costs["unpriced"],
            "whatsapp_cost": f"{costs['whatsapp_micro_usd'] / MICRO:.4f}",
            "model_cost": f"{costs['model_micro_usd'] / MICRO:.4f}",
        }
    )
