"""A provider that takes no money: for trying the whole way on one's own machine, and for tests.

It keeps nothing: what it must remember travels sealed in the addresses of its own pages (api/payments.py). Its news are
signed and posted over HTTP as a real provider's are."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import httpx
from pydantic import BaseModel, ValidationError

from models.organizations import Plan
from models.plans import InvoiceState
from vulkn_app import clients, organizations, secrets
from vulkn_app.errors import NotFound
from vulkn_app.payments.seam import (
    InvoiceNews,
    News,
    NotBelieved,
    Order,
    Price,
    ProviderAway,
    Running,
    SubscriptionNews,
)

PAGE = "/api/payments/trial"
WEBHOOK = "/api/webhooks/payments"
HEADER = "x-payments-signature"
FRESH = 300  # seconds for which a signature is believed
MONTH = timedelta(days=30)
SEAL = "trial payments"


class Ticket(BaseModel):
    """What a page of this provider is about: a first payment, or a subscription that runs. `reference`: one page is one
    subscription, however often it is paid."""

    kind: Literal["checkout", "portal"]
    org_id: UUID
    plan: Plan
    cents: int
    currency: str
    back: str
    reference: str = ""
    until: datetime | None = None

    @property
    def price(self) -> Price:
        return Price(self.plan, self.cents, self.currency)

    @property
    def running(self) -> Running:
        until = self.until or datetime.now(UTC)
        return Running(self.org_id, self.reference, _customer(self.org_id), self.price, until)


class FakeProvider:
    name = "fake"

    async def checkout(self, order: Order) -> str:
        ticket = _ticket("checkout", order.org_id, order.price, order.back)
        return _page(ticket.model_copy(update={"reference": f"sub_{uuid4().hex}"}))

    async def change(self, running: Running, price: Price, *, now: bool) -> None:
        if not now:
            await self.tell(_news(running, next_plan=price.plan))
            return
        # As much of the difference as is left of the month.
        rest = max(timedelta(), running.until - datetime.now(UTC)) / MONTH
        cents = max(0, round((price.cents - running.price.cents) * min(1, rest)))
        changed = Running(running.org_id, running.reference, running.customer, price, running.until)
        await self.tell(_news(changed, invoice=_invoice(price, cents) if cents else None))

    async def cancel(self, running: Running) -> None:
        await self.tell(_news(running, next_plan=Plan.FREE))

    async def end(self, running: Running) -> None:
        await self.tell(_news(running, state="ended"))

    async def portal(self, running: Running, back: str) -> str:
        ticket = _ticket("portal", running.org_id, running.price, back)
        return _page(ticket.model_copy(update={"reference": running.reference, "until": running.until}))

    def read(self, raw: bytes, headers: Mapping[str, str]) -> Sequence[News]:
        moment, _, signature = headers.get(HEADER, "").partition(".")
        fresh = moment.isascii() and moment.isdecimal() and abs(time.time() - int(moment[:12])) <= FRESH
        if not fresh or not hmac.compare_digest(signature.encode(), _signature(moment, raw).encode()):
            raise NotBelieved
        return [News.model_validate_json(raw)]

    # ---- what its own pages do ----

    async def pay(self, ticket: Ticket) -> None:
        """The first payment, or the next month's."""
        begins = max(datetime.now(UTC), ticket.until or datetime.now(UTC))
        running = replace(ticket.running, until=begins + MONTH)
        invoice = _invoice(ticket.price, ticket.cents)
        if ticket.kind == "checkout":  # the same document when it is paid again
            invoice = invoice.model_copy(update={"key": f"inv_{ticket.reference}"})
        await self.tell(_news(running, invoice=invoice))

    async def fail(self, ticket: Ticket) -> None:
        """The next month's payment does not go through."""
        invoice = _invoice(ticket.price, ticket.cents, InvoiceState.FAILED)
        await self.tell(_news(ticket.running, state="late", invoice=invoice))

    async def tell(self, news: News) -> None:
        raw, headers = signed(news)
        try:
            answer = await clients.http().post(
                f"{organizations.base_url()}{WEBHOOK}", content=raw, headers=headers
            )
        except httpx.HTTPError as problem:
            raise ProviderAway from problem
        if answer.status_code != 200:
            raise ProviderAway


def opened(sealed: str) -> Ticket:
    """Raises NotFound for an address that this deployment did not make."""
    try:
        raw = base64.urlsafe_b64decode(sealed.encode())
        return Ticket.model_validate_json(secrets.decrypt(raw, belongs_to=SEAL))
    except (ValueError, ValidationError, secrets.Unreadable) as problem:
        raise NotFound from problem


def signed(news: News) -> tuple[bytes, dict[str, str]]:
    raw, moment = news.model_dump_json().encode(), str(int(time.time()))
    return raw, {HEADER: f"{moment}.{_signature(moment, raw)}", "content-type": "application/json"}


def _signature(moment: str, raw: bytes) -> str:
    key = secrets.keyed_hash("webhook", purpose=SEAL)
    return hmac.new(key, moment.encode() + b"." + raw, hashlib.sha256).hexdigest()


def _ticket(kind: Literal["checkout", "portal"], org_id: UUID, price: Price, back: str) -> Ticket:
    return Ticket(
        kind=kind, org_id=org_id, plan=price.plan, cents=price.cents, currency=price.currency, back=back
    )


def _page(ticket: Ticket) -> str:
    sealed = secrets.encrypt(ticket.model_dump_json(), belongs_to=SEAL)
    return f"{organizations.base_url()}{PAGE}?order={base64.urlsafe_b64encode(sealed).decode()}"


def _customer(org_id: UUID) -> str:
    return f"cus_{org_id.hex}"


def _news(
    running: Running,
    *,
    state: Literal["active", "late", "ended"] = "active",
    next_plan: Plan | None = None,
    invoice: InvoiceNews | None = None,
) -> News:
    return News(
        key=f"evt_{uuid4().hex}",
        at=datetime.now(UTC),
        org=running.org_id,
        invoice=invoice,
        subscription=SubscriptionNews(
            reference=running.reference,
            customer=running.customer,
            state=state,
            plan=running.price.plan,
            until=running.until,
            next_plan=next_plan,
        ),
    )


def _invoice(price: Price, cents: int, state: InvoiceState = InvoiceState.PAID) -> InvoiceNews:
    return InvoiceNews(
        key=f"inv_{uuid4().hex}",
        plan=price.plan,
        cents=cents,
        currency=price.currency,
        state=state,
        at=datetime.now(UTC),
    )
