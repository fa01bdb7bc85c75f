"""Who wrote and what was said."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, SmallInteger, Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class ConversationStatus(StrEnum):
    """`human`: a person of the business answers here and the agent keeps quiet."""

    OPEN = "open"
    HUMAN = "human"
    CLOSED = "closed"


class HandoffReason(StrEnum):
    """Why a person answers instead of the agent."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    COMPLAINT = "complaint"
    URGENT = "urgent"
    SENSITIVE = "sensitive"
    FAILURE = "failure"
    LIMIT = "limit"
    TOOK_OVER = "took_over"


class Language(StrEnum):
    ES = "es"
    EN = "en"


class Sender(StrEnum):
    VISITOR = "visitor"
    AGENT = "agent"
    HUMAN = "human"
    SYSTEM = "system"


class MessageKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    INTERACTIVE = "interactive"
    ORDER = "order"
    TEMPLATE = "template"
    UNSUPPORTED = "unsupported"


class Rating(IntEnum):
    DOWN = -1
    UP = 1


class Contact(SQLModel, table=True):
    """A person outside the business; what they told about themselves."""

    __tablename__ = "contacts"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    created_at: datetime = made_by_database(Moment)
    username: str | None = None
    opted_out_at: datetime | None = Field(default=None, sa_type=Moment)


class Conversation(SQLModel, table=True):
    """One visitor's thread. The last message's marks are written by the database with the message."""

    __tablename__ = "conversations"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    channel_id: UUID
    contact_id: UUID
    status: ConversationStatus = made_by_database(Text)
    language: Language | None = Field(default=None, sa_type=Text)
    page: str | None = None
    visitor_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    last_seq: int = made_by_database(BigInteger)
    last_message_at: datetime | None = made_by_database(Moment, nullable=True)
    last_text: str | None = made_by_database(nullable=True)
    last_sender: Sender | None = made_by_database(Text, nullable=True)
    unread: int = made_by_database()
    handoff_reason: HandoffReason | None = made_by_database(Text, nullable=True)
    handoff_summary: str | None = made_by_database(nullable=True)
    handoff_at: datetime | None = made_by_database(Moment, nullable=True)
    paused_until: datetime | None = made_by_database(Moment, nullable=True)
    window_until: datetime | None = made_by_database(Moment, nullable=True)
    free_until: datetime | None = made_by_database(Moment, nullable=True)
    paced_until: datetime | None = made_by_database(Moment, nullable=True)
    shadow_told_at: datetime | None = made_by_database(Moment, nullable=True)
    created_at: datetime = made_by_database(Moment)


class Message(SQLModel, table=True):
    """One message. `seq` counts within the conversation, without gaps."""

    __tablename__ = "messages"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    conversation_id: UUID
    seq: int = made_by_database(BigInteger)
    sender: Sender = Field(sa_type=Text)
    body: str
    language: Language | None = made_by_database(Text, nullable=True)
    external_id: str | None = None
    author_id: UUID | None = None
    sources: list[dict[str, Any]] = made_by_database(Document)
    figures: list[dict[str, Any]] = made_by_database(Document)
    turn_id: UUID | None = made_by_database(nullable=True)
    sent_at: datetime | None = made_by_database(Moment, nullable=True)
    rating: Rating | None = made_by_database(SmallInteger, nullable=True)
    rating_comment: str | None = made_by_database(nullable=True)
    created_at: datetime = made_by_database(Moment)
    kind: MessageKind = made_by_database(Text)
    content: dict[str, Any] = made_by_database(Document)
    reply_to_id: UUID | None = made_by_database(nullable=True)
    from_phone: bool = made_by_database()  # written in the WhatsApp Business app
    edited_at: datetime | None = made_by_database(Moment, nullable=True)
    revoked_at: datetime | None = made_by_database(Moment, nullable=True)
