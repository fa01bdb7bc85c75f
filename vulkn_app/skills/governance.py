"""How an owner sets a skill up: draft, publish, take back. What is published counts from the next turn on."""

from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vulkn_app import live
from vulkn_app.db import Member, as_member
from vulkn_app.errors import BadInput, NotAllowed, NotFound
from vulkn_app.skills.base import Skill, Tier
from vulkn_app.skills.catalogue import ALL, FROM_THE_START, in_plan

ROWS = text("select key, enabled, draft, published, version from agent_skills where org_id = :org_id")
PLAN = text("select plan from organizations where id = :org_id")
DRAFT = text("""
    insert into agent_skills (org_id, key, draft) values (:org_id, :key, cast(:config as jsonb))
    on conflict (org_id, key) do update set draft = excluded.draft
""")
PUBLISH = text("select app.skill_publish(:org_id, :key, cast(:config as jsonb))")
ENABLE = text("update agent_skills set enabled = :enabled where org_id = :org_id and key = :key returning 1")
VERSIONS = text("""
    select version, config, published_at from skill_versions
    where org_id = :org_id and key = :key order by version desc limit 20
""")


class SkillProblem(BadInput):
    """`fields`: what is wrong where, in the words of the check."""

    code = "skill_invalid"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__()
        self.fields = fields


class SkillCard(BaseModel):
    """A skill as its owner sees it in the catalogue."""

    key: str
    tier: Tier
    in_plan: bool
    enabled: bool
    version: int
    config: dict[str, Any]
    published: dict[str, Any] | None
    fields: dict[str, Any]

    @property
    def unpublished(self) -> bool:
        return self.config != self.published


async def catalogue(member: Member) -> list[SkillCard]:
    async with as_member(member) as session:
        plan = (await session.execute(PLAN, {"org_id": member.org_id})).scalar_one()
        rows = (await session.execute(ROWS, {"org_id": member.org_id})).mappings()
        stored = {row["key"]: dict(row) for row in rows}
    return [_card(skill, plan, stored.get(key)) for key, skill in ALL.items()]


async def save_draft(member: Member, key: str, config: dict[str, Any]) -> None:
    """Keeps it without using it. Raises SkillProblem when it could not be published as it is."""
    checked = _checked(_skill(key), config)
    async with as_member(member) as session:
        await session.execute(DRAFT, {"org_id": member.org_id, "key": key, "config": checked})


async def publish(member: Member, key: str, config: dict[str, Any]) -> int:
    """Its new version, used from the next turn on. Raises SkillProblem; NotAllowed above the plan."""
    skill = _skill(key)
    checked = _checked(skill, config)
    async with as_member(member) as session:
        await _in_plan(session, member, skill)
        asked = {"org_id": member.org_id, "key": key, "config": checked}
        version = (await session.execute(PUBLISH, asked)).scalar_one()
    live.publish(live.Ring(member.org_id, "agent"))
    return version


async def roll_back(member: Member, key: str, version: int) -> int:
    """Publishes an older version again, as a new one."""
    old = next((row["config"] for row in await versions(member, key) if row["version"] == version), None)
    if old is None:
        raise NotFound
    return await publish(member, key, old)


async def versions(member: Member, key: str) -> list[dict[str, Any]]:
    async with as_member(member) as session:
        rows = await session.execute(VERSIONS, {"org_id": member.org_id, "key": _skill(key).key})
        return [dict(row) for row in rows.mappings()]


async def enable(member: Member, key: str, enabled: bool) -> None:
    """Switches a published skill on or off; one that every agent begins with is published as it comes. NotAllowed
    for switching on what is above the plan: it stays as it is set up, and comes back with the plan."""
    skill = _skill(key)
    async with as_member(member) as session:
        if enabled:
            await _in_plan(session, member, skill)
        asked = {"org_id": member.org_id, "key": key, "enabled": enabled}
        found = (await session.execute(ENABLE, asked)).first()
    live.publish(live.Ring(member.org_id, "agent"))
    if found is None:
        if key not in FROM_THE_START:
            raise NotFound
        await publish(member, key, skill.config().model_dump(mode="json"))
        if not enabled:
            await enable(member, key, enabled)


async def _in_plan(session: AsyncSession, member: Member, skill: Skill[Any]) -> None:
    plan = (await session.execute(PLAN, {"org_id": member.org_id})).scalar_one_or_none()
    if not in_plan(skill.tier, plan or ""):
        raise NotAllowed("plan_too_small")


def _skill(key: str) -> Skill[Any]:
    if key not in ALL:
        raise NotFound
    return ALL[key]


def _checked(skill: Skill[Any], config: dict[str, Any]) -> str:
    try:
        return skill.config.model_validate(config).model_dump_json()
    except ValidationError as problem:
        wrong = {".".join(map(str, error["loc"])): error["msg"] for error in problem.errors()}
        raise SkillProblem(wrong) from None


def _card(skill: Skill[Any], plan: str, row: dict[str, Any] | None) -> SkillCard:
    default = skill.config().model_dump(mode="json") if _complete(skill) else {}
    from_the_start = skill.key in FROM_THE_START
    if row is None:
        row = {
            "enabled": from_the_start,
            "version": 0,
            "draft": default,
            "published": default if from_the_start else None,
        }
    return SkillCard(
        key=skill.key,
        tier=skill.tier,
        in_plan=in_plan(skill.tier, plan),
        enabled=row["enabled"],
        version=row["version"],
        config=_as_now(skill, row["draft"]) or default,
        published=_as_now(skill, row["published"]),
        fields=skill.config.model_json_schema(),
    )


def _as_now(skill: Skill[Any], stored: Any) -> Any:
    """What was stored under an older version of the skill, in today's shape; as it is where it has none."""
    try:
        return skill.config.model_validate(stored).model_dump(mode="json")
    except ValidationError:
        return stored


def _complete(skill: Skill[Any]) -> bool:
    """Whether the skill works as it comes, without anything filled in."""
    try:
        skill.config()
    except ValidationError:
        return False
    return True
