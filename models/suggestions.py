"""What customers miss in the knowledge, when it is looked for, and the answers that were corrected."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid
from sqlmodel import Field, SQLModel

from models.columns import Moment, made_by_database
from models.knowledge import EntryLanguage


class SuggestionState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


class KnowledgeSuggestion(SQLModel, table=True):
    """One thing that several people asked. `draft` is word for word what a person of the business answered."""

    __tablename__ = "knowledge_suggestions"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    key: str = made_by_database()
    question: str = made_by_database()
    language: EntryLanguage = made_by_database(Text)
    phrasings: list[str] = made_by_database(ARRAY(Text))
    people: int = made_by_database()
    unanswered: int = made_by_database()
    first_at: datetime = made_by_database(Moment)
    last_at: datetime = made_by_database(Moment)
    evidence: list[UUID] = made_by_database(ARRAY(Uuid))
    draft: str = made_by_database()
    draft_from: UUID | None = made_by_database(nullable=True)
    state: SuggestionState = made_by_database(Text)
    reason: str = made_by_database()
    entry_id: UUID | None = made_by_database(nullable=True)
    created_at: datetime = made_by_database(Moment)
    decided_at: datetime | None = made_by_database(Moment, nullable=True)
    decided_by: UUID | None = made_by_database(nullable=True)


class KnowledgeLook(SQLModel, table=True):
    """When an organization's conversations were looked through, and when they will be."""

    __tablename__ = "knowledge_looks"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    due_at: datetime = made_by_database(Moment)
    lease_until: datetime | None = made_by_database(Moment, nullable=True)
    looked_at: datetime | None = made_by_database(Moment, nullable=True)
    questions: int = made_by_database()
    found: int = made_by_database()


class KnowledgeCorrection(SQLModel, table=True):
    """An answer of the agent that somebody found wrong, and the entry that says it right."""

    __tablename__ = "knowledge_corrections"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    message_id: UUID
    entry_id: UUID | None = None
    created_at: datetime = made_by_database(Moment)
    created_by: UUID | None = made_by_database(nullable=True)
