"""From the website to WhatsApp as the same person: a link with a code that only this deployment could have made.

The visitor sends the code as a part of their first message; whoever brings it within half an hour, once, is the
visitor. It is 50 random bits, of which the database keeps a keyed hash. Slots that were offered on the website are
offered again: their words hold in the conversation they were said in (booking/tokens.py)."""

import re
import secrets as random
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from vulkn_app import live
from vulkn_app.channels.tenants import Tenant
from vulkn_app.channels.webchat import visitor_hash
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.channels.whatsapp.people import Person
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.errors import NotFound
from vulkn_app.i18n import Language
from vulkn_app.secrets import keyed_hash

LIFE = timedelta(minutes=30)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none is taken for another one
LENGTH = 10
BEGIN = "select * from app.continue_begin(%s, %s, %s, %s)"
TAKE = "select app.continue_take(%s, %s, %s)"
STATUS = "select status from conversations where org_id = %s and id = %s"
TEXT: dict[Language, str] = {
    "es": "Hola, sigo aquí la conversación de su sitio. (Código {code})",
    "en": "Hi, I am continuing our conversation from your website. (Code {code})",
}
# The code as we wrote it, in brackets or not, whatever was typed around it.
_CODE = re.compile(
    rf"\s*[(\[]?\s*(?:c[oó]digo|code)?[\s:]*\b(VK-([{LETTERS}]{{5}})-([{LETTERS}]{{5}}))\b\s*[)\]]?",
    re.IGNORECASE,
)


class NoNumber(NotFound):
    """The business has no number on WhatsApp that takes messages now."""

    code = "whatsapp_no_link"


async def made(tenant: Tenant, token: str) -> str:
    """The address that opens WhatsApp with the visitor's first message. Raises NotFound for a stranger, NoNumber."""
    letters = "".join(random.choice(LETTERS) for _ in range(LENGTH))
    asked = (tenant.org_id, visitor_hash(token), _hash(tenant.org_id, letters), LIFE)
    async with as_agent(tenant.agent) as connection:
        row = await (await connection.execute(BEGIN, asked)).fetchone()
    if row is None:
        raise NotFound("visitor_unknown")
    phone = re.sub(r"\D", "", row[0] or "")
    if not phone:
        raise NoNumber
    language: Language = row[1] or ("en" if tenant.branding.get("language") == "en" else "es")
    text = TEXT[language].format(code=f"VK-{letters[:5]}-{letters[5:]}")
    return f"https://wa.me/{phone}?text={quote(text)}"


async def taken(happened: Happened, person: Person, text: str) -> tuple[Person, str]:
    """The person and what they said, without the code; both as they were where there is no code of ours. The web's
    contact becomes this person's: their lead, appointments, forms and consents, what they were in the middle of."""
    found = _CODE.search(text)
    if found is None:
        return person, text
    letters = (found[2] + found[3]).upper()
    agent = happened.agent
    asked = (agent.org_id, _hash(agent.org_id, letters), person.conversation_id)
    async with as_agent(agent) as connection:
        row = await (await connection.execute(TAKE, asked)).fetchone()
    became = row[0] if row else "unknown"
    if became == "unknown":
        return person, text
    rest = " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())
    if became == "joined":
        for noun in ("message", "lead"):
            live.publish(live.Ring(agent.org_id, noun, person.conversation_id))
        person = await _as_it_is(agent, person)
    return person, rest or text


async def _as_it_is(agent: AgentKey, person: Person) -> Person:
    """A person of the business who had the case on the website has it here."""
    async with as_agent(agent) as connection:
        row = await (await connection.execute(STATUS, (agent.org_id, person.conversation_id))).fetchone()
    status = row[0] if row else person.status
    return Person(person.contact_id, person.conversation_id, person.visitor, person.opted_out, status)


def _hash(org_id: UUID, letters: str) -> bytes:
    return keyed_hash(f"{org_id} {letters}", purpose="continue on WhatsApp")
