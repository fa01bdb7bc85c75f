"""Every skill there is, and which of them an agent has: enabled, published, in the plan, and valid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError

from vulkn_app.llm.asks import ToolSpec
from vulkn_app.skills import booking, faq, handoff, http_action, intake, lead_capture, reminders
from vulkn_app.skills.base import TIERS, Skill, SkillConfig, Tier, Tool

log = structlog.get_logger()

# In the order in which they are asked what to do where there is no model: who is in danger comes first.
ALL: Mapping[str, Skill[Any]] = {
    module.SKILL.key: module.SKILL
    for module in (handoff, booking, reminders, intake, lead_capture, faq, http_action)
}
# What every agent does before its owner set anything up.
FROM_THE_START = ("faq", "lead_capture", "handoff")


@dataclass(frozen=True)
class Offered:
    """A skill under the configuration that its owner published."""

    skill: Skill[Any]
    config: SkillConfig

    @property
    def tools(self) -> tuple[Tool[Any, Any], ...]:
        return self.skill.tools_for(self.config)


@dataclass(frozen=True)
class Stored:
    """A row of agent_skills, as far as the engine is concerned."""

    key: str
    enabled: bool
    published: dict[str, Any] | None


def in_plan(tier: Tier, plan: str) -> bool:
    return TIERS.index(tier) <= TIERS.index(plan) if plan in TIERS else False


def offered(plan: str, rows: Iterable[Stored]) -> tuple[Offered, ...]:
    """In the catalogue's order, so that the prompt's bytes stay. What is above the plan is not there at all."""
    stored = {row.key: row for row in rows}
    found = (_one(skill, stored.get(key)) for key, skill in ALL.items() if in_plan(skill.tier, plan))
    return tuple(one for one in found if one)


def _one(skill: Skill[Any], row: Stored | None) -> Offered | None:
    if row is None:
        return Offered(skill, skill.config()) if skill.key in FROM_THE_START else None
    if not row.enabled or row.published is None:
        return None
    try:
        return Offered(skill, skill.config.model_validate(row.published))
    except ValidationError:  # published under an older version of the skill
        log.warning("skill.invalid", skill=skill.key)
        return None


@dataclass(frozen=True)
class Toolbox:
    """The tools that a model may call, by name."""

    owners: Mapping[str, tuple[Offered, Tool[Any, Any]]]

    @classmethod
    def of(cls, skills: Iterable[Offered]) -> "Toolbox":
        return cls({tool.name: (one, tool) for one in skills for tool in one.tools})

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(tool.spec() for _, tool in self.owners.values())
