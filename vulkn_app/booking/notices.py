"""A word to the customer about what the business did to their appointment, in the person's own name.

It is a message of their conversation, written in the transaction that changed the appointment; a channel that can
call the customer sends it too."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from vulkn_app import i18n
from vulkn_app.booking import ics, wording
from vulkn_app.booking.reading import Booking
from vulkn_app.db import Member

Did = Literal["cancelled", "moved"]
# The widget knows such a message by it, and does not take it for a person who takes the conversation over.
NOTICE = "notice"
HOLD = """
  select c.unread, o.timezone from conversations c join organizations o on o.id = c.org_id
  where c.org_id = %s and c.id = %s for no key update of c
"""
SAY = """
  insert into messages (org_id, conversation_id, sender, body, external_id, author_id)
  values (%s, %s, 'human', %s, %s, %s) returning id
"""
SEND = "select app.send_to_customer(%s, %s)"
# A notice answers nothing that the customer asked: what nobody read stays unread.
STILL_UNREAD = "update conversations set unread = %s where org_id = %s and id = %s and unread <> %s"


@dataclass(frozen=True)
class Held:
    """A conversation that this transaction will write in."""

    conversation_id: UUID
    unread: int
    zone: ZoneInfo


async def hold(connection: AsyncConnection[Any], booking: Booking) -> Held | None:
    """Locks the booking's conversation; None when it has none. Before anything is written: every writer takes the
    conversation first."""
    cursor = await connection.execute(HOLD, (booking.org_id, booking.conversation_id))
    row = await cursor.fetchone()
    return (
        Held(booking.conversation_id, row[0], ZoneInfo(row[1])) if row and booking.conversation_id else None
    )


async def tell(
    connection: AsyncConnection[Any], member: Member, held: Held, booking: Booking, did: Did, now: datetime
) -> None:
    words = text(booking, did, held.zone, now)
    once = f"{NOTICE}:{booking.id}:{did}"
    said = (member.org_id, held.conversation_id, words, once, member.user_id)
    cursor = await connection.execute(SAY, said)
    row = await cursor.fetchone()
    assert row
    await connection.execute(SEND, (member.org_id, row[0]))
    kept = (held.unread, member.org_id, held.conversation_id, held.unread)
    await connection.execute(STILL_UNREAD, kept)


def text(booking: Booking, did: Did, zone: ZoneInfo, now: datetime) -> str:
    """In the language in which it was booked."""
    language = booking.language
    name = f" {booking.name.split()[0]}" if booking.name.strip() else ""
    line = wording.appointment(booking, zone, language, now)
    said = i18n.t(f"agenda.tell_{did}", language, name=name, appointment=line, code=booking.code)
    if booking.reason:
        said += " " + i18n.t("agenda.tell_reason", language, reason=booking.reason.rstrip("."))
    if did == "moved" and (link := ics.link(booking.org_id, booking.code)):
        said += " " + i18n.t("agenda.tell_link", language, link=link)
    return f"{said} " + i18n.t(f"agenda.tell_{did}_end", language)
