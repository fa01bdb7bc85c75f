"""Two subscriptions of one business never go on side by side: the one that began first is ended at the provider."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from models.organizations import Plan
from tests.factories import a_business
from tests.plans.planned import alerts, plan_of, root
from tests.plans.test_payments import MONTH, audited, tell, told
from vulkn_app import plans
from vulkn_app.db import as_system
from vulkn_app.payments import billing, doubles
from vulkn_app.payments.fake import FakeProvider
from vulkn_app.payments.seam import ProviderAway, Running
from vulkn_app.settings import settings

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _paid_here(deployment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "payments_provider", "fake")


class Till:
    """The provider's side: what was ended there, and whether it answers."""

    def __init__(self) -> None:
        self.ended: list[Running] = []
        self.away = False

    async def end(self, running: Running) -> None:
        if self.away:
            raise ProviderAway
        self.ended.append(running)

    @property
    def references(self) -> list[str]:
        return [running.reference for running in self.ended]


@pytest.fixture
def till(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Till:
    root(database_url, "delete from app.doubled_subscriptions")
    till = Till()
    monkeypatch.setattr(FakeProvider, "end", lambda _, running: till.end(running))
    return till


def reference(url: str, org_id: object) -> str:
    return root(url, "select reference from subscriptions where org_id = %s", org_id)[0][0]


async def test_of_two_that_run_the_earlier_is_ended_at_the_provider_and_the_owner_told(
    database_url: str, till: Till
) -> None:
    business = a_business(database_url)

    await tell(told(business, reference="sub_1"), told(business, at=HOUR, reference="sub_2"))
    await doubles.end_due()
    await doubles.end_due()

    assert [(one.org_id, one.reference, one.customer) for one in till.ended] == [
        (business.org_id, "sub_1", "cus_1")
    ]
    assert reference(database_url, business.org_id) == "sub_2"
    assert alerts(database_url, business) == ["paid_twice"]
    assert audited(database_url, business, "paid_twice") == [{"ends": "sub_1", "goes_on": "sub_2"}]


async def test_news_of_both_in_any_order_and_twice_end_the_same_one(database_url: str, till: Till) -> None:
    business = a_business(database_url)
    first, second = told(business, reference="sub_1"), told(business, at=HOUR, reference="sub_2")

    await tell(second, first, first, second)
    await doubles.end_due()
    # The provider charged the first one's second month before it heard of its end.
    await tell(told(business, at=2 * HOUR, reference="sub_1"))

    assert till.references == ["sub_1"]
    assert reference(database_url, business.org_id) == "sub_2"
    assert alerts(database_url, business) == ["paid_twice"]


async def test_both_at_once_leave_one(database_url: str, till: Till) -> None:
    business = a_business(database_url)

    await asyncio.gather(
        *(tell(told(business, at=HOUR * number, reference=f"sub_{number}")) for number in range(5))
    )
    await doubles.end_due()

    assert sorted(till.references) == ["sub_0", "sub_1", "sub_2", "sub_3"]
    assert reference(database_url, business.org_id) == "sub_4"


async def test_a_provider_that_is_away_is_asked_again(database_url: str, till: Till) -> None:
    business = a_business(database_url)
    await tell(told(business, reference="sub_1"), told(business, at=HOUR, reference="sub_2"))
    till.away = True

    await doubles.end_due()
    till.away = False
    await doubles.end_due()
    waits = till.references
    root(database_url, "update app.doubled_subscriptions set try_at = now()")
    await doubles.end_due()

    assert (waits, till.references) == ([], ["sub_1"])


async def test_a_process_that_died_over_it_leaves_it_to_the_next(database_url: str, till: Till) -> None:
    business = a_business(database_url)
    await tell(told(business, reference="sub_1"), told(business, at=HOUR, reference="sub_2"))
    async with as_system("vulkn_engine") as connection:
        await connection.execute("select * from app.doubles_due('fake')")

    root(database_url, "update app.doubled_subscriptions set try_at = now()")
    await doubles.end_due()

    assert till.references == ["sub_1"]


async def test_its_own_end_leaves_nothing_to_do(database_url: str, till: Till) -> None:
    business = a_business(database_url)
    await tell(
        told(business, reference="sub_1"),
        told(business, at=HOUR, reference="sub_2"),
        told(business, at=2 * HOUR, reference="sub_1", state="ended"),
    )

    await doubles.end_due()

    assert till.ended == []
    assert plan_of(database_url, business) == ("pro", "paid")


async def test_one_whose_days_of_grace_are_over_does_not_come_back_beside_its_successor(
    database_url: str, till: Till
) -> None:
    """The provider still tries the old card while the owner has bought anew."""
    business = a_business(database_url)
    await tell(told(business), told(business, at=30 * 24 * HOUR, state="late"))
    root(database_url, "update subscriptions set until = now() where org_id = %s", business.org_id)
    await plans.by_the_clock()
    await tell(told(business, at=40 * 24 * HOUR, reference="sub_2"))

    await doubles.end_due()

    assert till.references == ["sub_1"]
    assert "paid_twice" not in alerts(database_url, business)  # nobody was charged for both


async def test_a_new_one_counts_though_the_end_of_the_one_before_was_told_first(
    database_url: str, till: Till
) -> None:
    business = a_business(database_url)
    await tell(
        told(business, reference="sub_1"),
        told(business, at=2 * HOUR, reference="sub_1", state="ended"),
        told(business, at=HOUR, reference="sub_2", plan=Plan.BUSINESS),
    )

    await doubles.end_due()

    assert plan_of(database_url, business) == ("business", "paid")
    assert till.ended == []


async def test_what_is_over_does_not_begin_again_with_old_news(database_url: str, till: Till) -> None:
    business = a_business(database_url)
    await tell(
        told(business, at=HOUR, reference="sub_1", state="ended"),
        told(business, at=2 * HOUR, reference="sub_2"),
        told(business, reference="sub_1"),
    )

    await doubles.end_due()

    assert (reference(database_url, business.org_id), till.ended) == ("sub_2", [])
    assert alerts(database_url, business) == []


async def test_the_end_of_what_was_paid_takes_nothing_that_the_house_gave(database_url: str) -> None:
    """The worker ended the paid period, the house gave a plan, and only then the provider's own end arrives."""
    business = a_business(database_url)
    await tell(told(business, next_plan=Plan.FREE))
    root(database_url, "update subscriptions set until = now() where org_id = %s", business.org_id)
    await plans.by_the_clock()
    await plans.give_as_operator(business.org_id, Plan.BUSINESS, "cliente piloto")

    await tell(told(business, at=MONTH, state="ended"))

    assert plan_of(database_url, business) == ("business", "given")


async def test_one_page_that_is_paid_twice_is_one_subscription(
    http: httpx.AsyncClient, served: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A double click, or the same address in two tabs."""
    monkeypatch.setattr(settings, "vulkn_public_url", served)
    business = a_business(database_url)
    address = await billing.choose(business.owner, Plan.STARTER, back=f"{served}/app/billing/")

    same = {"sec-fetch-site": "same-origin"}
    await asyncio.gather(*(http.post(f"{address}&act=pay", headers=same) for _ in range(2)))

    assert len(await billing.invoices(business.owner)) == 1
    assert alerts(database_url, business) == []


async def test_two_open_pages_leave_one_subscription(
    http: httpx.AsyncClient, served: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "vulkn_public_url", served)
    root(database_url, "delete from app.doubled_subscriptions")
    business = a_business(database_url)
    pages = [
        await billing.choose(business.owner, plan, back=f"{served}/app/billing/")
        for plan in (Plan.STARTER, Plan.PRO)
    ]
    same = {"sec-fetch-site": "same-origin"}
    for page in pages:
        await http.post(f"{page}&act=pay", headers=same)

    await doubles.end_due()

    assert plan_of(database_url, business) == ("pro", "paid")
    left = "select ended_at is not null from app.doubled_subscriptions where org_id = %s"
    assert root(database_url, left, business.org_id) == [(True,)]
    told_of = "select outcome from app.payment_events where org_id = %s order by received_at"
    assert [row[0] for row in root(database_url, told_of, business.org_id)] == ["active", "active", "other"]
