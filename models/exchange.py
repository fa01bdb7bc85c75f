"""What belongs to a message beyond its text, and who the people behind the messages are."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.columns import Moment, made_by_database


class IdentityKind(StrEnum):
    """`bsuid`: Meta's id of a person for one business; `parent_bsuid`: for a whole portfolio."""

    BSUID = "bsuid"
    PARENT_BSUID = "parent_bsuid"
    PHONE = "phone"


class AttachmentKind(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"


class AttachmentState(StrEnum):
    PENDING = "pending"
    STORED = "stored"
    FAILED = "failed"


class Side(StrEnum):
    CUSTOMER = "customer"
    BUSINESS = "business"


class DeliveryState(StrEnum):
    """In this order, and never backwards; `failed` ends it unless a later word says that it arrived."""

    SENDING = "sending"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


class ContactIdentity(SQLModel, table=True):
    """Something that a person is known by. `key` is compared, `value` is how it came."""

    __tablename__ = "contact_identities"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    contact_id: UUID
    kind: IdentityKind = Field(sa_type=Text)
    key: str
    value: str
    created_at: datetime = made_by_database(Moment)


class MessageAttachment(SQLModel, table=True):
    """A file of a message; its bytes are an AttachmentFile."""

    __tablename__ = "message_attachments"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    message_id: UUID
    kind: AttachmentKind = Field(sa_type=Text)
    mime: str = ""
    filename: str = ""
    size: int = Field(default=0, sa_type=BigInteger)
    media: str | None = None
    state: AttachmentState = made_by_database(Text)
    problem: str | None = made_by_database(nullable=True)
    transcript: str | None = made_by_database(nullable=True)
    created_at: datetime = made_by_database(Moment)


class AttachmentFile(SQLModel, table=True):
    """The bytes, 16 MiB at most."""

    __tablename__ = "attachment_files"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    attachment_id: UUID = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class MessageReaction(SQLModel, table=True):
    __tablename__ = "message_reactions"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    message_id: UUID
    side: Side = Field(sa_type=Text)
    emoji: str
    at: datetime = made_by_database(Moment)


class MessageDelivery(SQLModel, table=True):
    """What became of one sent message, by the provider's word. A long text is several parts."""

    __tablename__ = "message_deliveries"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    outbox_id: UUID | None = None
    message_id: UUID | None = None
    part: int = 0
    wamid: str | None = None
    state: DeliveryState = made_by_database(Text)
    error_code: int | None = made_by_database(nullable=True)
    error: str | None = made_by_database(nullable=True)
    created_at: datetime = made_by_database(Moment)
    updated_at: datetime = made_by_database(Moment)


class HistoryMessage(SQLModel, table=True):
    """Said on the owner's phone before the agent came."""

    __tablename__ = "history_messages"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    contact_id: UUID
    external_id: str
    from_business: bool
    kind: str = "text"
    body: str
    sent_at: datetime = Field(sa_type=Moment)
