"""The page of plan and payments: what is used, what is paid, another plan."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import reflex as rx
from pydantic import BaseModel
from reflex.event import EventSpec, run_script

from models.organizations import Plan
from models.plans import SubscriptionState
from state.arriving import half_done
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from state.trial import days_left
from vulkn_app import plans
from vulkn_app.analytics import usage
from vulkn_app.db import Member
from vulkn_app.organizations import base_url
from vulkn_app.payments import billing
from vulkn_app.payments.billing import InvoiceRow
from vulkn_app.payments.chosen import provider
from vulkn_app.plans import Offer, Room, What
from vulkn_app.skills import governance

COUNTED: tuple[What, ...] = ("members", "entries", "numbers")
HOME = "/app/billing/"


class LimitRow(BaseModel):
    """One bar. `most` None: no limit; `over`: how many exceed the plan and stay as they are."""

    what: str
    used: int
    most: int | None
    percent: int
    over: int


class OfferRow(BaseModel):
    """A plan beside the others. `more`: what it includes that no cheaper one does; `step`: what choosing it would be."""

    key: str
    cents: int
    turns: int | None
    members: int | None
    known: int | None  # entries of knowledge: an object's var has an `entries` of its own
    numbers: int | None
    more: list[str]
    step: str
    exceeds: list[LimitRow]
    pauses: list[str]


@half_done("choosing", "problem", "busy")
class BillingState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    leads: bool = False  # whether this person sees what is paid
    limits: list[LimitRow] = []
    paused: list[str] = []
    trial_days: int = -1  # as TrialState.days

    plan: str = ""
    status: str = ""
    until: datetime | None = None
    next_plan: str = ""
    cents: int = 0
    payable: bool = False  # whether money can be taken here
    offers: list[OfferRow] = []
    invoices: list[InvoiceRow] = []

    choosing: OfferRow | None = None
    busy: bool = False
    problem: str = ""

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(BillingState.ring)
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event
    @role("admin")
    async def ask(self, plan: str):
        """What choosing it means, before it is chosen."""
        self.choosing = next((offer for offer in self.offers if offer.key == plan), None)
        self.problem = ""

    @rx.event
    @role("admin")
    async def keep(self):
        self.choosing = None

    @rx.event
    @role("admin")
    async def choose(self):
        if self.choosing is None:
            return
        async for event in self._go(Plan(self.choosing.key)):
            yield event

    @rx.event
    @role("admin")
    async def stay(self):
        """Takes back what was chosen for the period's end."""
        async for event in self._go(Plan(self.plan)):
            yield event

    @rx.event
    @role("admin")
    async def portal(self):
        self.problem = await self._attempt(self._portal())
        return _leave(self._address) if self._address else None

    _address: str = ""

    async def _go(self, plan: Plan):
        """To the provider's page, or done already."""
        self.busy, self._address = True, ""
        yield
        self.problem = await self._attempt(self._choose(plan))
        self.busy = False
        if self.problem:
            return
        self.choosing = None
        if self._address:
            yield _leave(self._address)
            return
        await self._look()
        yield await self._saved("billing.changed")

    async def _choose(self, plan: Plan) -> None:
        self._address = await billing.choose(await self._member(), plan, back=_back())

    async def _portal(self) -> None:
        self._address = ""
        self._address = await billing.portal(await self._member(), back=_back())

    async def _look(self) -> None:
        member = await self._member()
        self.leads = member.role != "member"
        room, offers = await plans.room(member), await plans.offered()
        self.limits = [_limit(room[what], room[what].most) for what in COUNTED]
        ends = await plans.trial(member)
        self.trial_days = days_left(ends)
        self.plan = (await usage.this_month(member)).plan
        cards = await governance.catalogue(member)
        on = [card.key for card in cards if card.enabled and card.published is not None]
        self.paused = [card.key for card in cards if card.key in on and not card.in_plan]
        self.payable = provider() is not None
        if self.leads:
            await self._look_at_money(member, room, offers, on)
        self.loaded = True

    async def _look_at_money(
        self, member: Member, room: Mapping[What, Room], offers: Sequence[Offer], on: Sequence[str]
    ) -> None:
        account = await billing.account(member)
        self.status, self.plan = account.state.value, account.plan.value
        self.until = account.until
        self.next_plan = account.next_plan.value if account.next_plan else ""
        self.cents = next(offer.monthly_mxn_cents for offer in offers if offer.key == account.plan)
        self.offers = [
            _offer(offer, offers[:place], room, on, self._step(offer, account.state))
            for place, offer in enumerate(offers)
        ]
        self.invoices = list(await billing.invoices(member))

    def _step(self, offer: Offer, state: SubscriptionState) -> str:
        paying = state is SubscriptionState.PAID
        if state is SubscriptionState.LATE:  # first what is due
            return "here" if offer.key.value == self.plan else "none"
        if offer.key.value == self.plan:
            return "buy" if state is SubscriptionState.TRIAL else "here"
        if offer.key.value == self.next_plan:
            return "next"
        if offer.key is Plan.FREE:
            return "cancel" if paying else "none"
        if not paying:
            return "buy"
        return "up" if offer.monthly_mxn_cents > self.cents else "down"


def _leave(address: str) -> EventSpec:
    """To a page that is not the dashboard's, also when it stands at the same origin."""
    return run_script(f"location.assign({json.dumps(address)})")


def _back() -> str:
    return f"{base_url()}{HOME}"


def _limit(room: Room, most: int | None) -> LimitRow:
    percent = min(100, room.used * 100 // most) if most else 0
    over = max(0, room.used - most) if most else 0
    return LimitRow(what=room.what, used=room.used, most=most, percent=percent, over=over)


def _offer(
    offer: Offer, cheaper: Sequence[Offer], room: Mapping[What, Room], on: Sequence[str], step: str
) -> OfferRow:
    known = {key for each in cheaper for key in each.includes}
    allowed: dict[What, int | None] = {
        "members": offer.members,
        "entries": offer.entries,
        "numbers": offer.numbers,
    }
    would = [_limit(room[what], allowed[what]) for what in COUNTED]
    return OfferRow(
        key=offer.key.value,
        cents=offer.monthly_mxn_cents,
        turns=offer.monthly_turns,
        members=offer.members,
        known=offer.entries,
        numbers=offer.numbers,
        more=[key for key in offer.includes if key not in known],
        step=step,
        exceeds=[limit for limit in would if limit.over],
        pauses=[key for key in on if key not in offer.includes],
    )
