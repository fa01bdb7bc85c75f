"""A person's own hand in a conversation. How conversations are read: threads.py."""

from uuid import UUID

from pydantic import BaseModel, Field, field_validator
from sqlalchemy import text

from models.conversations import ConversationStatus
from vulkn_app import live
from vulkn_app.db import Member, as_member
from vulkn_app.errors import Conflict, NotFound
from vulkn_app.texts import Text


class ReplyForm(BaseModel):
    """`draft` is the browser's own id of this reply: the same one again is the same message. `reply_to`: the message
    that it quotes."""

    text: Text = Field(min_length=1, max_length=4000)
    draft: str = Field(min_length=8, max_length=64)
    reply_to: UUID | None = None

    @field_validator("reply_to", mode="before")
    @classmethod
    def _none_chosen(cls, told: object) -> object:
        return told or None


# The row lock of the update puts two replies in a line: the second one sees the first.
TAKE = text("""
    update conversations set status = 'human', unread = 0 where org_id = :org_id and id = :id returning 1
""")
REPLY = text("""
    insert into messages (org_id, conversation_id, sender, body, external_id, author_id, reply_to_id)
    select :org_id, :id, 'human', :text, :draft, :user_id,
           (select id from messages where org_id = :org_id and conversation_id = :id and id = :reply_to)
    where not exists (select from messages where org_id = :org_id and conversation_id = :id and external_id = :draft)
    returning id
""")
# To the channel that carries it. The web shows what is stored; WhatsApp takes it for a day after the customer wrote.
SEND = text("select app.send_reply(:org_id, :message, 'reply')")
SET_STATUS = text("update conversations set status = :status where org_id = :org_id and id = :id returning 1")


class WindowClosed(Conflict):
    """The customer wrote more than a day ago: WhatsApp takes nothing but a template."""

    code = "whatsapp_window_closed"


class ChannelAway(Conflict):
    """The number is not connected, or Meta locked it."""

    code = "whatsapp_not_connected"


def carried(said: str) -> bool:
    """Whether the outbox has it, by what app.send_reply and its sisters answered. Raises what they refuse with."""
    match said:
        case "closed":
            raise WindowClosed
        case "away":
            raise ChannelAway
        case "none":
            raise NotFound
        case _:
            return said == "queued"


async def reply(member: Member, conversation_id: UUID, form: ReplyForm) -> None:
    """Says something as the person; from then on the agent keeps quiet there. Raises NotFound, WindowClosed (only a
    template goes, see channels/whatsapp/replying.py) or ChannelAway; nothing is stored then."""
    asked = {"org_id": member.org_id, "id": conversation_id}
    async with as_member(member) as session:
        if (await session.execute(TAKE, asked)).first() is None:
            raise NotFound
        said = {"text": form.text, "draft": form.draft, "user_id": member.user_id, "reply_to": form.reply_to}
        queued = False
        stored = (await session.execute(REPLY, {**asked, **said})).scalar_one_or_none()
        if stored is not None:
            sent = await session.execute(SEND, {"org_id": member.org_id, "message": stored})
            queued = carried(sent.scalar_one())
    if queued:
        live.publish(live.Ring(member.org_id, "outbox", conversation_id))
    live.publish(live.Ring(member.org_id, "message", conversation_id))


async def set_status(member: Member, conversation_id: UUID, status: ConversationStatus) -> None:
    """Takes a conversation over, gives it back to the agent, or closes it. Raises NotFound."""
    asked = {"org_id": member.org_id, "id": conversation_id, "status": status.value}
    async with as_member(member) as session:
        if (await session.execute(SET_STATUS, asked)).first() is None:
            raise NotFound
    live.publish(live.Ring(member.org_id, "message", conversation_id))
