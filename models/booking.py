"""What can be booked, what was, and who is reminded of it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Numeric, SmallInteger, Text
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlmodel import Field, SQLModel

from models.columns import Moment, made_by_database
from models.conversations import Language


class ResourceKind(StrEnum):
    PERSON = "person"
    ROOM = "room"
    TABLE = "table"


class BookingState(StrEnum):
    """`moved`: another row has the same code and the new time."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    MOVED = "moved"
    NO_SHOW = "no_show"


class ReminderState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class Service(SQLModel, table=True):
    """What customers make an appointment for."""

    __tablename__ = "services"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    name_es: str
    name_en: str = made_by_database()
    minutes: int
    buffer_before: int = made_by_database()
    buffer_after: int = made_by_database()
    price: Decimal | None = Field(default=None, sa_type=Numeric)
    currency: str = made_by_database()
    active: bool = made_by_database()
    created_at: datetime = made_by_database(Moment)


class Resource(SQLModel, table=True):
    """Who or what is busy during an appointment; one row for each that can be."""

    __tablename__ = "resources"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    kind: ResourceKind = made_by_database(Text)
    name: str
    active: bool = made_by_database()
    created_at: datetime = made_by_database(Moment)


class ServiceResource(SQLModel, table=True):
    """A resource that a service is done on; a service without any is done on all."""

    __tablename__ = "service_resources"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    service_id: UUID
    resource_id: UUID


class ResourceHours(SQLModel, table=True):
    """When a resource works: minutes after midnight on the organization's clock, Monday is 0."""

    __tablename__ = "resource_hours"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    resource_id: UUID
    weekday: int = Field(sa_type=SmallInteger)
    opens: int
    closes: int


class Closure(SQLModel, table=True):
    """A time without appointments, on the organization's own clock; without a resource for all of them."""

    __tablename__ = "closures"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    resource_id: UUID | None = None
    starts: datetime = Field(sa_type=DateTime)
    ends: datetime = Field(sa_type=DateTime)
    reason: str = made_by_database()


class Booking(SQLModel, table=True):
    """An appointment. `occupied` has the buffers; no two booked ones of a resource overlap in it."""

    __tablename__ = "bookings"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    code: str
    conversation_id: UUID | None = None
    contact_id: UUID | None = None
    service_id: UUID
    resource_id: UUID
    starts_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    occupied: Any = Field(sa_type=TSTZRANGE, nullable=False)
    state: BookingState = made_by_database(Text)
    moved_from: UUID | None = None
    sequence: int = made_by_database()
    name: str
    phone: str | None = None
    email: str | None = None
    note: str = made_by_database()
    reason: str = made_by_database()
    language: Language = made_by_database(Text)
    confirmed_at: datetime | None = made_by_database(Moment, nullable=True)
    created_by: UUID | None = None
    created_at: datetime = made_by_database(Moment)
    changed_at: datetime = made_by_database(Moment)


class Reminder(SQLModel, table=True):
    """One a booking and distance; the database makes it with the booking."""

    __tablename__ = "reminders"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    booking_id: UUID
    hours_before: int = made_by_database()
    due_at: datetime = made_by_database(Moment)
    state: ReminderState = made_by_database(Text)
    sent_at: datetime | None = made_by_database(Moment, nullable=True)
