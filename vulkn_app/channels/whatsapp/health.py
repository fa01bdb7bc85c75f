"""Whether a token and a number are well, by Meta's own word."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from models.whatsapp import NumberState, Quality
from vulkn_app.channels.whatsapp.refusals import WhatsAppRefused
from vulkn_app.channels.whatsapp.templates import quality_of
from vulkn_app.db import AgentKey, as_agent

NEEDED = ("whatsapp_business_management", "whatsapp_business_messaging")
FACTS = """
    update whatsapp_numbers
    set state = %(state)s, problem = %(problem)s, problem_code = %(code)s, quality = %(quality)s, tier = %(tier)s,
        display_phone = %(phone)s, verified_name = %(name)s, token_expires_at = %(expires)s,
        checked_at = clock_timestamp()
    where org_id = %(org)s and channel_id = %(channel)s
"""


@dataclass(frozen=True)
class Facts:
    """What Meta says of a number."""

    phone: str
    name: str
    quality: Quality
    tier: str | None
    registered: bool
    on_app: bool
    connected: bool


def good_token(facts: dict[str, Any], waba: str) -> datetime | None:
    """When it ends; None: never. Raises WhatsAppRefused for one that is no good for this account."""
    if not facts.get("is_valid"):
        raise WhatsAppRefused("whatsapp_token")
    scopes = set(facts.get("scopes") or ())
    if not scopes.issuperset(NEEDED):
        raise WhatsAppRefused("whatsapp_permission")
    for scope in facts.get("granular_scopes") or ():
        targets = (
            scope.get("target_ids") if isinstance(scope, dict) and scope.get("scope") in NEEDED else None
        )
        if targets and waba not in map(str, targets):
            raise WhatsAppRefused("whatsapp_not_in_account")
    ends = facts.get("expires_at")
    return datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and ends > 0 else None


def facts(told: dict[str, Any]) -> Facts:
    on_cloud = str(told.get("platform_type") or "").upper() == "CLOUD_API"
    connected = str(told.get("status") or "").upper() == "CONNECTED"
    tier = str(told.get("messaging_limit_tier") or "")
    return Facts(
        phone=str(told.get("display_phone_number") or "")[:32],
        name=str(told.get("verified_name") or "")[:200],
        quality=quality_of(told.get("quality_rating")),
        tier=tier[:40] or None,
        registered=on_cloud and connected,
        connected=connected,
        on_app=told.get("is_on_biz_app") is True,
    )


async def note(agent: AgentKey, channel_id: UUID, facts: Facts, expires: datetime | None) -> None:
    """It is well."""
    row = {
        "org": agent.org_id,
        "channel": channel_id,
        "state": NumberState.ACTIVE.value,
        "problem": None,
        "code": None,
        "quality": facts.quality.value,
        "tier": facts.tier,
        "phone": facts.phone,
        "name": facts.name,
        "expires": expires,
    }
    async with as_agent(agent) as connection:
        await connection.execute(FACTS, row)
