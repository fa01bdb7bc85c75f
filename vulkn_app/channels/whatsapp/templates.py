"""Templates as a number has them: which one does a job, what Meta says about them, and the news that cost money."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.whatsapp import Quality, TemplateCategory, TemplateStatus
from vulkn_app import live
from vulkn_app.channels.whatsapp import messages, problems, template_shapes
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.channels.whatsapp.template_pack import LOCALES, PACK, purpose_of
from vulkn_app.channels.whatsapp.template_shapes import Slot
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.i18n import Language

# One in the customer's language first, in any other before none. Only utility: a marketing message needs another yes,
# and another price.
READY = """
    select name, language, components from whatsapp_templates
    where org_id = %s and channel_id = %s and purpose = %s and status = 'approved' and category = 'utility'
    order by (language = %s) desc, (left(language, 2) = %s) desc, updated_at desc
"""
# An account's templates are those of every number that it has in this organization.
TOLD = """
    insert into whatsapp_templates as t (org_id, channel_id, name, language, category, status, reason, external_id, purpose)
    select n.org_id, n.channel_id, %(name)s, %(language)s, %(category)s, %(status)s, %(reason)s, %(id)s, %(purpose)s
    from whatsapp_numbers n where n.org_id = %(org)s and n.waba = %(waba)s
    on conflict (org_id, channel_id, name, language) do update
      set status = excluded.status, reason = excluded.reason, external_id = coalesce(excluded.external_id, t.external_id)
    returning 1
"""
SET = """
    update whatsapp_templates t set {column} = %(value)s
    from whatsapp_numbers n
    where n.org_id = t.org_id and n.channel_id = t.channel_id and n.waba = %(waba)s and t.org_id = %(org)s
      and t.name = %(name)s and t.language = %(language)s and t.{column} is distinct from %(value)s
    returning t.id
