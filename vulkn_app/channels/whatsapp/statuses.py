"""Meta's news of what we sent: sent, delivered, read, failed; in any order, more than once, before our own commit.

`app.delivery_news` compares ranks and never goes backwards; an unknown end is settled by it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from vulkn_app import live
from vulkn_app.channels.whatsapp import codes, effects
from vulkn_app.db import AgentKey, engine_call

NEWS = "select app.delivery_news(%s, %s, %s, %s, %s, %s, %s, %s)"
FAILED = "select app.delivery_failed(%s, %s, %s, make_interval(secs => %s))"
STATES = ("sent", "delivered", "read", "played", "failed")


class Happened(Protocol):
    """What is needed of events.Happened."""

    @property
    def agent(self) -> AgentKey: ...
    @property
    def channel_id(self) -> UUID | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def payload(self) -> dict[str, Any]: ...


class NotYet(Exception):
    """It may be about a message whose id we are about to learn: to be asked again."""


Listener = Callable[[AgentKey, Mapping[str, Any], datetime], Awaitable[Any]]
# Who else wants to know of each status: what it costs.
LISTENERS: list[Listener] = []


async def handle(happened: Happened) -> None:
    """Safe to repeat. Raises NotYet."""
    item = happened.payload.get("item") or {}
    state, wamid = str(item.get("status") or "").lower(), str(item.get("id") or "")
    for listener in LISTENERS:
        await listener(happened.agent, item, happened.at)
    if state not in STATES or not wamid or happened.channel_id is None:
        return
    code, title = _error(item) if state == "failed" else (None, None)
    outbox_id, part = _tracker(item)
    asked = (happened.agent.org_id, happened.channel_id, wamid[:200], outbox_id, part, state, code, title)
    known = await engine_call(NEWS, asked)
    if not known["found"]:
        if known["pending"]:
            raise NotYet
        return
    if known["changed"]:
        if state == "failed":
            await _failed(happened.agent, happened.channel_id, code or 0, known)
        if known["conversation"]:
            live.publish(live.Ring(happened.agent.org_id, "message", UUID(known["conversation"])))
            live.publish(live.Ring(happened.agent.org_id, "outbox", UUID(known["conversation"])))


async def _failed(agent: AgentKey, channel_id: UUID, code: int, known: Mapping[str, Any]) -> None:
    """Meta took it and could not bring it. What may be tried again goes once more, as long as it is news."""
    conversation = UUID(known["conversation"]) if known["conversation"] else None
    meaning, tries = codes.meaning(code), int(known["tries"] or 1)
    wait = codes.pause(meaning, tries, None)
    await effects.apply(agent, channel_id, conversation, code, wait=wait)
    if not known["outbox"]:
        return
    by_template = meaning.message == "template" and known["kind"] in ("reminder", "notice")
    again = meaning.message in ("again", "wait", "media", "text") or by_template
    again = again and tries < meaning.tries and known["recent"]
    await engine_call(FAILED, (agent.org_id, UUID(known["outbox"]), meaning.why, wait if again else None))


def _error(item: Mapping[str, Any]) -> tuple[int | None, str | None]:
    errors = item.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code = first.get("code")
    return (code if isinstance(code, int) else None), str(first.get("title") or "")[:300]


def _tracker(item: Mapping[str, Any]) -> tuple[UUID | None, int]:
    """`outbox:part`, as sending.py gave it along; nothing where it is somebody else's."""
    head, _, part = str(item.get("biz_opaque_callback_data") or "").partition(":")
    try:
        return UUID(head), int(part)
    except ValueError:
        return None, 0
