"""What can be wrong with a number or an account, and what an owner can do about it: a word each, with its two sentences
in locales/*/problems.json. `whatsapp_numbers.problem` and the details of alerts hold these words."""

from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from vulkn_app.db import AgentKey


class Problem(StrEnum):
    TOKEN = "token"  # expired, or somebody took it back
    PERMISSION = "permission"
    PAYMENT = "payment"
    BLOCKED = "blocked"
    RESTRICTED = "restricted"
    VIOLATION = "violation"
    DISABLED = "disabled"
    DELETED = "deleted"
    PHONE_IDLE = "phone_idle"  # coexistence ends when the app is not opened for two weeks
    PARTNER_REMOVED = "partner_removed"
    OFFBOARDED = "offboarded"
    DISCONNECTED = "disconnected"
    QUALITY = "quality"
    FLAGGED = "flagged"
    NAME_DECLINED = "name_declined"
    SPAM = "spam"
    RATE = "rate"
    NOT_REGISTERED = "not_registered"
    REVIEW_REJECTED = "review_rejected"
    META = "meta"  # anything else that Meta reports


# Meta's codes for what is wrong with a number or an account, not with one message (FIELD 4.5).
CODES: dict[int, Problem] = {
    0: Problem.TOKEN,
    190: Problem.TOKEN,
    3: Problem.PERMISSION,
    10: Problem.PERMISSION,
    368: Problem.BLOCKED,
    131031: Problem.BLOCKED,
    130497: Problem.BLOCKED,
    131042: Problem.PAYMENT,
    131045: Problem.NOT_REGISTERED,
    133010: Problem.NOT_REGISTERED,
    131048: Problem.SPAM,
    131064: Problem.SPAM,
    4: Problem.RATE,
    80007: Problem.RATE,
    130429: Problem.RATE,
    **dict.fromkeys(range(200, 300), Problem.PERMISSION),
}

ALERT = """
    insert into alerts (org_id, kind, key, detail) values (%s, %s, %s, %s) on conflict (org_id, kind, key) do nothing
"""


def of_code(code: int) -> Problem:
    return CODES.get(code, Problem.META)


async def alert(
    connection: AsyncConnection[Any],
    agent: AgentKey,
    kind: str,
    key: str,
    what: str,
    *,
    subject: str = "",
    code: int | None = None,
) -> None:
    """Once a `key`. `what` is a word of the problems locale; `subject` what it is about, a template's name for one."""
    detail = {"what": what, "subject": subject[:120]} | ({"code": code} if code is not None else {})
    await connection.execute(ALERT, (agent.org_id, kind, key[:200], Jsonb(detail)))
