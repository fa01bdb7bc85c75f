"""What a person should look at, and what is to reach the world outside."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class AlertKind(StrEnum):
    LIMIT = "limit"
    LOOP = "loop"
    PROVIDER = "provider"
    HANDOFF = "handoff"
    RECEIVED = "received"
    SKILL = "skill"
    DELIVERY = "delivery"
    CHANNEL = "channel"
    TEMPLATE = "template"
    POLICY = "policy"
    SHADOW = "shadow"
    SUPPORT = "support"


class Delivery(StrEnum):
    """`unknown`: sent, perhaps; the other side's word decides, not a second try."""

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Alert(SQLModel, table=True):
    """`key` makes it once: the month of a limit, the conversation of a hand-over."""

    __tablename__ = "alerts"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    kind: AlertKind = Field(sa_type=Text)
    key: str
    conversation_id: UUID | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    created_at: datetime = made_by_database(Moment)
    seen_at: datetime | None = made_by_database(Moment, nullable=True)


class OutboxItem(SQLModel, table=True):
    """One effect on the world outside, written in the transaction that decided it."""

    __tablename__ = "outbox"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    kind: str
    dedupe_key: str
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    state: Delivery = made_by_database(Text)
    attempt: int = made_by_database()
    available_at: datetime = made_by_database(Moment)
    lease_until: datetime | None = made_by_database(Moment, nullable=True)
    provider_id: str | None = made_by_database(nullable=True)
    error: str | None = made_by_database(nullable=True)
    created_at: datetime = made_by_database(Moment)
    finished_at: datetime | None = made_by_database(Moment, nullable=True)
    parts: int | None = made_by_database(SmallInteger, nullable=True)
    deferred: int = made_by_database()
    merged_into: UUID | None = made_by_database(nullable=True)
