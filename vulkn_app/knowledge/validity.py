"""On which days an entry holds, in the business's own calendar, and which texts need a last day."""

import re
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from vulkn_app.knowledge.words import fold

# One clock decides for a brain: the process's, handed to the database, so that what is read at midnight and
# when it is read again cannot disagree.
HOLDS = """
    coalesce(k.valid_from <= (%(now)s::timestamptz at time zone o.timezone)::date, true)
    and coalesce(k.valid_until >= (%(now)s::timestamptz at time zone o.timezone)::date, true)
"""
_TURNS = """
    select min(d.day)::timestamp at time zone min(o.timezone)
    from knowledge_entries k join organizations o on o.id = k.org_id,
      lateral (values (k.valid_from), (k.valid_until + 1)) as d (day)
    where k.org_id = %(org_id)s and k.status = 'active'
      and d.day > (%(now)s::timestamptz at time zone o.timezone)::date
"""

# A word that begins an offer, in either language; "descuento" in a question about discounts is one too, and
# whoever writes that there is none says so with one more tap.
_OFFER = re.compile(
    r"\b(promo|promos|promocion|promociones|oferta|ofertas|descuentos?|rebajas?|liquidacion|buen fin|hot sale|"
    r"[2-9] ?x ?[1-9]|dos por uno|tres por dos|por tiempo limitado|solo este mes|solo esta semana|esta semana|"
    r"este mes|discounts?|special offer|on sale|limited time|two for one|black friday|cyber monday|"
    r"this week only|this month only|\d+ ?% (?:off|menos))(?![^\W_])"
)


def today(timezone: str, now: datetime | None = None) -> date:
    """The business's day; UTC's where the zone is unknown."""
    moment = now or datetime.now(UTC)
    try:
        return moment.astimezone(ZoneInfo(timezone)).date()
    except (KeyError, ValueError, OSError):
        return moment.date()


async def next_turn(connection: AsyncConnection, org_id: UUID, now: datetime) -> datetime | None:
    """The midnight at which the next entry begins or ends to hold; None while none does."""
    cursor = await connection.execute(_TURNS, {"org_id": org_id, "now": now})
    row = await cursor.fetchone()
    return row[0] if row else None


def sounds_like_offer(title: str, body: str) -> bool:
    """Whether it reads like something that ends one day."""
    return bool(_OFFER.search(fold(f"{title}\n{body}")))
