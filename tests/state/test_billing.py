"""The page of plan and payments through its handlers."""

from uuid import uuid4

import psycopg
import pytest

from state.billing import BillingState
from state.trial import TrialState
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.db import Member
from vulkn_app.settings import settings


@pytest.fixture(autouse=True)
def _paid_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "payments_provider", "fake")


def front_desk(url: str, business: Business) -> Member:
    user_id = uuid4()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "insert into auth.users (id, email) values (%s, %s)", (user_id, f"{user_id.hex}@x.test")
        )
        admin.execute(
            "insert into profiles (user_id, email, name) values (%s, %s, 'Luz')",
            (user_id, f"{user_id.hex}@x.test"),
        )
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'member')",
            (business.org_id, user_id),
        )
    return Member(user_id, business.org_id, "member")


async def test_the_owner_sees_limits_trial_and_every_plan(page: OpenPage, database_url: str) -> None:
    billing = await page(BillingState, a_business(database_url).owner)

    await run(BillingState.load, billing)

    assert [(row.what, row.used, row.most) for row in billing.limits] == [
        ("members", 1, 3),
        ("entries", 4, 1000),
        ("numbers", 0, 1),
    ]
    assert (billing.plan, billing.status, billing.trial_days) == ("starter", "trial", 14)
    assert [(offer.key, offer.step) for offer in billing.offers] == [
        ("free", "none"),
        ("starter", "buy"),
        ("pro", "buy"),
        ("business", "buy"),
    ]
    assert billing.offers[1].more == ["booking", "reminders", "intake"]


async def test_a_plain_member_sees_what_is_used_and_nothing_of_money(
    page: OpenPage, database_url: str
) -> None:
    business = a_business(database_url)
    billing = await page(BillingState, front_desk(database_url, business))

    await run(BillingState.load, billing)

    assert [row.what for row in billing.limits] == ["members", "entries", "numbers"]
    assert (billing.leads, billing.status, billing.offers, billing.invoices) == (False, "", [], [])


async def test_a_smaller_plan_says_beforehand_what_exceeds_it(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url, plan="pro")
    for _ in range(3):
        front_desk(database_url, business)
    billing = await page(BillingState, business.owner)

    await run(BillingState.load, billing)
    await run(BillingState.ask, billing, "free")

    assert billing.choosing
    assert [(row.what, row.over) for row in billing.choosing.exceeds] == [("members", 2)]


async def test_choosing_a_plan_leads_to_where_it_is_paid(page: OpenPage, database_url: str) -> None:
    billing = await page(BillingState, a_business(database_url).owner)
    await run(BillingState.load, billing)

    await run(BillingState.ask, billing, "pro")
    events = await run(BillingState.choose, billing)

    assert "/api/payments/trial?order=" in str(events)
    assert billing.problem == ""


async def test_where_nobody_takes_money_that_is_said(
    page: OpenPage, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "payments_provider", None)
    billing = await page(BillingState, a_business(database_url).owner)
    await run(BillingState.load, billing)

    await run(BillingState.ask, billing, "pro")
    await run(BillingState.choose, billing)

    assert billing.payable is False
    assert billing.problem == "Aquí todavía no se puede pagar en línea."


async def test_the_trial_is_counted_down_on_every_page(page: OpenPage, database_url: str) -> None:
    trial = await page(TrialState, a_business(database_url).owner)
    given = await page(TrialState, a_business(database_url, plan="pro").owner)

    await run(TrialState.load, trial)
    await run(TrialState.load, given)

    assert (trial.days, given.days) == (14, -1)
