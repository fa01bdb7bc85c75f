"""Who wrote: everything that a person is known by leads to one contact, and to one conversation a channel."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from vulkn_app.channels.whatsapp import phones
from vulkn_app.db import AgentKey, engine_call
from vulkn_app.texts import one_line

PERSON = "select app.whatsapp_person(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
MOVED = "select app.whatsapp_moved(%s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True)
class Person:
    """`visitor` names the conversation to the engine; `status` is that conversation's."""

    contact_id: UUID
    conversation_id: UUID
    visitor: bytes = field(repr=False)
    opted_out: bool
    status: str


async def person(
    agent: AgentKey,
    channel_id: UUID,
    *,
    user_id: str,
    parent_user_id: str,
    phone: str,
    username: str,
    name: str,
    create: bool = True,
    conversation: bool = True,
) -> Person | None:
    """The contact that one of these names, made if there is none and `create`. None: nobody is known, or nobody was
    named. Without `conversation` none is made, and the `conversation_id` of a person without one is all zeros."""
    digits = phones.digits(phone)
    names = (user_id[:160], parent_user_id[:160], f"+{digits}" if digits else "", phones.key(digits))
    shown = (one_line(username)[:80], one_line(name)[:120])
    found = await engine_call(PERSON, (agent.org_id, channel_id, *names, *shown, create, conversation))
    if found is None:
        return None
    return Person(
        UUID(found["contact_id"]),
        UUID(found["conversation_id"] or UUID(int=0).hex),
        bytes.fromhex(found["visitor"]),
        found["opted_out"],
        found["status"],
    )


async def of(
    agent: AgentKey, channel_id: UUID, payload: dict[str, Any], *, create: bool = True
) -> Person | None:
    """Who sent the item of this payload."""
    item, contact = payload.get("item") or {}, payload.get("contact") or {}
    profile = contact.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    return await person(
        agent,
        channel_id,
        user_id=_word(item.get("from_user_id"), contact.get("user_id")),
        parent_user_id=_word(item.get("from_parent_user_id"), contact.get("parent_user_id")),
        phone=_word(item.get("from"), contact.get("wa_id")),
        username=_word(profile.get("username"), contact.get("username")),
        name=_word(profile.get("name")),
        create=create,
    )


async def numbered(
    agent: AgentKey, channel_id: UUID, payload: dict[str, Any], known: Person, phone: str
) -> Person:
    """Somebody who told their number: from now on they are known by it too."""
    item, contact = payload.get("item") or {}, payload.get("contact") or {}
    found = await person(
        agent,
        channel_id,
        user_id=_word(item.get("from_user_id"), contact.get("user_id")),
        parent_user_id=_word(item.get("from_parent_user_id"), contact.get("parent_user_id")),
        phone=phone,
        username="",
        name="",
    )
    return found or known


async def moved(
    agent: AgentKey, *, old_user: str, old_phone: str, new_user: str, new_parent: str, new_phone: str
) -> bool:
    """A new number or id of somebody known; False: nobody is."""
    digits = phones.digits(new_phone)
    new = (new_user[:160], new_parent[:160], f"+{digits}" if digits else "", phones.key(digits))
    return await engine_call(MOVED, (agent.org_id, old_user[:160], phones.key(old_phone), *new)) is not None


def _word(*told: Any) -> str:
    """The first that says anything."""
    return next((one.strip() for one in told if isinstance(one, str) and one.strip()), "")
