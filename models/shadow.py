"""Answers that the agent wrote and a person sends, or not."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database
from models.knowledge import EntryLanguage


class DraftState(StrEnum):
    """`superseded`: the customer went on; `replaced`: a person wrote their own answer."""

    WAITING = "waiting"
    SENT = "sent"
    EDITED = "edited"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"
    REPLACED = "replaced"


class ShadowDraft(SQLModel, table=True):
    """One waits in a conversation at most."""

    __tablename__ = "shadow_drafts"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    conversation_id: UUID
    turn_id: UUID
    body: str
    language: EntryLanguage = Field(sa_type=Text)
    sources: list[Any] = Field(default_factory=list, sa_type=Document)
    figures: list[Any] = Field(default_factory=list, sa_type=Document)
    after_seq: int = Field(sa_type=BigInteger)
    state: DraftState = Field(default=DraftState.WAITING, sa_type=Text)
    message_id: UUID | None = None
    created_at: datetime = made_by_database(Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_by: UUID | None = None
