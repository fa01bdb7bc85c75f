"""Which skills an agent has, how they are set, and what they remember of a contact."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class AgentSkill(SQLModel, table=True):
    """`published` is what the agent uses; the database's skill_publish alone writes it, and its version."""

    __tablename__ = "agent_skills"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    enabled: bool = False
    draft: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    published: dict[str, Any] | None = made_by_database(Document, nullable=True)
    version: int = made_by_database()
    updated_at: datetime = made_by_database(Moment)


class SkillVersion(SQLModel, table=True):
    """What was published when, to go back to."""

    __tablename__ = "skill_versions"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    config: dict[str, Any] = made_by_database(Document)
    published_by: UUID | None = made_by_database(nullable=True)
    published_at: datetime = made_by_database(Moment)


class SkillState(SQLModel, table=True):
    """A form half filled in, the slots offered last."""

    __tablename__ = "skill_states"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(primary_key=True)
    skill: str = Field(primary_key=True)
    state: dict[str, Any] = Field(sa_type=Document)
    expires_at: datetime = Field(sa_type=Moment)
