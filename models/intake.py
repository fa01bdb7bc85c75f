"""What customers agreed to, and the forms they filled in."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class ConsentLanguage(StrEnum):
    """Of the words that somebody answered to, or wrote themselves."""

    ES = "es"
    EN = "en"
    PT = "pt"


class ConsentAbout(StrEnum):
    """`data`: that it is kept; `messages`: that some are sent which nobody asked for."""

    DATA = "data"
    MESSAGES = "messages"


class Consent(SQLModel, table=True):
    """One answer to one question. `wording` is what was asked, or what they wrote, to the letter."""

    __tablename__ = "consents"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    contact_id: UUID
    conversation_id: UUID | None = None
    granted: bool
    wording: str
    language: ConsentLanguage = Field(sa_type=Text)
    created_at: datetime = made_by_database(Moment)
    about: ConsentAbout = made_by_database(Text)


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
