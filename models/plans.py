"""How an organization came to its plan, and what it paid."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from models.columns import Moment, made_by_database
from models.organizations import Plan


class SubscriptionState(StrEnum):
    """`given`: nobody pays for it. `late`: a payment failed, and the plan holds while it can be made good."""

    GIVEN = "given"
    TRIAL = "trial"
    PAID = "paid"
    LATE = "late"


class InvoiceState(StrEnum):
    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"


class Subscription(SQLModel, table=True):
    """`until`: the trial's end, the paid period's, or the last day to pay; then comes `next_plan`, or the same again.
    `reference` is the provider's name for it."""

    __tablename__ = "subscriptions"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    state: SubscriptionState = made_by_database(Text)
    until: datetime | None = made_by_database(Moment, nullable=True)
    next_plan: Plan | None = made_by_database(Text, nullable=True)
    provider: str | None = None
    customer: str | None = None
    reference: str | None = None
    heard_at: datetime | None = made_by_database(Moment, nullable=True)
    updated_at: datetime = made_by_database(Moment)


class Invoice(SQLModel, table=True):
    """A payment, due, made or failed; `key` is the provider's name for it, `link` its document there."""

    __tablename__ = "invoices"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    provider: str
    key: str
    plan: Plan = Field(sa_type=Text)
    cents: int
    currency: str
    state: InvoiceState = Field(sa_type=Text)
    link: str | None = None
    at: datetime = Field(sa_type=Moment)
    heard_at: datetime = Field(sa_type=Moment)
