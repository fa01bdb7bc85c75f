"""WhatsApp: a business's numbers and templates, what came in, and what became of what went out."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, SmallInteger, Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class NumberMode(StrEnum):
    """`coexistence`: the owner goes on using the WhatsApp Business app with the same number."""

    CLOUD = "cloud"
    COEXISTENCE = "coexistence"


class NumberState(StrEnum):
    CONNECTING = "connecting"
    ACTIVE = "active"
    REAUTH = "reauth"
    RESTRICTED = "restricted"
    DOWN = "down"


class Quality(StrEnum):
    """Meta's traffic light for a number or a template."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"


class HistoryState(StrEnum):
    NONE = "none"
    IMPORTING = "importing"
    DONE = "done"
    DECLINED = "declined"


class TemplateCategory(StrEnum):
    UTILITY = "utility"
    MARKETING = "marketing"
    AUTHENTICATION = "authentication"


class TemplateStatus(StrEnum):
    """Meta's words; `draft`: not sent to Meta yet."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"
    DELETED = "deleted"


class EventState(StrEnum):
    READY = "ready"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class WhatsAppNumber(SQLModel, table=True):
    """A connected number. Its phone_number_id is its channel's `external_id`."""

    __tablename__ = "whatsapp_numbers"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    channel_id: UUID = Field(primary_key=True)
    waba: str
    display_phone: str = made_by_database()
    verified_name: str = made_by_database()
    mode: NumberMode = made_by_database(Text)
    state: NumberState = made_by_database(Text)
    problem: str | None = made_by_database(nullable=True)
    problem_code: int | None = made_by_database(nullable=True)
    quality: Quality = made_by_database(Text)
    tier: str | None = made_by_database(nullable=True)
    history_state: HistoryState = made_by_database(Text)
    history_progress: int = made_by_database(SmallInteger)
    connected_at: datetime = made_by_database(Moment)
    checked_at: datetime | None = made_by_database(Moment, nullable=True)
    paced_until: datetime | None = made_by_database(Moment, nullable=True)
    restricted_until: datetime | None = made_by_database(Moment, nullable=True)
    token_expires_at: datetime | None = made_by_database(Moment, nullable=True)
    looked_at: datetime | None = made_by_database(Moment, nullable=True)
    updated_at: datetime = made_by_database(Moment)


class WhatsAppTemplate(SQLModel, table=True):
    """A message that Meta approved in advance: the only one that may go out when nobody wrote for a day."""

    __tablename__ = "whatsapp_templates"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    channel_id: UUID
    name: str
    language: str
    category: TemplateCategory = Field(sa_type=Text)
    status: TemplateStatus = made_by_database(Text)
    reason: str = made_by_database()
    quality: Quality = made_by_database(Text)
    components: list[dict[str, Any]] = made_by_database(Document)
    purpose: str | None = None
    external_id: str | None = None
    updated_at: datetime = made_by_database(Moment)


class WhatsAppEnvelope(SQLModel, table=True):
    """One delivery of Meta's, cut to one organization."""

    __tablename__ = "whatsapp_envelopes"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    digest: bytes = Field(sa_type=LargeBinary)
    body: str
    received_at: datetime = made_by_database(Moment)


class WhatsAppEvent(SQLModel, table=True):
    """One thing that happened there; the same `key` is the same thing."""

    __tablename__ = "whatsapp_events"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    envelope_id: UUID | None = None
    channel_id: UUID | None = None
    key: str
    kind: str
    lane: str = ""
    at: datetime = Field(sa_type=Moment)
    payload: dict[str, Any] = Field(sa_type=Document)
    state: EventState = made_by_database(Text)
    attempt: int = made_by_database()
    available_at: datetime = made_by_database(Moment)
    lease_until: datetime | None = made_by_database(Moment, nullable=True)
    problem: str | None = made_by_database(nullable=True)
    received_at: datetime = made_by_database(Moment)
    finished_at: datetime | None = made_by_database(Moment, nullable=True)


class MessageCost(SQLModel, table=True):
    """What Meta charges for one message. `cost_micro_usd` is empty where the rate card has no rate."""

    __tablename__ = "message_costs"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    conversation_id: UUID | None = None
    wamid: str
    category: str
    kind: str = "regular"
    country: str = ""
    billable: bool
    cost_micro_usd: int | None = Field(default=None, sa_type=BigInteger)
    rate_from: date | None = None
    at: datetime = Field(sa_type=Moment)
    created_at: datetime = made_by_database(Moment)
