"""What is on record of a contact, and what a customer's words may add to it.

A detail that is known is never overwritten by an empty one, and an address that the customer did not write is
not stored. Consent is stored with the words that were asked."""

from dataclasses import dataclass
from typing import Any, Literal

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from pydantic import Field

from vulkn_app import leads
from vulkn_app.skills import details
from vulkn_app.skills.base import Arguments, ToolProblem, Turn
from vulkn_app.skills.consent import answer_in, record

Detail = Literal["name", "phone", "email", "need"]

CONTACT = "select name, email, phone from contacts where org_id = %s and id = %s"
SAVE = """
    update contacts set name = coalesce(%s, name), email = coalesce(%s, email), phone = coalesce(%s, phone)
    where org_id = %s and id = %s
"""
NEED = "update leads set need = %s where org_id = %s and contact_id = %s"
NOTE = "select app.note_lead(%s, %s, %s)"


class ContactDetails(Arguments):
    name: str | None = Field(default=None, max_length=200, description="As the customer wrote it.")
    phone: str | None = Field(default=None, max_length=400, description="As the customer wrote it.")
    email: str | None = Field(default=None, max_length=400, description="As the customer wrote it.")
    need: str | None = Field(
        default=None, max_length=500, description="What they want, in one short sentence."
    )
    consent: bool | None = Field(
        default=None, description="Their answer, only after you asked the consent question."
    )


@dataclass(frozen=True)
class Known:
    """What is on record of a contact."""

    name: str | None
    email: str | None
    phone: str | None

    def missing(self, wanted: tuple[Detail, ...], *, need: bool) -> list[Detail]:
        """One address is enough to be written to, whichever it is."""
        there = {"name": self.name, "phone": self.phone or self.email, "email": self.email or self.phone}
        return [d for d in wanted if not (need if d == "need" else there[d])]


async def recorded(connection: AsyncConnection, turn: Turn) -> Known:
    cursor = await connection.execute(CONTACT, (turn.agent.org_id, turn.contact_id))
    row = await cursor.fetchone()
    if row is None:
        raise ToolProblem("This contact is gone. Nothing was saved.")
    return Known(*row)


def read(given: ContactDetails, before: Known, country: str, words: str) -> tuple[dict[str, str], list[str]]:
    """What can be stored, and which details cannot."""
    readings = {
        "name": details.name(given.name or ""),
        "phone": details.phone(given.phone or "", country),
        "email": details.email(given.email or ""),
    }
    new: dict[str, str] = {}
    unreadable: list[str] = []
    for key, value in readings.items():
        if not getattr(given, key):
            continue
        written = key == "name" or (
            value and details.written_in(f"{words} {before.phone or ''} {before.email or ''}", value)
        )
        if value and written:
            new[key] = value
        else:
            unreadable.append(key)
    return new, unreadable


async def store(connection: AsyncConnection, turn: Turn, new: dict[str, str], need: str | None) -> None:
    where = (turn.agent.org_id, turn.contact_id)
    if new:
        await connection.execute(SAVE, (new.get("name"), new.get("email"), new.get("phone"), *where))
        lead = {"score": min(100, sum(leads.POINTS[key] for key in new)), "reasons": sorted(new)}
        await connection.execute(NOTE, (turn.agent.org_id, turn.conversation_id, Jsonb(lead)))
    if need:
        await connection.execute(NEED, (need.strip()[:500], *where))


async def consent(
    connection: AsyncConnection, turn: Turn, given: ContactDetails, state: dict[str, Any]
) -> bool | None:
    """What the customer answered to the question that was put to them; their own words decide, not the model."""
    asked = state.get("asked")
    if not asked or given.consent is None:
        return None
    said = answer_in(turn.words)
    if said is not None and not turn.playground:
        await record(connection, turn, granted=said, wording=asked)
    return said
