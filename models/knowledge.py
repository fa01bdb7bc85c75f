"""What a business knows, in entries that a person can read and correct."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class EntryLanguage(StrEnum):
    ES = "es"
    EN = "en"


class EntryStatus(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"
    DRAFT = "draft"


class EntryKind(StrEnum):
    FAQ = "faq"
    NOTE = "note"
    PRICE = "price"
    DOCUMENT = "document"


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
    source_id: UUID | None = made_by_database(nullable=True)
    kind: EntryKind = Field(default=EntryKind.FAQ, sa_type=Text)
    valid_from: date | None = None
    valid_until: date | None = None
    review_by: date | None = None
    twin_id: UUID | None = None
    created_at: datetime = made_by_database(Moment)
    updated_at: datetime = made_by_database(Moment)
    updated_by: UUID | None = made_by_database(nullable=True)


class VersionVerb(StrEnum):
    UPDATE = "update"
    DELETE = "delete"


class KnowledgeVersion(SQLModel, table=True):
    """What an entry was before a change or a deletion; written by the database alone."""

    __tablename__ = "knowledge_versions"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    entry_id: UUID
    change: UUID
    verb: VersionVerb = Field(sa_type=Text)
    entry: dict[str, Any] = Field(sa_type=Document)
    at: datetime = made_by_database(Moment)
    changed_by: UUID | None = None
    days_kept: int = 30


class KnowledgeDismissal(SQLModel, table=True):
    """Two entries with different figures that somebody found to be no contradiction."""

    __tablename__ = "knowledge_dismissals"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    one_id: UUID
    other_id: UUID
    figures: str
    reason: str
    created_at: datetime = made_by_database(Moment)
    created_by: UUID | None = made_by_database(nullable=True)


class PackEntry(SQLModel, table=True):
    """An answer that was taken from a vertical's pack. Without an entry: somebody deleted it."""

    __tablename__ = "pack_entries"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    pack: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    language: EntryLanguage = Field(primary_key=True, sa_type=Text)
    entry_id: UUID | None = None
    created_at: datetime = made_by_database(Moment)
