"""The inbox: what was said, by whom, and a person's own hand in it.

The list and a thread join several tables and are looked at with every ring of the doorbell, so they go
through SQL under the person's own rights."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy import text

from models.conversations import ConversationStatus, Sender
from vulkn_app import leads, live
from vulkn_app.db import Member, as_member
from vulkn_app.errors import Conflict, NotFound
from vulkn_app.texts import Text, one_line

Filter = Literal["all", "human", "unread"]
MOST_MESSAGES = 200
MOST_CONVERSATIONS = 200
Blank = Annotated[str, BeforeValidator(lambda value: value or "")]


class ConversationRow(BaseModel):
    """A conversation as the list shows it."""

    id: UUID
    name: Blank
    email: Blank
    phone: Blank
    status: ConversationStatus
    last_text: Blank
    last_sender: Sender
    last_message_at: datetime
    unread: int
    page: Blank
    lead_id: UUID | None
    hot: bool


class Source(BaseModel):
    """The entry of the knowledge that an answer rests on."""

    id: str
    title: str


class Piece(BaseModel):
    """A stretch of a message; a figure names where it stands: an entry, or another kind of source."""

    text: str
    source_kind: str = ""
    title: str = ""
    entry_id: str = ""


class StepRow(BaseModel):
    """A tool that was called for an answer, or a check that held a first one back (`how` is then `check`)."""

    name: str
    ms: int
    how: str


class HandoffRow(BaseModel):
    """Why a person should take the conversation, and what they must know. `took_over`: somebody already did."""

    reason: str
    summary: Blank
    at: datetime | None


class MessageRow(BaseModel):
    """One message of a thread. `author` is the person's name when one wrote it; `pieces` are the text again
    when there are figures in it."""

    id: UUID
    sender: Sender
    text: str
    author: Blank
    at: datetime
    sources: list[Source]
    rating: int
    comment: Blank
    pieces: list[Piece] = []
    trace: list[StepRow] = []
    wrong: bool = False  # somebody corrected the knowledge because of it


class Thread(BaseModel):
    """One conversation, its newest messages oldest first, and whether the agent is writing."""

    conversation: ConversationRow
    handoff: HandoffRow | None
    messages: list[MessageRow]
    answering: bool


class ReplyForm(BaseModel):
    """`draft` is the browser's own id of this reply: the same one again is the same message."""

    text: Text = Field(min_length=1, max_length=4000)
    draft: str = Field(min_length=8, max_length=64)


CONVERSATION = """
    select c.id, k.name, k.email, k.phone, c.status, c.last_text, c.last_sender, c.last_message_at, c.unread,
           c.page, l.id as lead_id, coalesce(l.score, 0) >= :hot as hot
    from conversations c
    join contacts k on k.org_id = c.org_id and k.id = c.contact_id
    left join leads l on l.org_id = c.org_id and l.contact_id = c.contact_id
    where c.org_id = :org_id and c.last_seq > 0
"""
LIST = text(f"""{CONVERSATION}
    and (:filter = 'all' or (:filter = 'human' and c.status = 'human') or (:filter = 'unread' and c.unread > 0))
    and (:pattern = '' or k.name ilike :pattern or k.email ilike :pattern or k.phone ilike :pattern
         or c.last_text ilike :pattern)
    order by c.last_message_at desc, c.id limit :limit
""")
ONE = text(f"{CONVERSATION} and c.id = :id")
MESSAGES = text("""
    select * from (
      select m.id, m.seq, m.sender, m.body as text, p.name as author, m.created_at as at, m.sources,
             coalesce(m.rating, 0) as rating, m.rating_comment as comment, m.figures, t.trace, x.id is not null as wrong
      from messages m
      left join knowledge_corrections x on x.org_id = m.org_id and x.message_id = m.id
      left join profiles p on p.user_id = m.author_id
      left join turns t on t.org_id = m.org_id and t.answer_id = m.id and t.conversation_id = m.conversation_id
      where m.org_id = :org_id and m.conversation_id = :id
      order by m.seq desc limit :limit
    ) newest order by seq
""")
HANDOFF = text("""
    select handoff_reason as reason, handoff_summary as summary, handoff_at as at from conversations
    where org_id = :org_id and id = :id and status = 'human' and handoff_reason is not null
""")
ANSWERING = text("""
    select exists (
      select from turns t
      where t.org_id = :org_id and t.conversation_id = :id and t.state = 'running' and t.lease_until > now())
""")
# The row lock of the update puts two replies in a line: the second one sees the first.
TAKE = text("""
    update conversations set status = 'human', unread = 0 where org_id = :org_id and id = :id returning 1
""")
REPLY = text("""
    insert into messages (org_id, conversation_id, sender, body, external_id, author_id)
    select :org_id, :id, 'human', :text, :draft, :user_id
    where not exists (select from messages where org_id = :org_id and conversation_id = :id and external_id = :draft)
    returning id
""")
# To the channel that carries it. The web shows what is stored; WhatsApp takes it for a day after the customer wrote.
SEND = text("select app.send_reply(:org_id, :message, 'reply')")
SET_STATUS = text("update conversations set status = :status where org_id = :org_id and id = :id returning 1")
READ = text("update conversations set unread = 0 where org_id = :org_id and id = :id and unread > 0")


