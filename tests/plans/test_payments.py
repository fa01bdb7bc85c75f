"""What a provider tells: signed, once, in any order; and what follows from it by the clock."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from models.organizations import Plan
from models.plans import InvoiceState
from tests.factories import Business, a_business
from tests.plans.planned import alerts, joins, knows, on_plan, plan_of, root, somebody
from vulkn_app import plans
from vulkn_app.administrators import desk
from vulkn_app.administrators.desk import Administrator, Reason
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound
from vulkn_app.payments import billing, fake, news
from vulkn_app.payments.chosen import provider
from vulkn_app.payments.seam import InvoiceNews, News, NotBelieved, SubscriptionNews
from vulkn_app.settings import settings

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def _paid_here(deployment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "payments_provider", "fake")


def told(
    business: Business, *, at: timedelta = timedelta(), paid: InvoiceState | None = None, **more: Any
) -> News:
    said = {
        "reference": "sub_1",
        "customer": "cus_1",
        "state": "active",
        "plan": Plan.PRO,
        "until": NOW + MONTH,
    }
    invoice = InvoiceNews(
        key=str(more.pop("invoice", uuid4())), plan=Plan.PRO, cents=144900, currency="MXN",
        state=paid or InvoiceState.PAID, at=NOW + at,
    )  # fmt: skip
    return News(
        key=str(more.pop("key", uuid4())),
        at=NOW + at,
        org=business.org_id,
        invoice=invoice if paid else None,
        subscription=SubscriptionNews.model_validate(said | more),
    )


async def tell(*events: News) -> None:
    for event in events:
        await news.take(*fake.signed(event))


def audited(url: str, business: Business, action: str) -> list[dict]:
    query = "select detail from audit_log where org_id = %s and action = %s order by seq"
    return [row[0] for row in root(url, query, business.org_id, action)]


async def test_a_payment_brings_the_plan_the_document_and_one_audit_row(database_url: str) -> None:
    business = a_business(database_url)

    await tell(told(business, paid=InvoiceState.PAID))

    assert plan_of(database_url, business) == ("pro", "paid")
    assert [(one.plan, one.cents, one.state) for one in await billing.invoices(business.owner)] == [
        ("pro", 144900, "paid")
    ]
    assert audited(database_url, business, "plan_changed") == [
        {"from": "starter", "to": "pro", "why": "payment"}
    ]


async def test_the_same_news_eight_times_at_once_count_once(database_url: str) -> None:
    business = a_business(database_url)
    event = told(business, paid=InvoiceState.PAID)

    await asyncio.gather(*(tell(event) for _ in range(8)))

    stored = "select count(*) from app.payment_events where org_id = %s"
    assert root(database_url, stored, business.org_id) == [(1,)]
    assert len(await billing.invoices(business.owner)) == 1
    assert len(audited(database_url, business, "plan_changed")) == 1


async def test_older_news_that_come_late_undo_nothing(database_url: str) -> None:
    business = a_business(database_url)
    failed = told(business, invoice="inv_1", paid=InvoiceState.FAILED, state="late")
    paid = told(business, at=timedelta(minutes=1), invoice="inv_1", paid=InvoiceState.PAID)

    await tell(paid, failed)

    assert plan_of(database_url, business) == ("pro", "paid")
    assert [one.state for one in await billing.invoices(business.owner)] == [InvoiceState.PAID]
    assert alerts(database_url, business) == []


async def test_the_end_of_an_earlier_subscription_does_not_end_the_one_that_runs(database_url: str) -> None:
    business = a_business(database_url)
    await tell(told(business, reference="sub_2"))

    await tell(told(business, at=timedelta(hours=1), reference="sub_1", state="ended"))

    assert plan_of(database_url, business) == ("pro", "paid")


@pytest.mark.parametrize("change", ["body", "signature", "moment", "nothing at all"])
async def test_news_that_nobody_signed_are_not_believed(change: str, database_url: str) -> None:
    business = a_business(database_url)
    raw, headers = fake.signed(told(business))
    moment, _, signature = headers[fake.HEADER].partition(".")
    forged = {
        "body": (raw.replace(b'"pro"', b'"business"'), headers),
        "signature": (raw, {fake.HEADER: f"{moment}.{signature[:-1]}0x"}),
        "moment": (raw, {fake.HEADER: f"{int(moment) - 3600}.{signature}"}),
        "nothing at all": (raw, {}),
    }

    with pytest.raises(NotBelieved):
        await news.take(*forged[change])

    assert plan_of(database_url, business) == ("starter", "trial")


async def test_a_failed_payment_leaves_days_of_grace_and_then_the_free_plan(database_url: str) -> None:
    business = a_business(database_url)
    await tell(told(business))
    late = told(business, at=timedelta(days=30), state="late", paid=InvoiceState.FAILED)
    await tell(late)
    again = told(business, at=timedelta(days=33), state="late", paid=InvoiceState.FAILED)
    await tell(again)

    during = await billing.account(business.owner)
    root(database_url, "update subscriptions set until = now() where org_id = %s", business.org_id)
    await plans.by_the_clock()

    # A second failed try gives no further days.
    assert (during.plan, during.state, during.until) == ("pro", "late", NOW + timedelta(days=37))
    assert plan_of(database_url, business) == ("free", "given")
    assert alerts(database_url, business) == ["payment_failed", "payment_failed", "plan_over"]


async def test_paying_after_the_grace_brings_the_plan_back(database_url: str) -> None:
    business = a_business(database_url)
    await tell(told(business), told(business, at=timedelta(days=30), state="late"))
    root(database_url, "update subscriptions set until = now() where org_id = %s", business.org_id)
    await plans.by_the_clock()

    await tell(told(business, at=timedelta(days=40), until=NOW + timedelta(days=70)))

    assert plan_of(database_url, business) == ("pro", "paid")


async def test_a_smaller_plan_begins_when_the_paid_period_ends_and_deletes_nothing(database_url: str) -> None:
    business = a_business(database_url)
    await tell(told(business))
    joins(database_url, business, 4)
    knows(database_url, business, 400)
    await tell(told(business, at=timedelta(days=1), next_plan=Plan.FREE))

    before = plan_of(database_url, business)
    root(database_url, "update subscriptions set until = now() where org_id = %s", business.org_id)
    await plans.by_the_clock()
    await plans.by_the_clock()

    room = await plans.room(business.owner)
    assert (before, plan_of(database_url, business)) == (("pro", "paid"), ("free", "given"))
    assert (room["members"].used, room["entries"].used) == (5, 404)
    assert [row["to"] for row in audited(database_url, business, "plan_changed")] == ["pro", "free"]


async def test_a_new_business_has_a_trial_that_says_when_it_ends_and_ends_by_itself(
    database_url: str,
) -> None:
    business = a_business(database_url)
    ends = await plans.trial(business.owner)
    assert ends
    assert timedelta(days=13) < ends - datetime.now(UTC) <= timedelta(days=14)

    await plans.by_the_clock()
    quiet = alerts(database_url, business)
    soon = "update subscriptions set until = now() + interval '3 days' where org_id = %s"
    root(database_url, soon, business.org_id)
    await plans.by_the_clock()
    await plans.by_the_clock()
    told_before = alerts(database_url, business)
    root(database_url, "update subscriptions set until = now() where org_id = %s", business.org_id)
    await plans.by_the_clock()

    assert (quiet, told_before) == ([], ["trial_ends"])
    assert alerts(database_url, business) == ["trial_ends", "trial_over"]
    assert plan_of(database_url, business) == ("free", "given")
    assert await plans.trial(business.owner) is None


async def test_a_plan_that_the_house_names_is_no_trial(database_url: str) -> None:
    business = on_plan(database_url, "pro")
    found = root(
        database_url, "insert into organizations (slug, name, plan) values (%s, 'N', 'pro') returning id", f"n-{uuid4().hex[:9]}"
    )  # fmt: skip
    state = root(database_url, "select state, until from subscriptions where org_id = %s", found[0][0])

    assert (plan_of(database_url, business), state) == (("pro", "given"), [("given", None)])


async def test_an_administrator_of_the_platform_gives_a_plan_and_nobody_else_does(database_url: str) -> None:
    business = a_business(database_url)
    admin, _ = somebody(database_url)
    root(database_url, "insert into app.platform_admins (user_id) values (%s)", admin)

    why = Reason(reason="cliente piloto")
    for person in (business.owner.user_id, somebody(database_url)[0]):
        with pytest.raises(NotAllowed):
            await desk.set_plan(Administrator(person, b""), business.org_id, Plan.BUSINESS, why)
    await desk.set_plan(Administrator(admin, b""), business.org_id, Plan.BUSINESS, why)

    assert plan_of(database_url, business) == ("business", "given")
    assert audited(database_url, business, "plan_changed") == [
        {"from": "starter", "to": "business", "why": "cliente piloto"}
    ]


async def test_whoever_pays_has_what_they_pay_for(database_url: str) -> None:
    business = a_business(database_url)
    await tell(told(business))

    with pytest.raises(Conflict, match="plan_is_paid"):
        await plans.give_as_operator(business.org_id, Plan.FREE, "un error")

    assert plan_of(database_url, business) == ("pro", "paid")


async def test_what_is_paid_is_for_who_leads_the_business(database_url: str) -> None:
    business = a_business(database_url)
    await tell(told(business, paid=InvoiceState.PAID))
    person, _ = somebody(database_url)
    join = "insert into memberships (org_id, user_id, role) values (%s, %s, 'member')"
    root(database_url, join, business.org_id, person)
    member = Member(person, business.org_id, "member")

    assert await billing.invoices(member) == []
    for refused in (billing.account(member), billing.choose(member, Plan.FREE, back="http://x.test")):
        with pytest.raises(NotAllowed):
            await refused


async def test_where_nobody_takes_money_that_is_said(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    business = a_business(database_url)
    monkeypatch.setattr(settings, "payments_provider", None)

    with pytest.raises(BadInput, match="payments_closed"):
        await billing.choose(business.owner, Plan.PRO, back="http://x.test")
    with pytest.raises(NotFound):
        await news.take(*fake.signed(told(business)))


async def test_nobody_takes_money_unless_it_is_said() -> None:
    assert type(settings).model_fields["payments_provider"].default is None


async def test_the_whole_way_over_http(
    http: httpx.AsyncClient, served: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Order, pay, go up, go down, think better of it, cancel: each by the provider's own news."""
    monkeypatch.setattr(settings, "vulkn_public_url", served)
    business = a_business(database_url)
    back = f"{served}/app/billing/"

    address = await billing.choose(business.owner, Plan.STARTER, back=back)
    page = await http.get(address)
    paid = await http.post(f"{address}&act=pay", headers={"sec-fetch-site": "same-origin"})
    bought = await billing.account(business.owner)

    assert "aquí no se cobra nada" in page.text
    assert "$449" in page.text
    assert (paid.status_code, paid.headers["location"]) == (303, "/app/billing/")
    assert (bought.plan, bought.state, bought.next_plan) == ("starter", "paid", None)

    assert await billing.choose(business.owner, Plan.PRO, back=back) == ""
    assert (await billing.account(business.owner)).plan == "pro"
    assert await billing.choose(business.owner, Plan.STARTER, back=back) == ""
    smaller = await billing.account(business.owner)
    assert (smaller.plan, smaller.next_plan) == ("pro", "starter")
    await billing.choose(business.owner, Plan.PRO, back=back)
    assert (await billing.account(business.owner)).next_plan is None
    await billing.choose(business.owner, Plan.FREE, back=back)
    assert (await billing.account(business.owner)).next_plan == "free"

    assert [one.cents for one in await billing.invoices(business.owner)][-1] == 44900
    asked = [row["to"] for row in audited(database_url, business, "plan_asked_for")]
    assert asked == ["starter", "pro", "starter", "pro", "free"]


async def test_an_order_that_this_deployment_did_not_make_opens_nothing(http: httpx.AsyncClient) -> None:
    for order in ("", "nonsense", "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ="):
        assert (await http.get(fake.PAGE, params={"order": order})).status_code == 404


async def test_another_site_cannot_pay_in_somebodys_name(http: httpx.AsyncClient, database_url: str) -> None:
    business = a_business(database_url)
    address = await billing.choose(business.owner, Plan.PRO, back="http://x.test/")

    answer = await http.post(
        fake.PAGE, params={"order": address.partition("order=")[2], "act": "pay"}, headers={"sec-fetch-site": "cross-site"}
    )  # fmt: skip

    assert answer.status_code == 403
    assert json.loads(answer.text)["error"]["code"] == "cross_site"


async def test_the_fake_is_the_one_that_the_settings_name() -> None:
    found = provider()

    assert found
    assert found.name == "fake"
