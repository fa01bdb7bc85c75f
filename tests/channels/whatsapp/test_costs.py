"""A message is charged once, by the card of its day, in the month that it was sent."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.connected import Chat, Line, a_chat, a_number
from tests.factories import Business, a_business
from vulkn_app.analytics import usage, whatsapp_costs
from vulkn_app.channels.whatsapp import costs
from vulkn_app.db import AgentKey, Member

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
MEXICAN, PERUVIAN, AMERICAN, DOMINICAN, GERMAN = (
    "5215512345678",
    "51987654321",
    "14155552671",
    "18095551234",
    "4915112345678",
)


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def line(deployment: None, database_url: str, business: Business) -> Line:
    return a_number(database_url, business)


@pytest.fixture
def chat(database_url: str, line: Line) -> Chat:
    return a_chat(database_url, line)


def a_status(
    state: str = "delivered",
    *,
    wamid: str = "",
    category: str = "service",
    kind: str = "regular",
    billable: bool = True,
    to: str = MEXICAN,
    user: str = "",
) -> dict[str, Any]:
    one: dict[str, Any] = {"id": wamid or f"wamid.{uuid4().hex}", "status": state}
    one |= {"recipient_id": to} if to else {}
    one |= {"recipient_user_id": user} if user else {}
    if state != "failed":
        one["pricing"] = {"billable": billable, "pricing_model": "PMP", "type": kind, "category": category}
    return one


async def note(chat: Chat, status: dict[str, Any], at: datetime = AT) -> bool:
    return await costs.note(chat.line.agent, status, at, chat.line.channel_id)


def sql(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def ledger(url: str, chat: Chat) -> list[tuple[Any, ...]]:
    return sql(
        url,
        "select category, country, billable, cost_micro_usd from message_costs where org_id = %s order by created_at",
        chat.line.agent.org_id,
    )


def months(url: str, chat: Chat) -> list[tuple[Any, ...]]:
    return sql(
        url,
        "select month, turns, cost_micro_usd, whatsapp_micro_usd from usage_months where org_id = %s order by month",
        chat.line.agent.org_id,
    )


async def test_a_message_counts_once_however_many_statuses_at_once_say_so(
    chat: Chat, database_url: str
) -> None:
    told = [a_status(state, wamid="wamid.X") for state in ("sent", "delivered", "read") for _ in range(4)]

    news = await asyncio.gather(*(note(chat, status) for status in told))

    assert sum(news) == 1
    assert ledger(database_url, chat) == [("service", "MX", True, 8500)]
    assert months(database_url, chat) == [(date(2026, 11, 1), 0, 8500, 8500)]


@pytest.mark.parametrize(
    ("to", "category", "country", "cost"),
    [
        (MEXICAN, "marketing", "MX", 39700),
        (PERUVIAN, "utility", "PE", 30000),
        (AMERICAN, "service", "US", 3400),
        (DOMINICAN, "utility", "DO", 11300),
        (GERMAN, "service", "DE", None),
        (MEXICAN, "something_new", "MX", None),
    ],
)
async def test_the_rate_is_the_recipient_s_country_s_and_none_is_no_zero(
    chat: Chat, database_url: str, to: str, category: str, country: str, cost: int | None
) -> None:
    await note(chat, a_status(to=to, category=category))

    assert ledger(database_url, chat) == [(category, country, True, cost)]


async def test_a_rate_holds_from_its_day_on(chat: Chat, database_url: str) -> None:
    await note(chat, a_status(), datetime(2026, 9, 30, 23, 59, tzinfo=UTC))
    await note(chat, a_status(), datetime(2026, 10, 1, 0, 0, tzinfo=UTC))

    assert [row[3] for row in ledger(database_url, chat)] == [None, 8500]


@pytest.mark.parametrize("kind", ["free_entry_point", "free_customer_service"])
async def test_what_meta_calls_free_has_a_row_and_costs_nothing(
    chat: Chat, database_url: str, kind: str
) -> None:
    await note(chat, a_status(kind=kind, billable=kind == "free_entry_point"))

    assert ledger(database_url, chat) == [("service", "MX", False, 0)]
    assert months(database_url, chat) == []


async def test_somebody_without_a_number_is_of_the_country_that_their_id_says(
    chat: Chat, database_url: str
) -> None:
    await note(chat, a_status(to="", user="CO.13491208655302741918"))

    assert ledger(database_url, chat) == [("service", "CO", True, 800)]


async def test_a_failure_takes_back_what_was_counted_and_an_arrival_counts_it_again(
    chat: Chat, database_url: str
) -> None:
    await note(chat, a_status("sent", wamid="wamid.F"))
    assert await note(chat, a_status("failed", wamid="wamid.F"))
    assert not await note(chat, a_status("failed", wamid="wamid.F"))

    assert ledger(database_url, chat) == [("service", "MX", False, 0)]
    assert months(database_url, chat)[0][2:] == (0, 0)
    await note(chat, a_status("delivered", wamid="wamid.F"))
    assert months(database_url, chat)[0][2:] == (8500, 8500)


async def test_the_cost_belongs_to_the_month_in_which_the_business_sent_it(
    chat: Chat, database_url: str
) -> None:
    """05:30 UTC on the first is still the thirtieth in Mexico City."""
    await note(chat, a_status(), datetime(2026, 12, 1, 5, 30, tzinfo=UTC))

    assert months(database_url, chat)[0][0] == date(2026, 11, 1)


async def test_the_cost_finds_its_conversation_by_the_message_or_by_the_person(
    chat: Chat, database_url: str
) -> None:
    (message,) = sql(
        database_url,
        "insert into messages (org_id, conversation_id, sender, body) values (%s, %s, 'agent', 'hola') returning id",
        chat.line.agent.org_id,
        chat.id,
    )
    sql(
        database_url,
        "insert into message_deliveries (org_id, message_id, wamid, state) values (%s, %s, 'wamid.D', 'accepted')",
        chat.line.agent.org_id,
        message[0],
    )

    await note(chat, a_status(wamid="wamid.D", to="", user="MX.1"))
    await note(chat, a_status(to="525512345678"))  # as Mexico writes it now; nobody noted the sending yet
    sql(database_url, "update contact_identities set key = '525512345678' where key = %s", MEXICAN)
    await note(chat, a_status(to=MEXICAN))

    found = sql(database_url, "select count(*) from message_costs where conversation_id = %s", chat.id)
    assert found == [(2,)]


async def test_a_general_purpose_assistant_is_an_alarm(chat: Chat, database_url: str) -> None:
    await note(chat, a_status(category="general_purpose_ai"))
    await note(chat, a_status(category="general_purpose_ai"))

    alerts = sql(database_url, "select kind, detail from alerts where org_id = %s", chat.line.agent.org_id)
    assert alerts == [("policy", {"what": "general_purpose_ai"})]


async def test_meta_s_money_counts_against_the_month_s_limit(
    chat: Chat, database_url: str, business: Business
) -> None:
    sql(database_url, "update organizations set plan = 'free' where id = %s", business.org_id)
    sql(
        database_url,
        "insert into usage_months (org_id, month, cost_micro_usd) values (%s, '2026-11-01', 990000)",
        business.org_id,
    )

    await note(chat, a_status(category="marketing"))

    alerts = sql(database_url, "select kind, detail from alerts where org_id = %s", business.org_id)
    assert alerts == [("limit", {"percent": 50})]


async def test_the_owner_sees_the_month_and_a_conversation(
    chat: Chat, database_url: str, business: Business
) -> None:
    for status in (a_status(), a_status(), a_status(to=GERMAN), a_status(kind="free_customer_service")):
        await note(chat, status)

    month = await whatsapp_costs.month(business.owner, date(2026, 11, 15))
    one = await whatsapp_costs.of_conversation(business.owner, chat.id)

    assert (month.messages, month.free, month.unpriced, month.cost) == (4, 1, 1, "0.0170")
    assert [(row.category, row.country, row.messages) for row in month.rows] == [
        ("service", "MX", 3),
        ("service", "DE", 1),
    ]
    assert one.messages == 0  # this fixture's identity is no key, and nobody noted the sending
    with_both = await usage.this_month(business.owner)
    assert with_both.whatsapp in ("0.00", "0.02")


async def test_nobody_else_sees_or_changes_it(chat: Chat, database_url: str) -> None:
    await note(chat, a_status(wamid="wamid.MINE"))
    stranger = a_business(database_url)

    await costs.note(AgentKey(stranger.org_id), a_status("failed", wamid="wamid.MINE"), AT)
    theirs = await whatsapp_costs.month(
        Member(stranger.owner.user_id, chat.line.agent.org_id), date(2026, 11, 1)
    )

    assert ledger(database_url, chat) == [("service", "MX", True, 8500)]
    assert theirs.messages == 0
