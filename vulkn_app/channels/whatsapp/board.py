"""What people of a business see of WhatsApp: the number and its templates. Under their own rights."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from models.whatsapp import HistoryState, NumberMode, NumberState, Quality, TemplateCategory, TemplateStatus
from vulkn_app import live
from vulkn_app.channels.whatsapp import template_shapes
from vulkn_app.channels.whatsapp.template_shapes import Preview, Slot
from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotAllowed, NotFound
from vulkn_app.written import number

NUMBERS = text("""
    select n.channel_id, coalesce(c.external_id, '') as phone_number_id, n.waba, n.display_phone, n.verified_name, n.mode, n.state,
           coalesce(n.problem, '') as problem, n.problem_code, n.quality, coalesce(n.tier, '') as tier, n.history_state,
           n.history_progress, n.connected_at, n.checked_at, c.status = 'paused' as paused, n.token_expires_at,
           coalesce(n.token_expires_at < now() + interval '7 days', false) as token_ends_soon
    from whatsapp_numbers n join channels c on c.org_id = n.org_id and c.id = n.channel_id
    where n.org_id = :org_id order by n.connected_at, n.channel_id
""")
TEMPLATES = text("""
    select id, name, language, category, status, quality, reason, purpose, components from whatsapp_templates
    where org_id = :org_id and channel_id = :channel_id and status <> 'deleted'
    order by name, language limit 500
""")
WHOSE = text("""
    select c.channel_id, coalesce(k.name, '') as name from conversations c
    join contacts k on k.org_id = c.org_id and k.id = c.contact_id where c.org_id = :org_id and c.id = :id
""")
PAUSE = text("""
    update channels set status = :status
    where org_id = :org_id and id = :id and kind = 'whatsapp' and external_id is not null returning 1
""")
_GREETED = re.compile(
    r"\b(?:hola|hi|hello|hey|buen[oa]s (?:d[ií]as|tardes|noches))[,\s]*\{\{\s*(\w+)\s*\}\}", re.IGNORECASE
)
_NAMES = {"nombre", "name", "customer_name", "first_name", "cliente"}


class NumberRow(BaseModel):
    """A connected number and how it is. `people`: how many may be written to first in a day, worded ("1,000");
    "unlimited", or nothing where Meta did not say."""

    channel_id: UUID
    phone_number_id: str
    waba: str
    display_phone: str
    verified_name: str
    mode: NumberMode
    state: NumberState
    problem: str
    problem_code: int | None
    quality: Quality
    people: str
    history_state: HistoryState
    history_progress: int
    connected_at: datetime
    checked_at: datetime | None
    paused: bool
    token_expires_at: datetime | None
    token_ends_soon: bool


class TemplateRow(BaseModel):
    """A template of a number, in one language, as it reads with its examples. `slots`: what is to be filled in;
    `simple`: that is all it takes, so that a person can send it."""

    id: str
    name: str
    language: str
    category: TemplateCategory
    status: TemplateStatus
    quality: Quality
    reason: str
    purpose: str
    preview: Preview
    slots: list[Slot]
    simple: bool


class ForWriting(BaseModel):
    """The approved templates of a conversation's number that a person can send, their components by id, and what
    the customer is called."""

    rows: list[TemplateRow]
    components: dict[str, list[dict[str, Any]]]
    name: str


async def numbers(member: Member) -> list[NumberRow]:
    async with as_member(member) as session:
        found = await session.execute(NUMBERS, {"org_id": member.org_id})
        return [
            NumberRow.model_validate({**row, "people": people_of(row["tier"])}) for row in found.mappings()
        ]


async def pause(member: Member, channel_id: UUID, paused: bool) -> None:
    """Nothing goes out while it is paused; what comes in is kept. Raises NotAllowed, also for what is not theirs."""
    asked = {"org_id": member.org_id, "id": channel_id, "status": "paused" if paused else "active"}
    async with as_member(member) as session:
        # The policy hides from an update what a person may not change: no row is a refusal.
        if (await session.execute(PAUSE, asked)).first() is None:
            raise NotAllowed
    live.publish(live.Ring(member.org_id, "channel"))


def people_of(tier: str) -> str:
    """Meta's TIER_250, TIER_1K, TIER_UNLIMITED, or a bare number."""
    found = re.fullmatch(r"(?:TIER_)?(\d+)(K)?", tier.upper())
    if found:
        return number(int(found[1]) * (1000 if found[2] else 1))
    return "unlimited" if "UNLIMITED" in tier.upper() else ""


async def templates(member: Member, channel_id: UUID) -> list[TemplateRow]:
    return [_template(row) for row in await _templates(member, channel_id)]


async def templates_for(member: Member, conversation_id: UUID) -> ForWriting:
    """Raises NotFound."""
    asked = {"org_id": member.org_id, "id": conversation_id}
    async with as_member(member) as session:
        whose = (await session.execute(WHOSE, asked)).mappings().first()
    if whose is None:
        raise NotFound
    found = await _templates(member, whose["channel_id"])
    rows = [row for row in map(_template, found) if row.simple and row.status is TemplateStatus.APPROVED]
    components = {str(row["id"]): row["components"] for row in found}
    return ForWriting(rows=rows, components={row.id: components[row.id] for row in rows}, name=whose["name"])


def greeting(components: list[dict[str, Any]], name: str) -> dict[str, str]:
    """The customer's first name where the template greets them with it; a person reads it before it goes out."""
    if not name.split():
        return {}
    body = next((str(part.get("text") or "") for part in components if part.get("type") == "BODY"), "")
    greeted = set(_GREETED.findall(body))
    wanted = [place for place in template_shapes.places(components) if place in greeted | _NAMES]
    return {place: name.split()[0] for place in wanted}


async def _templates(member: Member, channel_id: UUID) -> list[Mapping[Any, Any]]:
    async with as_member(member) as session:
        found = await session.execute(TEMPLATES, {"org_id": member.org_id, "channel_id": channel_id})
        return list(found.mappings())


def _template(row: Mapping[Any, Any]) -> TemplateRow:
    components = row["components"] or []
    read = {
        "id": str(row["id"]),
        "reason": row["reason"] or "",
        "purpose": row["purpose"] or "",
        "preview": template_shapes.preview(components),
        "slots": template_shapes.slots(components),
        "simple": template_shapes.simple(components),
    }
    return TemplateRow.model_validate({**row, **read})
