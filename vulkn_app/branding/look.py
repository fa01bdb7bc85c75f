"""How the chat looks, as its owner sets it up; the look before the last change stays, as the way back."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vulkn_app import live
from vulkn_app.branding import logos
from vulkn_app.contrast import OURS
from vulkn_app.db import Member, as_member
from vulkn_app.errors import BadInput, NotAllowed, NotFound
from vulkn_app.texts import Text

# The row lock keeps two who save at once from losing a way back.
CURRENT = text("""
    select o.branding, a.id, a.name, a.greeting_es, a.greeting_en
    from organizations o join agents a on a.org_id = o.id
    where o.id = :org_id order by a.id limit 1
""")
HOLD = text("select 1 from organizations where id = :org_id for update")
KEEP = text("update organizations set branding = branding || cast(:look as jsonb) where id = :org_id")
GREET = text("""
    update agents set greeting_es = :greeting_es, greeting_en = :greeting_en where org_id = :org_id and id = :agent_id
""")
KNOWN_LOGO = text("select 1 from logos where org_id = :org_id and digest = :digest")

Colour = Annotated[
    str,
    BeforeValidator(lambda typed: f"#{str(typed).strip().lower().lstrip('#')}"),
    Field(pattern="^#[0-9a-f]{6}$"),
]


class LookForm(BaseModel):
    """`logo` is the address that `logos.address` gave, or nothing."""

    color: Colour = OURS
    position: Literal["left", "right"] = "right"
    logo: str = Field(default="", max_length=500)
    greeting_es: Text = Field(default="", max_length=500)
    greeting_en: Text = Field(default="", max_length=500)


class Look(LookForm):
    """With what else the preview needs; `before`: there is a look to go back to."""

    agent_id: UUID
    agent: str
    suggestions: dict[str, list[str]] = {}
    before: bool = False


async def current(member: Member) -> Look:
    async with as_member(member) as session:
        return _look(*await _rows(session, member))


async def save(member: Member, form: LookForm) -> None:
    """Raises NotAllowed for a plain member, BadInput for a logo that is not the organization's."""
    async with as_member(member) as session:
        await session.execute(HOLD, {"org_id": member.org_id})
        branding, agent = await _rows(session, member)
        await _replace(session, member, form, branding, agent)
    live.publish(live.Ring(member.org_id, "organization"))


async def back(member: Member) -> None:
    """The look before the last change comes back, and that one becomes the one before."""
    async with as_member(member) as session:
        await session.execute(HOLD, {"org_id": member.org_id})
        branding, agent = await _rows(session, member)
        if "before" not in branding:
            raise NotFound
        await _replace(session, member, LookForm.model_validate(branding["before"]), branding, agent)
    live.publish(live.Ring(member.org_id, "organization"))


async def _replace(
    session: AsyncSession, member: Member, form: LookForm, branding: dict[str, Any], agent: dict[str, Any]
) -> None:
    now = LookForm.model_validate(_look(branding, agent).model_dump())
    if form == now:
        return
    known = (now.logo, branding.get("before", {}).get("logo", ""), "")
    if form.logo not in known:
        asked = {"org_id": member.org_id, "digest": logos.digest_of(form.logo)}
        if (await session.execute(KNOWN_LOGO, asked)).first() is None:
            raise BadInput
    look = {
        "color": form.color,
        "position": form.position,
        "logo_url": form.logo or None,
        "before": now.model_dump(mode="json"),
    }
    kept = await session.execute(KEEP, {"look": json.dumps(look), "org_id": member.org_id})
    greeted = await session.execute(
        GREET,
        {
            "greeting_es": form.greeting_es,
            "greeting_en": form.greeting_en,
            "org_id": member.org_id,
            "agent_id": agent["id"],
        },
    )
    # The policies hide from an update what a person may not change: no row is a refusal.
    if not kept.rowcount or not greeted.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        raise NotAllowed


async def _rows(session: AsyncSession, member: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    row = (await session.execute(CURRENT, {"org_id": member.org_id})).mappings().first()
    if row is None:
        raise NotFound
    agent = {key: row[key] for key in ("id", "name", "greeting_es", "greeting_en")}
    return row["branding"], agent


def _look(branding: dict[str, Any], agent: dict[str, Any]) -> Look:
    """What an older hand wrote into `branding` need not be well-formed."""
    position = branding.get("position")
    try:
        color = LookForm.model_validate({"color": branding.get("color", OURS)}).color
    except ValueError:
        color = OURS
    return Look(
        color=color,
        position="left" if position == "left" else "right",
        logo=branding.get("logo_url") or "",
        greeting_es=agent["greeting_es"],
        greeting_en=agent["greeting_en"],
        agent_id=agent["id"],
        agent=agent["name"],
        suggestions=branding.get("suggestions") or {},
        before="before" in branding,
    )
