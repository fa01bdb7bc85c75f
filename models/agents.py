"""The agent that answers for a business, and the channels it answers on."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field, SQLModel

from models.columns import Moment, made_by_database


class Tone(StrEnum):
    WARM = "warm"
    PROFESSIONAL = "professional"
    DIRECT = "direct"


class ChannelKind(StrEnum):
    WEB = "web"
    WHATSAPP = "whatsapp"


class ChannelStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


class Agent(SQLModel, table=True):
    """How it is called, how it talks, what it is told. It goes live by an update, never at birth."""

    __tablename__ = "agents"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    name: str
    tone: Tone = Field(default=Tone.WARM, sa_type=Text)
    instructions: str = ""
    greeting_es: str = ""
    greeting_en: str = ""
    model: str | None = None
    providers: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    live: bool = made_by_database()
    shadow_since: datetime | None = made_by_database(Moment, nullable=True)
    shadow_until: datetime | None = made_by_database(Moment, nullable=True)
    updated_at: datetime = made_by_database(Moment)


class Channel(SQLModel, table=True):
    """A door to an agent. `external_id` is WhatsApp's phone number id, written by the engine only."""

    __tablename__ = "channels"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    agent_id: UUID
    kind: ChannelKind = Field(sa_type=Text)
    name: str = ""
    external_id: str | None = made_by_database(nullable=True)
    status: ChannelStatus = made_by_database(Text)
