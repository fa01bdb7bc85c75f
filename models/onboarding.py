"""How far an organization is on its way to an agent that answers, and where its widget was seen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class Onboarding(SQLModel, table=True):
    """The guide of one organization. Comes with founding it; `opened_at` is the database's own."""

    __tablename__ = "onboardings"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    step: int = 2
    marks: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    created_at: datetime = made_by_database(Moment)
    opened_at: datetime | None = made_by_database(Moment, nullable=True)


class WidgetSighting(SQLModel, table=True):
    """A website whose page asked for the widget's settings."""

    __tablename__ = "widget_sightings"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    origin: str = Field(primary_key=True)
    first_at: datetime = made_by_database(Moment)
    last_at: datetime = made_by_database(Moment)
