"""What a reminder or a notice is about, as values for a template: it goes out where its own words may not."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from vulkn_app.booking import wording
from vulkn_app.booking.reading import BOOKINGS, Booking
from vulkn_app.channels.whatsapp import templates
from vulkn_app.channels.whatsapp.job import Job
from vulkn_app.db import as_agent

REMINDED = "select booking_id, hours_before from reminders where org_id = %s and id::text = %s"
LONG_BEFORE = 12  # hours: from there on it is the day's reminder and not the one that says "soon"
NAMELESS = {"es": "buen día", "en": "there"}


async def template(job: Job) -> dict[str, Any] | None:
    """The body to send; None: it is about nothing that a template exists for, or none is approved."""
    booking_id, purpose = await _about(job)
    if booking_id is None:
        return None
    async with (
        as_agent(job.delivery.agent) as connection,
        connection.cursor(row_factory=class_row(Booking)) as cursor,
    ):
        await cursor.execute(
            f"{BOOKINGS} b.id = %(id)s", {"org": job.delivery.agent.org_id, "id": booking_id}
        )
        booking = await cursor.fetchone()
    use = (
        await templates.ready(job.delivery.agent, job.channel_id, purpose, job.language) if booking else None
    )
    return use.body(_values(job, booking)) if use and booking else None


async def _about(job: Job) -> tuple[UUID | None, str]:
    if job.delivery.kind == "reminder":
        async with as_agent(job.delivery.agent) as connection:
            asked = (job.delivery.agent.org_id, job.delivery.dedupe_key)
            row = await (await connection.execute(REMINDED, asked)).fetchone()
        return (row[0], "reminder_day" if row[1] >= LONG_BEFORE else "reminder_soon") if row else (None, "")
    head, _, rest = job.external_id.partition(":")
    booking, _, did = rest.partition(":")
    if head == "notice" and did in ("moved", "cancelled"):
        return UUID(booking), f"booking_{did}"
    return None, ""


def _values(job: Job, booking: Booking) -> dict[str, str]:
    zone, now = ZoneInfo(job.state.timezone), datetime.now(UTC)
    values = {
        "name": booking.name.split()[0] if booking.name.strip() else NAMELESS[job.language],
        "business": job.business,
        "appointment": wording.appointment(booking, zone, job.language, now),
        "code": booking.code,
    }
    if job.delivery.kind == "notice" and job.external_id.endswith(":cancelled"):
        del values["code"]
    return values
