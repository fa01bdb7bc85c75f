"""One appointment as an iCalendar file (RFC 5545, RFC 5546), for the customer's own calendar."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from vulkn_app.booking import reading
from vulkn_app.booking.reading import Booking
from vulkn_app.booking.tokens import link_token, read_link
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.errors import NotFound
from vulkn_app.settings import settings

FOLD = 75  # octets a line, RFC 5545 §3.1
# Reserved for names that nobody owns (RFC 2606): the file asks nobody to write there.
NOWHERE = "bookings.invalid"


@dataclass(frozen=True)
class Organization:
    id: UUID
    name: str
    slug: str


def ics(booking: Booking, organization: Organization) -> bytes:
    """The same UID for the life of the appointment; a higher SEQUENCE when it is moved or cancelled."""
    cancelled = booking.state != "booked"
    title = f"{booking.service(booking.language)} · {organization.name}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//VULKN//Appointments//ES",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{booking.code}.{organization.id}@{NOWHERE}",
        f"SEQUENCE:{booking.sequence + cancelled}",
        f"DTSTAMP:{_utc(booking.changed)}",
        f"DTSTART:{_utc(booking.starts)}",
        f"DTEND:{_utc(booking.ends)}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(_described(booking))}",
        f'ORGANIZER;CN="{_quoted(organization.name)}":mailto:{organization.slug}@{NOWHERE}',
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def link(org_id: UUID, code: str) -> str:
    """The appointment's public address; empty where the deployment has none."""
    if not settings.vulkn_public_url:
        return ""
    return f"{settings.vulkn_public_url.rstrip('/')}/api/bookings/{link_token(org_id, code)}.ics"


async def linked(token: str) -> bytes:
    """The file behind a link. Raises NotFound for one that this deployment did not make."""
    known = read_link(token)
    if known is None:
        raise NotFound
    org_id, code = known
    async with as_agent(AgentKey(org_id)) as connection:
        found = await reading.bookings(
            connection, org_id, "b.code = %(code)s and b.state <> 'moved'", code=code
        )
        cursor = await connection.execute("select id, name, slug from organizations where id = %s", (org_id,))
        row = await cursor.fetchone()
    if not found or row is None:
        raise NotFound
    return ics(found[0], Organization(*row))


def _described(booking: Booking) -> str:
    code = {"es": "Código", "en": "Code"}[booking.language]
    return f"{code}: {booking.code}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return "\\n".join(text.splitlines())


def _quoted(text: str) -> str:
    """A quoted parameter has no escapes: what cannot stand in it goes (RFC 5545 §3.2)."""
    return "".join(c for c in text if c.isprintable() and c != '"')


def _folded(line: str) -> str:
    """Lines of at most 75 octets, never broken inside a character."""
    folded, room = "", FOLD
    for character in line:
        size = len(character.encode())
        if size > room:
            folded, room = f"{folded}\r\n ", FOLD - 1
        folded, room = folded + character, room - size
    return folded
