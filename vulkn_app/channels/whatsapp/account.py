"""News about a business's account at Meta: what it means for its numbers, and what the owner can do.

Meta names the account (WABA) and seldom a number: the news are for all numbers of that account, in this organization
only. Events as in Meta's account_update reference and the fixtures in tests/data."""

from dataclasses import dataclass
from typing import Any

from vulkn_app import live
from vulkn_app.channels.whatsapp import problems
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.channels.whatsapp.problems import Problem
from vulkn_app.db import as_agent

# An older word never undoes a newer one, nor what was connected after it. Meta counts in whole seconds.
MARK = """
    update whatsapp_numbers set state = %(state)s, problem = %(problem)s, problem_code = %(code)s, checked_at = %(at)s
    where org_id = %(org)s and waba = %(waba)s and date_trunc('second', connected_at) <= %(at)s
      and date_trunc('second', coalesce(checked_at, '-infinity')) <= %(at)s
      and problem is distinct from 'disconnected' and (%(phone)s = '' or
        regexp_replace(display_phone, '\\D', '', 'g') = regexp_replace(%(phone)s, '\\D', '', 'g'))
"""
HEALED = """
    update whatsapp_numbers set state = 'active', problem = null, problem_code = null, checked_at = %(at)s
    where org_id = %(org)s and waba = %(waba)s and date_trunc('second', connected_at) <= %(at)s and problem = any (%(problems)s)
"""
TIER = """
    update whatsapp_numbers set tier = %(tier)s where org_id = %(org)s and waba = %(waba)s
"""


@dataclass(frozen=True)
class Meaning:
    """What a piece of news makes of a number: its state, and the word for why."""

    state: str
    problem: Problem


EVENTS: dict[str, Meaning] = {
    "PARTNER_REMOVED": Meaning("down", Problem.PARTNER_REMOVED),
    "PARTNER_APP_UNINSTALLED": Meaning("down", Problem.PARTNER_REMOVED),
    "ACCOUNT_OFFBOARDED": Meaning("down", Problem.OFFBOARDED),
    "ACCOUNT_DELETED": Meaning("down", Problem.DELETED),
    "DISABLED_UPDATE": Meaning("down", Problem.DISABLED),
    "ACCOUNT_RESTRICTION": Meaning("restricted", Problem.RESTRICTED),
    "ACCOUNT_VIOLATION": Meaning("restricted", Problem.VIOLATION),
}
# What ends what: Meta lifted it, or the owner connected the app again.
RELIEF = {
    "ACCOUNT_RECONNECTED": [Problem.OFFBOARDED, Problem.PHONE_IDLE, Problem.PARTNER_REMOVED],
    "PARTNER_ADDED": [Problem.PARTNER_REMOVED],
    "REINSTATE": [Problem.DISABLED, Problem.VIOLATION, Problem.RESTRICTED],
}
# Reasons of a disconnection that the owner mends on the phone.
ON_THE_PHONE = {"PRIMARY_INACTIVITY", "PRIMARY_DEVICE_INACTIVITY"}


async def handle(happened: Happened) -> None:
    """account_update, account_review_update, account_alerts."""
    value = happened.item
    match happened.payload.get("field"):
        case "account_review_update":
            if str(value.get("decision") or "").upper() == "REJECTED":
                await _mark(happened, Meaning("restricted", Problem.REVIEW_REJECTED))
        case "account_alerts":
            await _alerts(happened)
        case _:
            await _updated(happened, str(value.get("event") or "").upper())


async def capability(happened: Happened) -> None:
    """business_capability_update: to how many people a day messages may be sent first."""
    told = happened.item.get("max_daily_conversations_per_business") or happened.item.get(
        "max_daily_conversation_per_phone"
    )
    if told is None:
        return
    async with as_agent(happened.agent) as connection:
        row = {"tier": str(told)[:40], "org": happened.agent.org_id, "waba": happened.waba}
        await connection.execute(TIER, row)
    live.publish(live.Ring(happened.agent.org_id, "channel"))


async def error(happened: Happened) -> None:
    """`errors` of a delivery that names no message: something is wrong with the number or the account."""
    code = happened.item.get("code")
    code = code if isinstance(code, int) else 0
    found = problems.of_code(code) if code else Problem.META
    # Too much at once passes by itself; the pace is the sender's matter.
    if found is Problem.RATE:
        return
    state = {
        Problem.TOKEN: "reauth",
        Problem.PERMISSION: "reauth",
        Problem.BLOCKED: "restricted",
        Problem.PAYMENT: "restricted",
    }.get(found)
    if state:
        await _mark(happened, Meaning(state, found), code=code)
        return
    await _tell(happened, found, code=code)


async def _updated(happened: Happened, event: str) -> None:
    value = happened.item
    banned = _dict(value.get("ban_info"))
    if event == "DISABLED_UPDATE" and str(banned.get("waba_ban_state") or "").upper() == "REINSTATE":
        event = "REINSTATE"
    if event in RELIEF:
        await _heal(happened, RELIEF[event])
        return
    meaning = EVENTS.get(event)
    if meaning is None:
        return
    if str(_dict(value.get("disconnection_info")).get("reason") or "").upper() in ON_THE_PHONE:
        meaning = Meaning("down", Problem.PHONE_IDLE)
    await _mark(happened, meaning, subject=_violation(value))


async def _alerts(happened: Happened) -> None:
    """Meta's own warnings, with its word for what they are about."""
    value = happened.item
    if str(value.get("alert_status") or "").upper() in ("NONE", "RESOLVED"):
        return
    await _tell(happened, Problem.META, subject=str(value.get("alert_type") or ""))


async def _mark(happened: Happened, meaning: Meaning, *, subject: str = "", code: int | None = None) -> None:
    row = {
        "state": meaning.state,
        "problem": meaning.problem.value,
        "code": code,
        "at": happened.at,
        "org": happened.agent.org_id,
        "waba": happened.waba,
        "phone": str(happened.item.get("phone_number") or ""),
    }
    async with as_agent(happened.agent) as connection:
        changed = (await connection.execute(MARK, row)).rowcount
        if changed:
            await _alert(connection, happened, meaning.problem, subject, code)
    _ring(happened)


async def _heal(happened: Happened, over: list[Problem]) -> None:
    row = {"at": happened.at, "org": happened.agent.org_id, "waba": happened.waba}
    async with as_agent(happened.agent) as connection:
        await connection.execute(HEALED, {**row, "problems": [problem.value for problem in over]})
    _ring(happened)


async def _tell(happened: Happened, problem: Problem, *, subject: str = "", code: int | None = None) -> None:
    async with as_agent(happened.agent) as connection:
        await _alert(connection, happened, problem, subject, code)
    _ring(happened)


async def _alert(
    connection: Any, happened: Happened, problem: Problem, subject: str, code: int | None
) -> None:
    """Once a day for one thing of one account."""
    key = f"{happened.waba} {problem} {subject} {happened.at:%Y-%m-%d}"
    await problems.alert(
        connection, happened.agent, "channel", key, problem.value, subject=subject, code=code
    )


def _ring(happened: Happened) -> None:
    for noun in ("channel", "alert"):
        live.publish(live.Ring(happened.agent.org_id, noun))


def _violation(value: dict[str, Any]) -> str:
    """Meta's word for what was broken or restricted."""
    broken = _dict(value.get("violation_info")).get("violation_type")
    restricted = value.get("restriction_info")
    if not broken and isinstance(restricted, list) and restricted:
        broken = _dict(restricted[0]).get("restriction_type")
    return str(broken or "")[:120]


def _dict(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}
