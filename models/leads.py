"""Who might buy."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, FetchedValue, Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class LeadStage(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    WON = "won"
    LOST = "lost"


class LeadSource(StrEnum):
    """`ad`: an advertisement that opens WhatsApp; `link`: a link that was shared."""

    WEB = "web"
    WHATSAPP = "whatsapp"
    AD = "ad"
    LINK = "link"


class Lead(SQLModel, table=True):
    """One a contact, however many times they write. The engine makes it with the first message."""

    __tablename__ = "leads"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    contact_id: UUID
    conversation_id: UUID | None = None
    stage: LeadStage = made_by_database(Text)
    score: int = made_by_database()
    reasons: list[str] = Field(
        default=None, sa_column=Column(ARRAY(Text), nullable=False, server_default=FetchedValue())
    )
    notes: str = made_by_database()
    need: str = made_by_database()
    last_message_at: datetime = made_by_database(Moment)
    contacted_at: datetime | None = made_by_database(Moment, nullable=True)
    created_at: datetime = made_by_database(Moment)
    source: LeadSource = made_by_database(Text)
    source_detail: dict[str, Any] = made_by_database(Document)


class LeadCard(SQLModel, table=True):
    """A lead with the person's details, for lists: a view, read only."""

    __tablename__ = "lead_cards"  # pyright: ignore[reportAssignmentType]

    id: UUID = Field(primary_key=True)
    org_id: UUID
    contact_id: UUID
    conversation_id: UUID | None
    stage: LeadStage = Field(sa_type=Text)
    score: int
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    notes: str
    last_message_at: datetime = Field(sa_type=Moment)
    contacted_at: datetime | None = Field(sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    name: str | None
    email: str | None
    phone: str | None
    need: str
    source: LeadSource = Field(sa_type=Text)
    source_detail: dict[str, Any] = Field(sa_type=Document)
