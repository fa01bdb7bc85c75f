"""What a customer does to a message after it was sent: a reaction, an edit, taking it back; and a change of who they
are."""

import re
from uuid import UUID

from models.conversations import MessageKind
from vulkn_app import live
from vulkn_app.channels.whatsapp import inbound, people, phones, reading
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.channels.whatsapp.people import Person
from vulkn_app.channels.whatsapp.reading import Said, words
from vulkn_app.channels.whatsapp.words import DESCRIBED
from vulkn_app.conversations import engine
from vulkn_app.db import engine_call
from vulkn_app.i18n import Language
from vulkn_app.settings import settings

REACTED = "select app.whatsapp_reacted(%s, %s, %s, %s, %s)"
CHANGED = "select app.whatsapp_changed(%s, %s, %s, %s, %s, %s, %s)"
# Signs of agreement; skin and presentation are left out before they are compared.
YES = {"👍", "✅", "❤", "👌", "🙌", "☑", "✔", "💯", "🙏", "🫶"}
_DRESS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]")
# Meta's words for them changed over the years.
MOVES = {"user_changed_number", "customer_changed_number", "user_changed_user_id"}


async def reaction(happened: Happened) -> None:
    """Stored. A yes to our question is an answer, and goes to the agent as one."""
    person = await _known(happened)
    told = happened.item.get("reaction") or {}
    heard = await inbound.hear(happened, person) if person else None
    if person is None or heard is None or not isinstance(told, dict):
        return
    emoji, wamid = words(told.get("emoji"), 32), words(told.get("message_id"), 200)
    row = (happened.agent.org_id, person.conversation_id, wamid, emoji, happened.at)
    found = await engine_call(REACTED, row)
    if found and (heard.stored or (heard.answers and found["asks"] and means_yes(emoji))):
        yes = DESCRIBED["yes"][heard.language]
        content = {"reaction": emoji, "to": found["message_id"]}
        await inbound.ask(heard, Said(MessageKind.TEXT, yes, yes, content))
    _ring(happened, person)


def means_yes(emoji: str) -> bool:
    return _DRESS.sub("", emoji) in YES


async def edit(happened: Happened) -> None:
    """What the customer says now is what is answered, if nothing was yet."""
    told = happened.item.get("edit") or {}
    message = told.get("message") if isinstance(told, dict) else None
    said = _edited(message if isinstance(message, dict) else {})
    if said:
        await _change(happened, words(told.get("original_message_id"), 200), said)


async def revoke(happened: Happened) -> None:
    told = happened.item.get("revoke") or {}
    await _change(
        happened, words(told.get("original_message_id") if isinstance(told, dict) else "", 200), None
    )


async def identity(happened: Happened) -> None:
    """A new number or id of somebody whom we know. That their device changed (customer_identity_changed) is stored
    and changes nothing."""
    told = happened.item.get("system")
    if not isinstance(told, dict) or told.get("type") not in MOVES:
        return
    item, contact = happened.item, happened.payload.get("contact") or {}
    old_user = words(item.get("from_user_id"), 160) or words(contact.get("user_id"), 160)
    new_phone = words(told.get("new_wa_id"), 40) or words(told.get("wa_id"), 40)
    await people.moved(
        happened.agent,
        old_user=words(told.get("previous_user_id"), 160) or old_user,
        old_phone=words(item.get("from"), 40) or words(told.get("customer"), 40),
        new_user=words(told.get("user_id"), 160) or words(told.get("new_user_id"), 160),
        new_parent=words(told.get("parent_user_id"), 160),
        new_phone=phones.digits(new_phone),
    )


def _edited(message: dict[str, object]) -> str:
    for language in ("es", "en"):
        said = reading.read(message, language)
        if said.typed:
            return words(said.content.get("caption")) or said.text
    return ""


async def _change(happened: Happened, wamid: str, text: str | None) -> None:
    """None: it was taken back."""
    person = await _known(happened)
    if person is None or not wamid:
        return
    language: Language = "es"
    heard = await inbound.hear(happened, person)
    if heard:
        language = heard.language
    row = (happened.agent.org_id, person.conversation_id, wamid, text, DESCRIBED["revoked"][language])
    found = await engine_call(CHANGED, (*row, happened.at, settings.turn_lease))
    _ring(happened, person)
    if found.get("again"):
        engine.go_on(happened.agent, UUID(found["again"]), found["attempt"])


async def _known(happened: Happened) -> Person | None:
    """Nobody is made for a reaction: there is nothing of ours that a stranger could react to."""
    channel_id: UUID | None = happened.channel_id
    if channel_id is None:
        return None
    return await people.of(happened.agent, channel_id, happened.payload, create=False)


def _ring(happened: Happened, person: Person) -> None:
    live.publish(live.Ring(happened.agent.org_id, "message", person.conversation_id))
