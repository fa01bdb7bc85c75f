"""Coexistence: the owner answered on their own phone. What they wrote is in the thread as a person's, and the agent is
quiet there, as after any take-over; it opens no window, is nobody's lead and nothing unread."""

import re
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from models.conversations import MessageKind
from vulkn_app import live
from vulkn_app.channels.whatsapp import media, people, reading
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.channels.whatsapp.people import Person
from vulkn_app.channels.whatsapp.reading import Media
from vulkn_app.channels.whatsapp.words import DESCRIBED
from vulkn_app.db import as_agent, engine_call

HEARD = "select app.echo_heard(%s, %s, %s)"
FILE = """
    insert into message_attachments (org_id, message_id, kind, mime, filename, media)
    select m.org_id, m.id, %s, %s, %s, %s from messages m
    where m.org_id = %s and m.conversation_id = %s and m.external_id = %s on conflict do nothing
"""
PENDING = """
    select a.id from message_attachments a join messages m on m.org_id = a.org_id and m.id = a.message_id
    where m.org_id = %s and m.conversation_id = %s and m.external_id = %s and a.media = %s and a.state = 'pending'
"""
EDIT = """
    update messages set body = %s, edited_at = %s
    where org_id = %s and conversation_id = %s and external_id = %s and from_phone and revoked_at is null
      and (edited_at is null or edited_at < %s) returning 1
"""
REVOKE = """
    update messages set body = %s, content = '{}', revoked_at = %s
    where org_id = %s and conversation_id = %s and external_id = %s and from_phone and revoked_at is null returning 1
"""
LANGUAGE = "select coalesce(language, 'es') from conversations where org_id = %s and id = %s"
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


async def handle(happened: Happened) -> None:
    """One message of the owner's to one person; an edit, or one that they took back."""
    customer = await _customer(happened)
    if customer is None:
        return
    match happened.item.get("type"):
        case "edit" | "revoke" as kind:
            news = await _changed(happened, customer, kind)
        case _:
            news = await _said(happened, customer)
    if news:
        live.publish(live.Ring(happened.agent.org_id, "message", customer.conversation_id))


async def _customer(happened: Happened) -> Person | None:
    """Whom the owner wrote to. `from` is the business itself."""
    if happened.channel_id is None:
        return None
    item, contact = happened.item, happened.payload.get("contact") or {}
    profile = contact.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    return await people.person(
        happened.agent,
        happened.channel_id,
        user_id=str(item.get("to_user_id") or contact.get("user_id") or ""),
        parent_user_id=str(item.get("to_parent_user_id") or contact.get("parent_user_id") or ""),
        phone=str(item.get("to") or contact.get("wa_id") or ""),
        username=str(profile.get("username") or ""),
        name=str(profile.get("name") or ""),
    )


async def _said(happened: Happened, customer: Person) -> bool:
    said = reading.read(happened.item, "es")
    if said.kind is MessageKind.UNSUPPORTED:
        said = reading.Said(said.kind, "", DESCRIBED["unsupported"]["es"], said.content)
    wamid = _wamid(happened)
    echo: dict[str, Any] = {
        "id": wamid,
        "text": said.shown,
        "kind": said.kind.value,
        "content": said.content,
        "at": happened.at.isoformat(),
        "outbox": _ours(happened.item),
    }
    where = (happened.agent.org_id, customer.conversation_id)
    became = await engine_call(HEARD, (*where, Jsonb(echo)))
    if became != "ours" and said.media and said.media.id:
        await _file(happened, said.media, (*where, wamid))
    return became == "stored"


async def _file(happened: Happened, one: Media, message: tuple[UUID, UUID, str]) -> None:
    """Fetched at once, as a customer's is; told again, only what is not there yet."""
    async with as_agent(happened.agent) as connection:
        await connection.execute(FILE, (one.kind, one.mime, one.filename, one.id, *message))
        row = await (await connection.execute(PENDING, (*message, one.id))).fetchone()
    if row and happened.channel_id:
        await media.keep(happened.agent, happened.channel_id, row[0], one)


async def _changed(happened: Happened, customer: Person, kind: str) -> bool:
    told = happened.item.get(kind)
    told = told if isinstance(told, dict) else {}
    which = (
        happened.agent.org_id,
        customer.conversation_id,
        str(told.get("original_message_id") or "")[:200],
    )
    async with as_agent(happened.agent) as connection:
        if kind == "revoke":
            row = await (await connection.execute(LANGUAGE, which[:2])).fetchone()
            mark = DESCRIBED["revoked"]["en" if row and row[0] == "en" else "es"]
            changed = await connection.execute(REVOKE, (mark, happened.at, *which))
        else:
            message = told.get("message")
            shown = reading.read(message if isinstance(message, dict) else {}, "es").shown
            changed = await connection.execute(EDIT, (shown, happened.at, *which, happened.at))
        return await changed.fetchone() is not None


def _ours(item: dict[str, Any]) -> str:
    """The outbox row that our own messages carry along, wherever it stands in what they carry."""
    found = _UUID.search(str(item.get("biz_opaque_callback_data") or ""))
    return found[0] if found else ""


def _wamid(happened: Happened) -> str:
    return str(happened.item.get("id") or happened.id)[:200]
