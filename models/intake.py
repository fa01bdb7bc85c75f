"""What customers agreed to, and the forms they filled in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database
from models.conversations import Language


class Consent(SQLModel, table=True):
    """One answer to one question about somebody's data. `wording` is what was asked, to the letter."""

    __tablename__ = "consents"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    contact_id: UUID
    conversation_id: UUID | None = None
    granted: bool
    wording: str
    language: Language = Field(sa_type=Text)
    created_at: datetime = made_by_database(Moment)


class IntakeAnswers(SQLModel, table=True):
    """A finished form. `answers`: {"key", "question", "answer"} each, in the order of the form."""

    __tablename__ = "intake_answers"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    contact_id: UUID
    conversation_id: UUID | None = None
    filling: UUID
    form: str
    answers: list[dict[str, Any]] = Field(sa_type=Document)
    created_at: datetime = made_by_database(Moment)
    updated_at: datetime = made_by_database(Moment)
