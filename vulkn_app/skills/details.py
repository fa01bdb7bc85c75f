"""A name, a phone number, an e-mail address: as people write them, made storable."""

import re

import phonenumbers
from psycopg import AsyncConnection

from vulkn_app.db import AgentKey
from vulkn_app.texts import one_line

LONGEST_NAME = 120
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}(?![\w-])", re.IGNORECASE
)
# Mexico's mobile prefix until 2019, still typed and still sent by WhatsApp: libphonenumber calls it invalid.
_OLD_MEXICAN = re.compile(r"\+?52[\s-]*1[\s-]*(?=(?:\d[\s()-]*){10}$)")


def phone(text: str, country: str) -> str | None:
    """The first number in `text` that can be dialled from `country`, as E.164."""
    text = _OLD_MEXICAN.sub("+52", text.strip()[:200])
    for match in phonenumbers.PhoneNumberMatcher(text, country):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def email(text: str) -> str | None:
    """The first address in `text`, lower case."""
    found = _EMAIL.search(text[:1000])
    return found.group().lower() if found and ".." not in found.group() else None


def name(text: str) -> str | None:
    """`text` if it can be somebody's name: some letters, no digits, no address."""
    cleaned = one_line(text).strip(" .,;:!¡¿?\"'")
    letters = sum(character.isalpha() for character in cleaned)
    if letters < 2 or len(cleaned) > LONGEST_NAME or any(c.isdigit() or c in "@/<>{}" for c in cleaned):
        return None
    return cleaned


def shown(number: str) -> str:
    """E.164 as its country writes it, for reading."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def written_in(words: str, detail: str) -> bool:
    """Whether the customer wrote this detail, however they spaced it: a model may not make one up."""
    if "@" in detail:
        return detail.casefold() in words.casefold()
    digits = _digits(detail)
    return len(digits) >= 7 and digits[-8:] in _digits(words)


async def country_of(connection: AsyncConnection, agent: AgentKey) -> str:
    cursor = await connection.execute("select country from organizations where id = %s", (agent.org_id,))
    row = await cursor.fetchone()
    assert row
    return row[0]


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
