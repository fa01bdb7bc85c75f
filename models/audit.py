"""The audit log: written by the database alone, one hash chain an organization."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class ActorKind(StrEnum):
    USER = "user"
    IMPERSONATION = "impersonation"
    PLATFORM = "platform"
    ENGINE = "engine"
    SYSTEM = "system"


class AuditRow(SQLModel, table=True):
    """Who did what to which row. `detail` holds before and after, or only column names for people's data."""

    __tablename__ = "audit_log"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=Moment)
    actor_kind: ActorKind = Field(sa_type=Text)
    actor_id: UUID | None = None
    imp_session: UUID | None = None
    action: str
    entity: str
    entity_id: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    prev_hash: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
