"""Conversations as people read them.

The list and a thread join several tables and are looked at with every ring of the doorbell, so they go through SQL
under the person's own rights."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text

from vulkn_app import leads
from vulkn_app.conversations import contents
from vulkn_app.conversations.rows import (
    ConversationRow,
    HandoffRow,
    MessageRow,
    PastRow,
    Thread,
    pieces_of,
    steps_of,
    weight_of,
)
from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotFound
from vulkn_app.texts import one_line

Filter = Literal["all", "human", "unread"]
Channel = Literal["", "web", "whatsapp"]
MOST_MESSAGES = 200
MOST_CONVERSATIONS = 200
MOST_OF_THE_PAST = 200

CONVERSATION = """
    select c.id, k.name, k.email, k.phone, k.username, c.status, h.kind as channel, c.last_text, c.last_sender,
           c.last_message_at, c.unread, c.page, l.id as lead_id, coalesce(l.score, 0) >= :hot as hot, c.window_until,
           h.kind = 'whatsapp' and coalesce(c.window_until <= now(), true) as shut,
           h.kind = 'whatsapp' and (h.status <> 'active' or coalesce(n.state not in ('active', 'restricted'), true)) as away,
           k.opted_out_at is not null as opted_out
    from conversations c
    join channels h on h.org_id = c.org_id and h.id = c.channel_id
    join contacts k on k.org_id = c.org_id and k.id = c.contact_id
    left join whatsapp_numbers n on n.org_id = c.org_id and n.channel_id = c.channel_id
    left join leads l on l.org_id = c.org_id and l.contact_id = c.contact_id
    where c.org_id = :org_id and c.last_seq > 0
"""
LIST = text(f"""{CONVERSATION}
    and (:filter = 'all' or (:filter = 'human' and c.status = 'human') or (:filter = 'unread' and c.unread > 0))
    and (:channel = '' or h.kind = :channel)
    and (:pattern = '' or k.name ilike :pattern or k.email ilike :pattern or k.phone ilike :pattern
         or k.username ilike :pattern or c.last_text ilike :pattern)
    order by c.last_message_at desc, c.id limit :limit
""")
ONE = text(f"{CONVERSATION} and c.id = :id")
# Of a message in several parts: failed when one failed, otherwise as far as the last one came. An effect that has no
# part yet speaks for itself.
MESSAGES = text("""
    select * from (
      select m.id, m.seq, m.sender, m.body as text, p.name as author, m.created_at as at, m.sources,
             coalesce(m.rating, 0) as rating, m.rating_comment as comment, m.figures, t.trace, x.id is not null as wrong,
             m.kind, m.content, m.from_phone, m.edited_at is not null as edited, m.revoked_at is not null as revoked,
             m.reply_to_id as reply_to, q.sender as quote_sender, q.kind as quote_kind, left(q.body, 160) as quote_text,
             r.reactions, f.files, coalesce(d.state, o.state) as sending, d.code, coalesce(d.error, o.error) as error
      from messages m
      left join knowledge_corrections x on x.org_id = m.org_id and x.message_id = m.id
      left join profiles p on p.user_id = m.author_id
      left join turns t on t.org_id = m.org_id and t.answer_id = m.id and t.conversation_id = m.conversation_id
      left join messages q on q.org_id = m.org_id and q.id = m.reply_to_id
      left join lateral (
        select jsonb_agg(jsonb_build_object('emoji', emoji, 'side', side) order by at) as reactions
        from message_reactions where org_id = m.org_id and message_id = m.id) r on true
      left join lateral (
        select jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'mime', mime, 'filename', filename, 'size', size,
                                            'state', state, 'transcript', transcript) order by created_at, id) as files
        from message_attachments where org_id = m.org_id and message_id = m.id) f on m.kind <> 'text'
      left join lateral (
        select case when bool_or(state = 'failed') then 'failed' else
                 (array['sending', 'sent', 'sent', 'delivered', 'read', 'read'])
                 [min(array_position(array['sending', 'accepted', 'sent', 'delivered', 'read', 'played'], state))] end as state,
               max(error_code) as code, max(error) as error
        from message_deliveries where org_id = m.org_id and message_id = coalesce((
          -- said with another one's words, in its bubble
          select l.message_id from outbox y join outbox l on l.org_id = y.org_id and l.id = y.merged_into
          where y.org_id = m.org_id and y.message_id = m.id limit 1), m.id) having count(*) > 0) d on m.sender <> 'visitor'
      left join lateral (
        select case state when 'ready' then 'sending' when 'cancelled' then 'failed' else state end as state, error
        from outbox where org_id = m.org_id and message_id = m.id order by created_at desc limit 1) o on m.sender <> 'visitor'
      where m.org_id = :org_id and m.conversation_id = :id
      order by m.seq desc limit :limit
    ) newest order by seq
