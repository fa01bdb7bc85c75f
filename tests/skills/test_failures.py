"""A skill that fails tells its owner: once a day, in one place, and not for what a customer can mend."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.booking.calendars import EVERY_DAY, RULES, a_shop
from tests.booking.test_bookings import ANA, an_asker
from tests.factories import Business, a_business
from tests.skilled import a_turn
from tests.skills.servers import saying, serving
from vulkn_app import live
from vulkn_app.booking import bookings
from vulkn_app.booking.bookings import Limits
from vulkn_app.conversations import alerts
from vulkn_app.conversations.alerts import AlertRow
from vulkn_app.db import AgentKey
from vulkn_app.settings import settings
from vulkn_app.skills import booking, failures, reminders
from vulkn_app.skills.base import ToolProblem, Turn
from vulkn_app.skills.booking import FindSlots
from vulkn_app.skills.booking_flow import BookingConfig
from vulkn_app.skills.http_action import SKILL, HttpActionConfig

pytestmark = pytest.mark.usefixtures("deployment")


@pytest.fixture
def business(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Business:
    monkeypatch.setattr(settings, "actions_reach_loopback", True)
    return a_business(database_url)


def sql(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


async def told(business: Business) -> list[AlertRow]:
    return [row for row in await alerts.newest(business.owner) if row.kind == "skill"]


async def calls(turn: Turn, name: str = "order_status", *, status: int = 500, times: int = 1) -> None:
    async with serving(saying("{}", status=status)) as server:
        action = {
            "name": name,
            "description": "Tells how far an order is.",
            "url": f"{server.url}/orders",
            "hosts": ["127.0.0.1"],
        }
        config = HttpActionConfig.model_validate({"actions": [action]})
        (tool,) = SKILL.tools_for(config)
        for _ in range(times):
            with pytest.raises(ToolProblem):
                await tool.run(turn, config, tool.arguments())


async def test_the_third_failure_within_an_hour_is_told_and_the_next_ones_are_not(
    database_url: str, business: Business
) -> None:
    turn = a_turn(database_url, business)
    await calls(turn, times=2)
    assert await told(business) == []

    with live.subscription(business.org_id) as rings:
        await calls(turn)
        assert rings.get_nowait().kind == "alert"
    await calls(turn, times=2)

    (alert,) = await told(business)
    assert (alert.skill, alert.what, alert.subject) == ("http_action", "action", "order_status")
    assert alert.conversation_id == turn.conversation_id


async def test_failures_of_another_hour_do_not_add_up(database_url: str, business: Business) -> None:
    turn = a_turn(database_url, business)
    await calls(turn, times=2)
    sql(database_url, "update app.skill_failures set at = at - interval '61 minutes'")

    await calls(turn, times=2)

    assert await told(business) == []


async def test_each_action_is_counted_for_itself(database_url: str, business: Business) -> None:
    turn = a_turn(database_url, business)
    await calls(turn, "order_status", times=2)
    await calls(turn, "open_ticket", times=2)

    assert await told(business) == []


async def test_the_next_day_it_is_told_again(database_url: str, business: Business) -> None:
    turn = a_turn(database_url, business)
    await calls(turn, times=3)
    sql(database_url, "update alerts set key = replace(key, '20', '19') where org_id = %s", business.org_id)

    await calls(turn)

    assert len(await told(business)) == 2


async def test_values_that_fit_nothing_are_the_customers_to_mend(
    database_url: str, business: Business
) -> None:
    await calls(a_turn(database_url, business), status=404, times=4)

    assert await told(business) == []


async def test_in_the_playground_the_owner_sees_it_anyway(database_url: str, business: Business) -> None:
    await calls(a_turn(database_url, business, playground=True), times=4)

    assert await told(business) == []


async def test_one_business_is_not_told_of_another(database_url: str, business: Business) -> None:
    other = a_business(database_url)
    await calls(a_turn(database_url, business), times=3)

    assert await told(other) == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with failures.as_agent(AgentKey(other.org_id)) as connection:
            await connection.execute(failures.NOTE, (business.org_id, "x", "action", "", 1, None))


async def test_failures_are_forgotten_after_a_day(database_url: str, business: Business) -> None:
    turn = a_turn(database_url, business)
    await calls(turn, times=2)
    sql(database_url, "update app.skill_failures set at = at - interval '25 hours'")

    await calls(turn)

    left = "select count(*) from app.skill_failures where org_id = %s"
    assert sql(database_url, left, business.org_id) == [(1,)]


async def test_a_full_calendar_is_told_and_one_that_only_displeases_is_not(
    database_url: str, business: Business
) -> None:
    a_shop(database_url, business)
    turn = a_turn(database_url, business, "Quiero una cita")
    config = BookingConfig(horizon_days=1, lead_minutes=0)  # a Sunday: tomorrow is open
    for _ in range(8):
        await booking.find_slots(turn, config, FindSlots(others=True))
    assert await told(business) == []
    sql(database_url, "delete from resource_hours where org_id = %s", business.org_id)

    await booking.find_slots(a_turn(database_url, business, "Una cita"), config, FindSlots())
    await booking.find_slots(a_turn(database_url, business, "Una cita"), config, FindSlots())

    (alert,) = await told(business)
    assert (alert.skill, alert.what, alert.subject) == ("booking", "calendar", "Corte")


async def test_a_reminder_that_cannot_be_sent_is_told(
    database_url: str, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await a_due_reminder(database_url, business)

    def breaks(*_: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(reminders.Due, "words", breaks)

    assert await reminders.due() == 0
    assert await reminders.due() == 0
    (alert,) = await told(business)
    assert (alert.skill, alert.what, alert.conversation_id) == ("reminders", "reminder", conversation)


async def test_a_reminder_that_comes_too_late_is_told(database_url: str, business: Business) -> None:
    await a_due_reminder(database_url, business)
    sql(
        database_url,
        "update bookings set starts_at = now() - interval '1 hour', ends_at = now(),"
        " occupied = tstzrange(now() - interval '1 hour', now()) where org_id = %s",
        business.org_id,
    )

    assert await reminders.due() == 0

    (alert,) = await told(business)
    assert alert.what == "reminder"


async def test_a_reminder_that_nobody_wants_any_more_is_not(database_url: str, business: Business) -> None:
    await a_due_reminder(database_url, business)
    sql(database_url, "update agent_skills set enabled = false where org_id = %s", business.org_id)

    assert await reminders.due() == 0
    assert await told(business) == []


async def a_due_reminder(url: str, business: Business) -> object:
    sql(url, "delete from reminders")
    a_shop(url, business, hours=EVERY_DAY, reminders=True)
    asker, now = an_asker(url, business), datetime.now(UTC).replace(microsecond=0)
    calendar = await bookings.calendar(asker.agent, now, now + RULES.horizon)
    day = calendar.local(now + timedelta(days=3)).date()
    slot = calendar.free_slots(calendar.services[0], day, RULES, now)[0]
    limits = Limits(RULES, most=9, until=timedelta(hours=2))
    await bookings.book(asker, asker.offerer.token(slot, calendar, now), ANA, limits, now)
    sql(url, "update reminders set due_at = now() where hours_before = 24")
    return asker.conversation_id
