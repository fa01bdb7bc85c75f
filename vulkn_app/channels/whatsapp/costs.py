"""What Meta charges, by its own word in the statuses: one ledger row a message, in the month's cost at once.

Rates are data (`app.whatsapp_rates`); the country is that of the recipient's number. A message that Meta calls free
(its monthly allowance of service messages, an ad's 72 hours) has a row and costs nothing; one for which the card has
no rate has a row without a cost, and is shown so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from vulkn_app import live
from vulkn_app.channels.whatsapp import phones
from vulkn_app.db import AgentKey, engine_call

NOTE = "select app.note_cost(%s, %s)"


async def note(
    agent: AgentKey, status: Mapping[str, Any], at: datetime, channel_id: UUID | None = None
) -> bool:
    """`status`: one item of Meta's `statuses`. Whether it changed the ledger; safe to repeat, in any order."""
    cost = _cost(status, at, channel_id)
    if cost is None or not await engine_call(NOTE, (agent.org_id, Jsonb(cost))):
        return False
    live.publish(live.Ring(agent.org_id, "usage"))
    if cost["category"] == "general_purpose_ai":
        live.publish(live.Ring(agent.org_id, "alert"))
    return True


def _cost(status: Mapping[str, Any], at: datetime, channel_id: UUID | None) -> dict[str, Any] | None:
    """None: nothing about money. A failure says nothing of it and still takes back what was counted."""
    pricing = status.get("pricing")
    failed = status.get("status") == "failed"
    if not status.get("id") or not (failed or isinstance(pricing, Mapping)):
        return None
    told: Mapping[str, Any] = pricing if isinstance(pricing, Mapping) else {}
    phone = str(status.get("recipient_id") or "")
    return {
        "wamid": str(status["id"])[:200],
        "state": str(status.get("status") or ""),
        "category": _word(told.get("category")) or None,
        "kind": _word(told.get("type")) or ("regular" if told.get("billable") else "free"),
        "billable": told.get("billable") is True,
        "country": _country(phone, str(status.get("recipient_user_id") or "")),
        "at": at.isoformat(),
        "channel": str(channel_id) if channel_id else None,
        "user": str(status.get("recipient_user_id") or ""),
        "phone": phones.key(phone) if phone.isdecimal() else "",
    }


def _country(phone: str, user_id: str) -> str:
    """Of somebody who shows no number, Meta's id of them begins with their country."""
    if phone.isdecimal():
        return phones.country(phone)
    country = user_id.partition(".")[0]
    return country if len(country) == 2 and country.isascii() and country.isupper() else ""


def _word(value: object) -> str:
    return str(value or "").strip().lower()[:60]