""")
HANDOFF = text("""
    select handoff_reason as reason, handoff_summary as summary, handoff_at as at from conversations
    where org_id = :org_id and id = :id and status = 'human' and handoff_reason is not null
""")
BESIDE = text("""
    select
      exists (select from turns t where t.org_id = :org_id and t.conversation_id = :id and t.state = 'running'
              and t.lease_until > now()) as answering,
      (select count(*) from history_messages y join conversations c on c.org_id = y.org_id and c.contact_id = y.contact_id
       where c.org_id = :org_id and c.id = :id) as past,
      (select l.source_detail from leads l join conversations c on c.org_id = l.org_id and c.contact_id = l.contact_id
       where c.org_id = :org_id and c.id = :id and l.source = 'ad') as ad
""")
PAST = text("""
    select * from (
      select y.id, y.from_business as ours, y.body as text, y.sent_at as at from history_messages y
      join conversations c on c.org_id = y.org_id and c.contact_id = y.contact_id
      where c.org_id = :org_id and c.id = :id order by y.sent_at desc, y.id limit :limit
    ) newest order by at, id
""")
READ = text("update conversations set unread = 0 where org_id = :org_id and id = :id and unread > 0")


async def list_conversations(
    member: Member, *, filter: Filter = "all", channel: Channel = "", search: str = "", limit: int = 30
) -> list[ConversationRow]:
    """Those in which something was said, the newest first."""
    pattern = f"%{_plain(one_line(search))}%" if search.strip() else ""
    asked = {
        "filter": filter,
        "channel": channel,
        "pattern": pattern,
        "limit": min(limit, MOST_CONVERSATIONS),
    }
    async with as_member(member) as session:
        found = await session.execute(LIST, {"org_id": member.org_id, "hot": leads.HOT, **asked})
        return [ConversationRow.model_validate(dict(row)) for row in found.mappings()]


async def thread(member: Member, conversation_id: UUID) -> Thread:
    """One conversation with its newest messages, which it marks as read. Raises NotFound."""
    asked = {"org_id": member.org_id, "id": conversation_id}
    async with as_member(member) as session:
        row = (await session.execute(ONE, {**asked, "hot": leads.HOT})).mappings().first()
        if row is None:
            raise NotFound
        said = await session.execute(MESSAGES, {**asked, "limit": MOST_MESSAGES})
        beside = (await session.execute(BESIDE, asked)).mappings().one()
        handoff = (await session.execute(HANDOFF, asked)).mappings().first()
        thread = Thread(
            conversation=ConversationRow.model_validate(dict(row)),
            handoff=HandoffRow.model_validate(dict(handoff)) if handoff else None,
            messages=[_message(message) for message in said.mappings()],
            answering=beside["answering"],
            past=beside["past"],
            ad=contents.ad(beside["ad"]),
        )
        if thread.conversation.unread and not member.standing:  # support reads it, the team has not
            await session.execute(READ, asked)
    return thread


async def past(member: Member, conversation_id: UUID) -> list[PastRow]:
    """What was said on the owner's phone before, the newest of it, oldest first."""
    asked = {"org_id": member.org_id, "id": conversation_id, "limit": MOST_OF_THE_PAST}
    async with as_member(member) as session:
        found = await session.execute(PAST, asked)
        return [PastRow.model_validate(dict(row)) for row in found.mappings()]


def _message(row: Mapping[Any, Any]) -> MessageRow:
    quote = {"sender": row["quote_sender"], "kind": row["quote_kind"], "text": row["quote_text"]}
    sending = {"state": row["sending"], "code": row["code"], "error": row["error"]}
    return MessageRow.model_validate(
        {
            **row,
            "text": contents.caption(row["kind"], row["content"] or {})
            or contents.own_words(row["content"] or {})
            or row["text"],
            "sources": [{"id": source["entry_id"], "title": source["title"]} for source in row["sources"]],
            "pieces": pieces_of(row["text"], row["figures"] or []),
            "trace": steps_of(row["trace"] or []),
            "quote": quote if row["quote_sender"] else None,
            "files": [{**file, "weight": weight_of(file["size"])} for file in row["files"] or []],
            "sending": sending if row["sending"] else None,
            "more": contents.more(row["kind"], row["content"] or {}),
            "worded": contents.worded(row["kind"], row["content"] or {}),
        }
    )


def _plain(words: str) -> str:
    """The words themselves, whatever LIKE would read into them."""
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
