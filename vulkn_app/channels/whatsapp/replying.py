"""What a person of the business sends from the inbox beyond a text: a template, a reaction, a file.

Plain replies are conversations/inbox.py's. All of them take the conversation over, are stored and put into the outbox
in one transaction, in the person's own name and under their rights; none goes out twice for one draft."""

import re
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field

from vulkn_app import live
from vulkn_app.channels.whatsapp import messages, template_shapes
from vulkn_app.conversations.inbox import carried
from vulkn_app.db import Member, as_person
from vulkn_app.errors import BadInput, NotFound, TooLarge
from vulkn_app.texts import Text

SAY = "select app.say_on_channel(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
SEND = "select app.send_reply(%s, %s, %s, %s)"
REACT = "select app.react(%s, %s, %s)"
TEMPLATE = """
    select t.name, t.language, t.components from whatsapp_templates t
    join conversations c on c.org_id = t.org_id and c.channel_id = t.channel_id
    where t.org_id = %s and t.id = %s and c.id = %s and t.status = 'approved'
"""
CONVERSATION = "select conversation_id from messages where org_id = %s and id = %s"
LARGEST = 16 * 1024 * 1024
# What WhatsApp takes of each kind, and how much of it (FIELD 4.3; documents are bound by our own store).
KINDS: dict[str, tuple[Literal["image", "audio", "video", "document"], int]] = {
    **dict.fromkeys(("image/jpeg", "image/png"), ("image", 5 * 1024 * 1024)),
    **dict.fromkeys(("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg"), ("audio", LARGEST)),
    **dict.fromkeys(("video/mp4", "video/3gpp"), ("video", LARGEST)),
    **dict.fromkeys(
        (
            "application/pdf",
            "text/plain",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        ("document", LARGEST),
    ),
}
_EMOJI = re.compile(r"[^\w\s<>]{0,16}|[0-9#*]\ufe0f?\u20e3")


class FileForm(BaseModel):
    """`draft` names this attempt: the same one is stored once."""

    draft: str = Field(min_length=1, max_length=100)
    content: bytes = Field(min_length=1, repr=False)
    mime: str = Field(max_length=120)
    filename: str = Field(default="", max_length=240)
    caption: str = Field(default="", max_length=1024)
    reply_to: UUID | None = None


class TemplateForm(BaseModel):
    """`values` by the keys of template_shapes.Slot."""

    draft: str = Field(min_length=1, max_length=100)
    template: UUID
    values: dict[str, Text] = {}


async def reply_media(member: Member, conversation_id: UUID, form: FileForm) -> None:
    """Raises NotFound, WindowClosed, ChannelAway, TooLarge, BadInput."""
    mime = form.mime.partition(";")[0].strip().lower()
    if mime not in KINDS:
        raise BadInput("attachment_kind")
    kind, most = KINDS[mime]
    if len(form.content) > most:
        raise TooLarge("attachment_too_large")
    async with as_person(member) as connection:
        said = (form.draft, form.caption or form.filename or kind, kind, Jsonb({"caption": form.caption}))
        file = (form.reply_to, form.content, mime, form.filename)
        message = await _stored(connection, (member.org_id, conversation_id, *said, *file))
        await _sent(connection, member, message, "media", {})
    _ring(member, conversation_id)


async def reply_template(member: Member, conversation_id: UUID, form: TemplateForm) -> None:
    """Goes whether or not the window is open. Raises NotFound, ChannelAway; BadInput where a value is missing."""
    async with as_person(member) as connection:
        asked = (member.org_id, form.template, conversation_id)
        row = await (await connection.execute(TEMPLATE, asked)).fetchone()
        if row is None:
            raise NotFound
        name, language, components = row
        text, values = filled(components, form.values)
        body = messages.template(name, language, template_shapes.parameters(components, values))
        content = Jsonb({"template": name, "language": language, "values": values})
        said = (form.draft, text, "template", content, None, None, None, None)
        message = await _stored(connection, (member.org_id, conversation_id, *said))
        await _sent(connection, member, message, "template", {"template": body})
    _ring(member, conversation_id)


async def react(member: Member, message_id: UUID, emoji: str) -> None:
    """The business's emoji on a customer's message; empty takes it back. Raises NotFound, WindowClosed, BadInput."""
    if not _EMOJI.fullmatch(emoji):
        raise BadInput
    async with as_person(member) as connection:
        row = await (await connection.execute(CONVERSATION, (member.org_id, message_id))).fetchone()
        if row is None:
            raise NotFound
        answer = await (await connection.execute(REACT, (member.org_id, message_id, emoji))).fetchone()
        carried(answer[0] if answer else "none")
    _ring(member, row[0])


def filled(components: list[Mapping[str, Any]], given: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The template's words as the customer reads them, and its values by the slots' keys. Raises BadInput where one
    is missing, or where it takes more than words."""
    values = {
        slot.key: " ".join(given.get(slot.key, "").split()) for slot in template_shapes.slots(components)
    }
    if not all(values.values()) or not template_shapes.simple(components):
        raise BadInput
    seen = template_shapes.preview(components, values)
    return "\n\n".join(part for part in (seen.header, seen.body) if part), values


async def _stored(connection: AsyncConnection[Any], row: tuple[Any, ...]) -> UUID:
    found = await (await connection.execute(SAY, row)).fetchone()
    if found is None or found[0] is None:
        raise NotFound
    return found[0]


async def _sent(
    connection: AsyncConnection[Any], member: Member, message: UUID, kind: str, payload: dict[str, Any]
) -> None:
    asked = (member.org_id, message, kind, Jsonb(payload))
    answer = await (await connection.execute(SEND, asked)).fetchone()
    said = answer[0] if answer else "none"
    carried("none" if said == "web" else said)


def _ring(member: Member, conversation_id: UUID) -> None:
    for kind in ("message", "outbox"):
        live.publish(live.Ring(member.org_id, kind, conversation_id))
