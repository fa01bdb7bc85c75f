"""What a payment provider does for us, whichever it is.

We never learn a card's number: people pay on the provider's own page. Whatever happens there comes back as signed news,
and only news change a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from models.organizations import Plan
from models.plans import InvoiceState
from vulkn_app.errors import SignedOut, VulknError


class NotBelieved(SignedOut):
    """Not signed by the provider, or too long ago."""

    code = "not_signed"


class ProviderAway(VulknError):
    code, status = "payments_away", 502


@dataclass(frozen=True)
class Price:
    """A month of a plan, VAT included."""

    plan: Plan
    cents: int
    currency: str = "MXN"


@dataclass(frozen=True)
class Order:
    """What somebody is about to pay every month, and where they come back to."""

    org_id: UUID
    price: Price
    email: str
    back: str


@dataclass(frozen=True)
class Running:
    """A subscription that is paid, by the provider's names. `until`: the end of the paid period."""

    org_id: UUID
    reference: str
    customer: str
    price: Price
    until: datetime


class InvoiceNews(BaseModel):
    key: str = Field(min_length=1, max_length=200)
    plan: Plan
    cents: int = Field(ge=0)
    currency: str = Field(pattern="^[A-Z]{3}$")
    state: InvoiceState
    at: AwareDatetime
    link: str | None = Field(default=None, pattern="^https?://", max_length=1000)


class SubscriptionNews(BaseModel):
    """The subscription as it is at the moment of the news, whole: then an older one can be passed over."""

    reference: str = Field(min_length=1, max_length=200)
    customer: str = Field(max_length=200)
    state: Literal["active", "late", "ended"]
    plan: Plan
    until: AwareDatetime
    next_plan: Plan | None = None


class News(BaseModel):
    """One event. `key` is the provider's name for it, the same when it is delivered again; `org` is what our order
    carried there and back."""

    key: str = Field(min_length=1, max_length=200)
    at: AwareDatetime
    org: UUID
    invoice: InvoiceNews | None = None
    subscription: SubscriptionNews | None = None


class Provider(Protocol):
    """Every call has a timeout and raises ProviderAway; what it did is told by news."""

    @property
    def name(self) -> str: ...

    async def checkout(self, order: Order) -> str:
        """The address of the page where it is paid."""
        ...

    async def change(self, running: Running, price: Price, *, now: bool) -> None:
        """At once, the difference being charged, or from the next period on. The same plan again takes back what was
        chosen for the period's end."""
        ...

    async def cancel(self, running: Running) -> None:
        """At the end of the paid period."""
        ...

    async def end(self, running: Running) -> None:
        """Now, whatever is left of its period: a newer one runs. Once more, or for one that is over, changes nothing."""
        ...

    async def portal(self, running: Running, back: str) -> str:
        """The address where people see to their card and their documents."""
        ...

    def read(self, raw: bytes, headers: Mapping[str, str]) -> Sequence[News]:
        """What a delivery tells that concerns us. Raises NotBelieved before anything of it is parsed."""
        ...
