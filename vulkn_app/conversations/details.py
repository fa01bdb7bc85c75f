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
MODELS = text("""
    select coalesce(sum(u.cost_micro_usd), 0)::bigint from usage_events u
    join turns t on t.org_id = u.org_id and t.id = u.turn_id
    where t.org_id = :org_id and t.conversation_id = :id
""")
OTHERS = text("""
    select c.id, h.kind as channel, c.last_message_at as at from conversations c
    join channels h on h.org_id = c.org_id and h.id = c.channel_id
    where c.org_id = :org_id and c.id <> :id and c.last_seq > 0 and c.contact_id = (
      select contact_id from conversations where org_id = :org_id and id = :id)
    order by c.last_message_at desc limit 5
""")
MICRO = 1_000_000


class Other(BaseModel):
    """Another conversation of the same person: on another channel, or from before two names of theirs were joined."""

    id: UUID
    channel: ChannelKind
    at: datetime


class Details(BaseModel):
    """`model_cost`: what the models asked for its answers, in dollars. What WhatsApp asks: analytics/whatsapp_costs.py."""

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
    model_cost: str
    others: list[Other]


async def details(member: Member, conversation_id: UUID) -> Details:
    """Raises NotFound."""
    asked = {"org_id": member.org_id, "id": conversation_id}
    async with as_member(member) as session:
        one = (await session.execute(ONE, asked)).mappings().first()
        if one is None:
            raise NotFound
        models = (await session.execute(MODELS, asked)).scalar_one()
        others = [dict(row) for row in (await session.execute(OTHERS, asked)).mappings()]
    return Details.model_validate(
        {
            **one,
            "ad": contents.ad(one["source_detail"]) if one["source"] == "ad" else None,
            "phone_shown": readable(one["phone"] or ""),
            "model_cost": f"{models / MICRO:.4f}",
            "others": others,
        }
    )