"""
QUALITY, CATEGORY = SET.format(column="quality"), SET.format(column="category")

# Meta's many words in ours. What is not here says nothing about whether it can be sent.
STATUSES = {
    "APPROVED": TemplateStatus.APPROVED,
    "REINSTATED": TemplateStatus.APPROVED,
    "UNPAUSED": TemplateStatus.APPROVED,
    "FLAGGED": TemplateStatus.APPROVED,  # it goes on being sent; the quality says that it may be paused
    "PENDING": TemplateStatus.PENDING,
    "IN_APPEAL": TemplateStatus.PENDING,
    "REJECTED": TemplateStatus.REJECTED,
    "LIMIT_EXCEEDED": TemplateStatus.REJECTED,
    "PAUSED": TemplateStatus.PAUSED,
    "DISABLED": TemplateStatus.DISABLED,
    "LOCKED": TemplateStatus.DISABLED,
    "ARCHIVED": TemplateStatus.DISABLED,
    "DELETED": TemplateStatus.DELETED,
    "PENDING_DELETION": TemplateStatus.DELETED,
}
WORRYING = (TemplateStatus.REJECTED, TemplateStatus.PAUSED, TemplateStatus.DISABLED)


# Of a header with a number, and of an address that a number completes: what an owner who adds one means by it.
ADDED = {"header": "business", "button": "code"}


def _meant(slot: Slot) -> str:
    return ADDED[slot.where] if slot.place.isdecimal() else slot.place


@dataclass(frozen=True)
class TemplateUse:
    """An approved template and how it is filled."""

    name: str
    language: str
    values: tuple[str, ...]
    components: list[dict[str, Any]] = field(repr=False)

    def body(self, values: Mapping[str, str]) -> dict[str, Any]:
        """For Graph.send, without whom it is for. A value that is not given is a dash: Meta wants them all."""
        return messages.template(
            self.name, self.language, template_shapes.parameters(self.components, self._given(values))
        )

    def text(self, values: Mapping[str, str]) -> str:
        """What the customer reads, for the thread."""
        return template_shapes.preview(self.components, self._given(values)).body

    def _given(self, values: Mapping[str, str]) -> dict[str, str]:
        """The body's in the pack's order; what an owner added at Meta, by its name or by what it is for."""
        wanted = template_shapes.slots(self.components)
        body = [slot.key for slot in wanted if slot.where == "body"]
        given = {key: values.get(name, "") for key, name in zip(body, self.values, strict=True)}
        return given | {slot.key: values.get(_meant(slot), "") for slot in wanted if slot.where in ADDED}


async def ready(agent: AgentKey, channel_id: UUID, purpose: str, language: Language) -> TemplateUse | None:
    """What may go out for this purpose when the 24 hours are over; None: nothing that Meta approved."""
    template = PACK.get(purpose)
    if template is None:
        return None
    asked = (agent.org_id, channel_id, purpose, LOCALES[language], language)
    async with as_agent(agent) as connection:
        rows = await (await connection.execute(READY, asked)).fetchall()
    for name, its_language, components in rows:
        fits = len(template_shapes.places(components)) == len(template.values)
        knows = all(
            _meant(slot) in template.values
            for slot in template_shapes.slots(components)
            if slot.where in ADDED
        )
        if fits and knows and template_shapes.simple(components):
            return TemplateUse(name, its_language, template.values, components)
    return None


async def handle_status(happened: Happened) -> None:
    """message_template_status_update."""
    item = happened.item
    status = STATUSES.get(str(item.get("event") or "").upper())
    name = str(item.get("message_template_name") or "")
    if status is None or not name:
        return
    row = {
        **_which(happened),
        "status": status.value,
        "reason": _reason(item),
        "category": _category(item.get("message_template_category")) or TemplateCategory.UTILITY.value,
        "id": str(item["message_template_id"])[:40] if item.get("message_template_id") else None,
        "purpose": purpose_of(name),
    }
    async with as_agent(happened.agent) as connection:
        known = await (await connection.execute(TOLD, row)).fetchone()
        if known and status in WORRYING:
            await _alert(connection, happened, f"template_{status}")
    _ring(happened)


async def handle_quality(happened: Happened) -> None:
    """message_template_quality_update."""
    quality = quality_of(happened.item.get("new_quality_score"))
    async with as_agent(happened.agent) as connection:
        row = {**_which(happened), "value": quality.value}
        changed = await (await connection.execute(QUALITY.encode(), row)).fetchone()
        if changed and quality is Quality.RED:
            await _alert(connection, happened, "template_quality")
    _ring(happened)


async def handle_category(happened: Happened) -> None:
    """template_category_update: Meta decides what a template is, and marketing costs several times as much."""
    category = _category(happened.item.get("new_category"))
    if category is None:
        return
    async with as_agent(happened.agent) as connection:
        row = {**_which(happened), "value": category}
        changed = await (await connection.execute(CATEGORY.encode(), row)).fetchone()
        if changed and category == TemplateCategory.MARKETING:
            await _alert(connection, happened, "template_marketing")
    _ring(happened)


def quality_of(told: Any) -> Quality:
    """Meta's word, or its word in an object."""
    score = told.get("score") if isinstance(told, dict) else told
    try:
        return Quality(str(score or "").lower())
    except ValueError:
        return Quality.UNKNOWN


async def _alert(connection: Any, happened: Happened, what: str) -> None:
    name, language = _which(happened)["name"], _which(happened)["language"]
    key = f"{name} {language} {what} {happened.at:%Y-%m-%d}"
    await problems.alert(connection, happened.agent, "template", key, what, subject=name)


def _which(happened: Happened) -> dict[str, Any]:
    item = happened.item
    return {
        "org": happened.agent.org_id,
        "waba": happened.waba,
        "name": str(item.get("message_template_name") or "")[:512],
        "language": str(item.get("message_template_language") or "")[:15],
    }


def _category(told: Any) -> str | None:
    word = str(told or "").lower()
    return word if word in {category.value for category in TemplateCategory} else None


def _reason(item: dict[str, Any]) -> str:
    """Meta's words, and what it recommends."""
    info = item.get("rejection_info")
    info = info if isinstance(info, dict) else {}
    code = str(item.get("reason") or "")
    parts = [info.get("reason"), info.get("recommendation")]
    told = " ".join(str(part) for part in parts if part) or ("" if code.upper() == "NONE" else code)
    return told[:500]


def _ring(happened: Happened) -> None:
    for noun in ("channel", "alert"):
        live.publish(live.Ring(happened.agent.org_id, noun))
