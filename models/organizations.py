"""Organizations, the people in them, who was invited, and who stood in for support."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class Plan(StrEnum):
    FREE = "free"
    STARTER = "starter"
    PRO = "pro"
    BUSINESS = "business"


class OrganizationStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Locale(StrEnum):
    ES = "es"
    EN = "en"


class ImpersonationMode(StrEnum):
    READ = "read"
    WRITE = "write"


class Organization(SQLModel, table=True):
    """A business. Founded by app.create_organization, never by an insert."""

    __tablename__ = "organizations"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    slug: str
    name: str
    plan: Plan = made_by_database(Text)
    status: OrganizationStatus = Field(default=OrganizationStatus.ACTIVE, sa_type=Text)
    country: str = "MX"
    timezone: str = "America/Mexico_City"
    industry: str = ""
    currency: str = "MXN"
    branding: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    allowed_origins: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    created_at: datetime = made_by_database(Moment)
    deleted_at: datetime | None = Field(default=None, sa_type=Moment)
    support_allowed: bool = made_by_database()


class Profile(SQLModel, table=True):
    """A person, whatever organizations they belong to. Made at their first sign-in."""

    __tablename__ = "profiles"  # pyright: ignore[reportAssignmentType]

    user_id: UUID = Field(primary_key=True)
    email: str
    name: str = ""
    locale: Locale = Field(default=Locale.ES, sa_type=Text)
    created_at: datetime = made_by_database(Moment)


class Membership(SQLModel, table=True):
    """A person's place in an organization. Comes from founding it or from an accepted invitation."""

    __tablename__ = "memberships"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(primary_key=True)
    role: Role = Field(sa_type=Text)
    created_at: datetime = made_by_database(Moment)


class Invitation(SQLModel, table=True):
    """A place that waits for the person of this address. Its token's hash may not be read, so it is not here."""

    __tablename__ = "invitations"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    email: str
    role: Role = Field(sa_type=Text)
    invited_by: UUID | None = None
    created_at: datetime = made_by_database(Moment)
    expires_at: datetime = made_by_database(Moment)
    accepted_at: datetime | None = Field(default=None, sa_type=Moment)


class ImpersonationSession(SQLModel, table=True):
    """A platform administrator in somebody's organization: why, how far, until when."""

    __tablename__ = "impersonation_sessions"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    admin_id: UUID
    reason: str
    mode: ImpersonationMode = Field(default=ImpersonationMode.READ, sa_type=Text)
    started_at: datetime = made_by_database(Moment)
    expires_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class Logo(SQLModel, table=True):
    """A picture a business shows beside its name; `digest` is its bytes' SHA-256 and its address."""

    __tablename__ = "logos"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    digest: str
    content: bytes
    created_at: datetime = made_by_database(Moment)
