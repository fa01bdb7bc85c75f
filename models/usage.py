"""Turns, what each model call cost, and the widget's funnel."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class TurnState(StrEnum):
    """`superseded`: the customer wrote on before anything was sent; the next turn answers both."""

    GATHERING = "gathering"
    RUNNING = "running"
    DONE = "done"
    SUPERSEDED = "superseded"


class TurnMode(StrEnum):
    """`limited`: over a limit, so no model was asked."""

    FULL = "full"
    LIMITED = "limited"


class UsageChannel(StrEnum):
    WEB = "web"
    WHATSAPP = "whatsapp"
    PLAYGROUND = "playground"
    EXAM = "exam"


class Outcome(StrEnum):
    ANSWERED = "answered"
    UNKNOWN = "unknown"
    SMALL_TALK = "small_talk"
    HANDOFF = "handoff"


class WidgetEventKind(StrEnum):
    IMPRESSION = "impression"
    OPEN = "open"
    CONVERSATION_STARTED = "conversation_started"


class Turn(SQLModel, table=True):
    """A visitor's message and what became of it. `attempt` fences off a process that lost its lease."""

    __tablename__ = "turns"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    conversation_id: UUID
    message_id: UUID
    answer_id: UUID | None = made_by_database(nullable=True)
    state: TurnState = made_by_database(Text)
    mode: TurnMode = made_by_database(Text)
    trace: list[dict[str, Any]] = made_by_database(Document)
    outcome: Outcome | None = made_by_database(Text, nullable=True)
    attempt: int = made_by_database()
    edits: int = made_by_database()
    lease_until: datetime = Field(sa_type=Moment)
    first_token_ms: int | None = made_by_database(nullable=True)
    latency_ms: int | None = made_by_database(nullable=True)
    created_at: datetime = made_by_database(Moment)
    finished_at: datetime | None = made_by_database(Moment, nullable=True)


class UsageEvent(SQLModel, table=True):
    """One call of a model. Outlives its turn: deleting a conversation does not make it free."""

    __tablename__ = "usage_events"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    turn_id: UUID | None
    call: int
    provider: str
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cost_micro_usd: int = Field(default=0, sa_type=BigInteger)
    first_token_ms: int | None = None
    latency_ms: int | None = None
    failure: str | None = None
    price_version: str = ""
    channel: UsageChannel = Field(default=UsageChannel.WEB, sa_type=Text)
    created_at: datetime = made_by_database(Moment)


class UsageMonth(SQLModel, table=True):
    """What an organization used in a month of its own clock; `whatsapp_micro_usd` is a part of the cost."""

    __tablename__ = "usage_months"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    turns: int = 0
    cost_micro_usd: int = Field(default=0, sa_type=BigInteger)
    whatsapp_micro_usd: int = Field(default=0, sa_type=BigInteger)


class WidgetEvent(SQLModel, table=True):
    """Something a visitor's browser told; `id` is the browser's own, so a repeat counts once."""

    __tablename__ = "widget_events"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: WidgetEventKind = Field(sa_type=Text)
    page: str = ""
    created_at: datetime = made_by_database(Moment)
