"""Coexistence: what was said on the owner's phone in the last 180 days, imported in silence.

Meta sends it in chunks of three phases (day 0 to 1, to 90, to 180), with how far it is. It makes contacts and no leads,
opens no window and begins no turn: it is read above a thread, and feeds suggestions."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from vulkn_app import live
from vulkn_app.channels.whatsapp import people, phones, reading
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.db import AgentKey, as_agent

DECLINED = 2593109  # "History sync is turned off by the business": the owner said no on the phone
AT_ONCE = 500  # rows of one statement
ADD = """
    insert into history_messages (org_id, contact_id, external_id, from_business, kind, body, sent_at)
    values (%s, %s, %s, %s, %s, %s, %s) on conflict (org_id, external_id) do nothing
"""
# Chunks come in any order; what is done is done.
PROGRESS = """
    update whatsapp_numbers
    set history_state = case when history_state = 'done' or %(progress)s >= 100 then 'done' else 'importing' end,
        history_progress = greatest(history_progress, %(progress)s)
    where org_id = %(org)s and channel_id = %(channel)s
"""
REFUSED = """
    update whatsapp_numbers set history_state = 'declined'
    where org_id = %s and channel_id = %s and history_state in ('none', 'importing')
"""
Row = tuple[UUID, UUID, str, bool, str, str, datetime]


async def handle(happened: Happened) -> None:
    channel_id, item = happened.channel_id, happened.item
    if channel_id is None:
        return
    agent = happened.agent
    if any(_number(error.get("code")) == DECLINED for error in _dicts(item.get("errors"))):
        async with as_agent(agent) as connection:
            await connection.execute(REFUSED, (agent.org_id, channel_id))
    else:
        for thread in _dicts(item.get("threads")):
            await _thread(agent, channel_id, thread)
        await _progress(agent, channel_id, item)
    live.publish(live.Ring(agent.org_id, "channel"))


async def _thread(agent: AgentKey, channel_id: UUID, thread: dict[str, Any]) -> None:
    """One conversation of the phone's. Groups have no number of somebody and are not ours to read."""
    context = thread.get("context")
    context = context if isinstance(context, dict) else {}
    phone = str(context.get("wa_id") or thread.get("id") or "")
    person = await people.person(
        agent,
        channel_id,
        user_id=str(context.get("user_id") or ""),
        parent_user_id=str(context.get("parent_user_id") or ""),
        phone=phone if phone.isdecimal() else "",
        username=str(context.get("username") or ""),
        name=str(context.get("name") or ""),
        conversation=False,
    )
    if person is None:
        return
    rows = list(_rows(agent.org_id, person.contact_id, phone, _dicts(thread.get("messages"))))
    for start in range(0, len(rows), AT_ONCE):
        async with as_agent(agent) as connection, connection.cursor() as cursor:
            await cursor.executemany(ADD, rows[start : start + AT_ONCE])


def _rows(org: UUID, contact: UUID, phone: str, messages: Iterable[dict[str, Any]]) -> Iterator[Row]:
    theirs = phones.key(phone)
    for message in messages:
        said = reading.read(message, "es")
        sent = _moment(message.get("timestamp"))
        wamid = str(message.get("id") or "")
        if not wamid or not said.shown or sent is None:
            continue
        # The customer's own have no `to`; by number where there is one, because a copy may have both.
        sender = phones.key(str(message.get("from") or ""))
        from_business = sender != theirs if theirs and sender else bool(message.get("to"))
        yield org, contact, wamid[:200], from_business, said.kind.value, said.shown[:16384], sent


async def _progress(agent: AgentKey, channel_id: UUID, item: dict[str, Any]) -> None:
    told = item.get("metadata")
    progress = _number(told.get("progress")) if isinstance(told, dict) else None
    if progress is None:
        return
    asked = {"org": agent.org_id, "channel": channel_id, "progress": max(0, min(progress, 100))}
    async with as_agent(agent) as connection:
        await connection.execute(PROGRESS, asked)


def _dicts(told: Any) -> list[dict[str, Any]]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _number(told: Any) -> int | None:
    try:
        return int(told)
    except (TypeError, ValueError):
        return None


def _moment(told: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(told), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
