"""Yes and no in a customer's own words, and what is kept of it."""

import re

from psycopg import AsyncConnection

from vulkn_app.llm.asks import Language
from vulkn_app.skills.base import Choice, Turn

RECORD = """
    insert into consents (org_id, contact_id, conversation_id, granted, wording, language)
    values (%s, %s, %s, %s, %s, %s)
"""
# The newest answer counts: a yes can be taken back, and a no is not asked about again.
ANSWERED = "select 1 from consents where org_id = %s and contact_id = %s and about = 'data' limit 1"

_NO = re.compile(
    r"^\W*(no|nop|nope|nel|nah)\b(?!\s+(hay|tengo|veo)\s+(problema|inconveniente))"
    r"|\bno\s+(\w+\s+)?(acepto|autorizo|quiero|gracias|estoy de acuerdo|doy)\b|\bprefiero\s+(que\s+)?no\b"
    r"|\b(do\s+not|don['\u2019]?t)\s+(agree|accept|consent|want)\b|\brather\s+not\b",
    re.IGNORECASE,
)
# "Si" without its accent is a yes only where no condition can follow: "si me llaman antes de las 5" is none.
_YES = re.compile(
    r"\bs[íÍ]\b|^\W*si+\s*($|[,.;!)]|claro|acepto|autorizo|por\s+(favor|supuesto)|gracias|est[aá]\s+bien|de\s+acuerdo|"
    r"adelante|quiero)|\b(acepto|autorizo|de\s+acuerdo|adelante|por\s+supuesto|claro(\s+que)?|con\s+gusto)\b"
    r"|^\W*(ok|okay|oki|va|vale|sale|dale|listo|perfecto|yes|yeah|yep|yup|sure|fine)\b"
    r"|\b(i\s+(agree|accept|consent|do)|agreed|of\s+course|go\s+ahead|no\s+(hay\s+)?(problema|problem))\b",
    re.IGNORECASE,
)


def answer_in(words: str) -> bool | None:
    """Whether these words say yes or no; None when they say neither."""
    if _NO.search(words):
        return False
    return True if _YES.search(words) else None


def choices(language: Language) -> tuple[Choice, Choice]:
    return Choice("yes", "Yes" if language == "en" else "Sí"), Choice("no", "No")


async def record(connection: AsyncConnection, turn: Turn, *, granted: bool, wording: str) -> None:
    where = (turn.agent.org_id, turn.contact_id, turn.conversation_id)
    await connection.execute(RECORD, (*where, granted, wording, turn.language))


async def is_answered(connection: AsyncConnection, turn: Turn) -> bool:
    """Whether this contact was asked once and answered, whatever the answer."""
    cursor = await connection.execute(ANSWERED, (turn.agent.org_id, turn.contact_id))
    return await cursor.fetchone() is not None
