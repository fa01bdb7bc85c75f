"""What a business knows, in entries that a person can read and correct."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field, SQLModel

from models.columns import Moment, made_by_database


class EntryLanguage(StrEnum):
    ES = "es"
    EN = "en"


class EntryStatus(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"


class KnowledgeEntry(SQLModel, table=True):
    """One answer to one kind of question; `examples` are the ways customers really ask it."""

    __tablename__ = "knowledge_entries"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    title: str
    body: str
    language: EntryLanguage = Field(default=EntryLanguage.ES, sa_type=Text)
    examples: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    status: EntryStatus = Field(default=EntryStatus.ACTIVE, sa_type=Text)
    source: str = ""
    exact: bool = False
    created_at: datetime = made_by_database(Moment)
    updated_at: datetime = made_by_database(Moment)
    updated_by: UUID | None = made_by_database(nullable=True)