class WindowClosed(Conflict):
    """The customer wrote more than a day ago: WhatsApp takes nothing but a template."""

    code = "whatsapp_window_closed"


class ChannelAway(Conflict):
    """The number is not connected, or Meta locked it."""

    code = "whatsapp_not_connected"


def carried(said: str) -> None:
    """What app.send_reply and its sisters answered. Raises what they refuse with."""
    match said:
        case "closed":
            raise WindowClosed
        case "away":
            raise ChannelAway
        case "none":
            raise NotFound
        case _:
            return


async def list_conversations(
    member: Member, *, filter: Filter = "all", search: str = "", limit: int = 30
) -> list[ConversationRow]:
    """Those in which something was said, the newest first."""
    pattern = f"%{_plain(one_line(search))}%" if search.strip() else ""
    asked = {"filter": filter, "pattern": pattern, "limit": min(limit, MOST_CONVERSATIONS)}
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
        answering = await session.execute(ANSWERING, asked)
        handoff = (await session.execute(HANDOFF, asked)).mappings().first()
        thread = Thread(
            conversation=ConversationRow.model_validate(dict(row)),
            handoff=HandoffRow.model_validate(dict(handoff)) if handoff else None,
            messages=[_message(message) for message in said.mappings()],
            answering=bool(answering.scalar_one()),
        )
        if thread.conversation.unread:
            await session.execute(READ, asked)
    return thread


async def reply(member: Member, conversation_id: UUID, form: ReplyForm) -> None:
    """Says something as the person; from then on the agent keeps quiet there. Raises NotFound, WindowClosed (only a
    template goes, see channels/whatsapp/replying.py) or ChannelAway; nothing is stored then."""
    asked = {"org_id": member.org_id, "id": conversation_id}
    async with as_member(member) as session:
        if (await session.execute(TAKE, asked)).first() is None:
            raise NotFound
        said = {"text": form.text, "draft": form.draft, "user_id": member.user_id}
        stored = (await session.execute(REPLY, {**asked, **said})).scalar_one_or_none()
        if stored is not None:
            sent = await session.execute(SEND, {"org_id": member.org_id, "message": stored})
            carried(sent.scalar_one())
    live.publish(live.Ring(member.org_id, "outbox", conversation_id))
    live.publish(live.Ring(member.org_id, "message", conversation_id))


async def set_status(member: Member, conversation_id: UUID, status: ConversationStatus) -> None:
    """Takes a conversation over, gives it back to the agent, or closes it. Raises NotFound."""
    asked = {"org_id": member.org_id, "id": conversation_id, "status": status.value}
    async with as_member(member) as session:
        if (await session.execute(SET_STATUS, asked)).first() is None:
            raise NotFound
    live.publish(live.Ring(member.org_id, "message", conversation_id))


def _message(row: Mapping[Any, Any]) -> MessageRow:
    sources = [{"id": source["entry_id"], "title": source["title"]} for source in row["sources"]]
    pieces = pieces_of(row["text"], row["figures"] or [])
    return MessageRow.model_validate(
        {**row, "sources": sources, "pieces": pieces, "trace": steps_of(row["trace"] or [])}
    )


def pieces_of(text: str, figures: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """The text cut at its figures; nothing when it has none, or when they are of another text."""
    pieces: list[Piece] = []
    at = 0
    for figure in sorted(figures, key=lambda figure: figure["start"]):
        start, end = figure["start"], figure["end"]
        if start < at or text[start:end] != figure["text"]:
            return []
        if start > at:
            pieces.append(Piece(text=text[at:start]))
        pieces.append(
            Piece(
                text=figure["text"],
                source_kind=figure["source_kind"],
                title=figure["title"] or "",
                entry_id=figure["entry_id"] or "",
            )
        )
        at = end
    return [*pieces, Piece(text=text[at:])] if pieces and text[at:] else pieces


def steps_of(trace: Sequence[Mapping[str, Any]]) -> list[StepRow]:
    """What a turn wrote down of itself."""
    return [
        StepRow(name=str(step["check"]), ms=0, how="check")
        if "check" in step
        else StepRow(name=str(step.get("tool", "")), ms=int(step.get("ms", 0)), how=str(step.get("how", "")))
        for step in trace
    ]


def _plain(words: str) -> str:
    """The words themselves, whatever LIKE would read into them."""
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
