"""What people of a business see of their plan and do about it. Asking is all that happens here: the plan changes when
the provider's news come (news.py), or by the clock."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import AsyncConnection
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import class_row, dict_row
from pydantic import BaseModel

from models.organizations import Plan
from models.plans import InvoiceState, SubscriptionState
from vulkn_app import plans
from vulkn_app.db import Member, as_person
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound
from vulkn_app.payments.chosen import provider
from vulkn_app.payments.seam import Order, Price, Provider, Running
from vulkn_app.plans import Offer

LATEST = 24  # documents shown: two years of months

_BEGIN = "select app.payment_begin(%s, %s)"
_ACCOUNT = """
    select o.plan, o.id as org_id, s.state, s.until, s.next_plan, s.provider, s.customer, s.reference
    from organizations o join subscriptions s on s.org_id = o.id where o.id = %s
"""
_INVOICES = """
    select i.id, i.plan, i.cents, i.currency, i.state, i.link, i.at from invoices i
    where i.org_id = %s order by i.at desc, i.id limit %s
"""
_EMAIL = "select email from profiles where user_id = %s"


class Account(BaseModel):
    """The plan, how the business came to it, and what comes at `until`. `running`: it is paid, also when late."""

    plan: Plan
    state: SubscriptionState
    until: datetime | None
    next_plan: Plan | None
    provider: str | None = None
    customer: str | None = None
    reference: str | None = None

    @property
    def running(self) -> bool:
        return self.state in (SubscriptionState.PAID, SubscriptionState.LATE)


class InvoiceRow(BaseModel):
    plan: Plan
    cents: int
    currency: str
    state: InvoiceState
    link: str | None
    at: datetime


async def account(member: Member) -> Account:
    """For who leads the business. Raises NotAllowed for a plain member."""
    async with as_person(member) as connection:
        return await _account(connection, member)


async def invoices(member: Member) -> Sequence[InvoiceRow]:
    """The newest first; nothing for a plain member."""
    async with (
        as_person(member) as connection,
        connection.cursor(row_factory=class_row(InvoiceRow)) as c,
    ):
        return await (await c.execute(_INVOICES, (member.org_id, LATEST))).fetchall()


async def choose(member: Member, plan: Plan, *, back: str) -> str:
    """Another plan. Returns the address where it is paid, or "" when nothing is to be paid now: a bigger plan begins
    at once, a smaller one when the paid period ends. The plan that one has takes back what was chosen before. While a payment is due, that comes first: Conflict("pay_first")."""
    member.must_be_theirs()
    taker = taking_money()
    now = await _begin(member, plan)
    offers = {offer.key: offer for offer in await plans.offered()}
    if now.state is SubscriptionState.LATE:
        raise Conflict("pay_first")
    if not now.running:
        if plan is Plan.FREE or (plan is now.plan and now.state is SubscriptionState.GIVEN):
            raise BadInput
        return await taker.checkout(Order(member.org_id, _price(offers[plan]), await _email(member), back))
    running = _running(member, now, offers)
    if plan is Plan.FREE:
        await taker.cancel(running)
    else:
        bigger = offers[plan].monthly_mxn_cents >= running.price.cents
        await taker.change(running, _price(offers[plan]), now=bigger)
    return ""


async def portal(member: Member, *, back: str) -> str:
    """Where the card and the provider's own documents are seen to. Raises NotFound where nothing is paid."""
    member.must_be_theirs()
    taker = taking_money()
    now = await _begin(member, "portal")
    if not now.running:
        raise NotFound
    offers = {offer.key: offer for offer in await plans.offered()}
    return await taker.portal(_running(member, now, offers), back)


def taking_money() -> Provider:
    """Raises BadInput("payments_closed") where nobody does."""
    found = provider()
    if found is None:
        raise BadInput("payments_closed")
    return found


async def _begin(member: Member, what: str) -> Account:
    """Whether they may, noted in the audit, and how things stand."""
    try:
        async with as_person(member) as connection:
            await connection.execute(_BEGIN, (member.org_id, what))
            return await _account(connection, member)
    except InsufficientPrivilege as problem:
        raise NotAllowed from problem


async def _account(connection: AsyncConnection, member: Member) -> Account:
    async with connection.cursor(row_factory=dict_row) as cursor:
        row = await (await cursor.execute(_ACCOUNT, (member.org_id,))).fetchone()
    if row is None:
        raise NotAllowed
    return Account.model_validate(row)


async def _email(member: Member) -> str:
    async with as_person(member) as connection:
        row = await (await connection.execute(_EMAIL, (member.user_id,))).fetchone()
    return row[0] if row else ""


def _price(offer: Offer) -> Price:
    return Price(offer.key, offer.monthly_mxn_cents)


def _running(member: Member, now: Account, offers: dict[Plan, Offer]) -> Running:
    assert now.until
    assert now.reference
    return Running(member.org_id, now.reference, now.customer or "", _price(offers[now.plan]), now.until)
