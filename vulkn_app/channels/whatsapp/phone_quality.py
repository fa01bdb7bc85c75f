"""News about one number: how its messages are received, how many people it may write to first, and its name.

Meta names the number as it is shown, under its account."""

from typing import Any

from vulkn_app import live
from vulkn_app.channels.whatsapp import problems
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.channels.whatsapp.problems import Problem
from vulkn_app.db import as_agent

WHICH = """
    org_id = %(org)s and waba = %(waba)s
    and regexp_replace(display_phone, '\\D', '', 'g') = regexp_replace(%(phone)s, '\\D', '', 'g')
"""
TIER = f"update whatsapp_numbers set tier = coalesce(%(tier)s, tier), quality = coalesce(%(quality)s, quality) where {WHICH}"
NAME = f"update whatsapp_numbers set verified_name = %(name)s where {WHICH}"
# What Meta says when people complain, and when they stopped. FLAGGED is the last word before a lower limit.
QUALITIES = {"FLAGGED": "red", "UNFLAGGED": "green", "DOWNGRADE": "red"}


async def handle(happened: Happened) -> None:
    """phone_number_quality_update."""
    value = happened.item
    event = str(value.get("event") or "").upper()
    tier = value.get("current_limit") or value.get("max_daily_conversations_per_business")
    row = {**_where(happened), "tier": str(tier)[:40] if tier else None, "quality": QUALITIES.get(event)}
    async with as_agent(happened.agent) as connection:
        changed = (await connection.execute(TIER, row)).rowcount
        if changed and event in ("FLAGGED", "DOWNGRADE"):
            problem = Problem.FLAGGED if event == "FLAGGED" else Problem.QUALITY
            await _alert(connection, happened, problem)
    _ring(happened)


async def name(happened: Happened) -> None:
    """phone_number_name_update: Meta decided about the name that customers see."""
    value = happened.item
    decision = str(value.get("decision") or "").upper()
    async with as_agent(happened.agent) as connection:
        if decision == "APPROVED":
            row = {**_where(happened), "name": str(value.get("requested_verified_name") or "")[:200]}
            await connection.execute(NAME, row)
        elif decision in ("REJECTED", "DECLINED"):
            await _alert(connection, happened, Problem.NAME_DECLINED)
    _ring(happened)


async def _alert(connection: Any, happened: Happened, problem: Problem) -> None:
    phone = str(happened.item.get("display_phone_number") or "")
    key = f"{happened.waba} {phone} {problem} {happened.at:%Y-%m-%d}"
    await problems.alert(connection, happened.agent, "channel", key, problem.value)


def _where(happened: Happened) -> dict[str, Any]:
    return {
        "org": happened.agent.org_id,
        "waba": happened.waba,
        "phone": str(happened.item.get("display_phone_number") or ""),
    }


def _ring(happened: Happened) -> None:
    for noun in ("channel", "alert"):
        live.publish(live.Ring(happened.agent.org_id, noun))
