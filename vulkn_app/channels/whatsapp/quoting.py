"""Which message an answer of the agent's quotes, where it would not be clear from its place.

Directly below the only message that it answers it quotes nothing, as people do. Where the customer wrote several, or
something was said in between, it quotes the last one of those it answers that asks, else the last. The thread shows
the same."""

from vulkn_app.channels.whatsapp.job import Job
from vulkn_app.db import as_agent

QUOTE = """
    with burst as (
      select v.id, v.external_id, v.seq, v.body from messages m
      join messages v on v.org_id = m.org_id and v.turn_id = m.turn_id and v.sender = 'visitor'
      where m.org_id = %(org)s and m.id = %(message)s and v.revoked_at is null)
    update messages m set reply_to_id = q.id
    from (select id, external_id from burst where external_id like 'wamid.%%'
          order by body like '%%?%%' desc, seq desc limit 1) q
    where m.org_id = %(org)s and m.id = %(message)s and (
      select count(*) from messages o
      where o.org_id = m.org_id and o.conversation_id = m.conversation_id and o.id <> m.id and o.sender <> 'system'
        and o.seq >= (select min(seq) from burst)) > 1
    returning q.external_id
"""


async def answered(one: Job) -> str:
    """The id of the message to quote; empty for none."""
    async with as_agent(one.delivery.agent) as connection:
        asked = {"org": one.delivery.agent.org_id, "message": one.delivery.message_id}
        row = await (await connection.execute(QUOTE, asked)).fetchone()
    return row[0] if row else ""
