"""A reminder is sent once: whoever dies, however many work, wherever the appointment goes."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.booking.calendars import EVERY_DAY, RULES, Shop, a_shop
from tests.booking.test_bookings import ANA, an_asker
from tests.factories import Business, a_business
from tests.skilled import a_turn
from vulkn_app.booking import bookings
from vulkn_app.booking.bookings import Asker, Limits
from vulkn_app.booking.reading import Booking
from vulkn_app.db import as_system
from vulkn_app.skills import booking, reminders
from vulkn_app.skills.base import Skill, SkillConfig, Tool, ToolResult
from vulkn_app.skills.booking_flow import BookingConfig

pytestmark = pytest.mark.usefixtures("deployment")
LIMITS = Limits(RULES, most=9, until=timedelta(hours=2))
CONFIG, REMINDERS = BookingConfig(), reminders.RemindersConfig()


@pytest.fixture
def now() -> datetime:
    """Real time, because the database's clock decides what is due."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def business(database_url: str) -> Business:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("delete from reminders")
    return a_business(database_url)


@pytest.fixture
def shop(database_url: str, business: Business) -> Shop:
    return a_shop(database_url, business, hours=EVERY_DAY, reminders=True)


@pytest.fixture
def asker(database_url: str, business: Business, shop: Shop) -> Asker:
    return an_asker(database_url, business)


async def a_booking(asker: Asker, now: datetime, *, days: int = 3) -> Booking:
    return await bookings.book(asker, await a_token(asker, now, days=days), ANA, LIMITS, now)


async def a_token(asker: Asker, now: datetime, *, days: int) -> str:
    calendar = await bookings.calendar(asker.agent, now, now + RULES.horizon)
    day: date = calendar.local(now + timedelta(days=days)).date()
    slot = calendar.free_slots(calendar.services[0], day, RULES, now)[0]
    return asker.offerer.token(slot, calendar, now)


def sql(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def fall_due(url: str, booking_id: UUID, hours: int = 24) -> None:
    sql(
        url,
        "update reminders set due_at = now() where booking_id = %s and hours_before = %s",
        booking_id,
        hours,
    )


def states(url: str, booking_id: UUID) -> dict[int, str]:
    found = sql(url, "select hours_before, state from reminders where booking_id = %s", booking_id)
    return {hours: state for hours, state in found}


def said(url: str, asker: Asker) -> list[tuple[str, str]]:
    return sql(
        url,
        "select sender, body from messages where conversation_id = %s and external_id like 'reminder:%%' order by seq",
        asker.conversation_id,
    )


async def test_both_reminders_are_written_with_the_booking(
    asker: Asker, database_url: str, now: datetime
) -> None:
    made = await a_booking(asker, now)

    due = sql(database_url, "select due_at from reminders where booking_id = %s order by due_at", made.id)
    assert [moment for (moment,) in due] == [
        made.starts - timedelta(hours=24),
        made.starts - timedelta(hours=2),
    ]


async def test_a_distance_that_is_past_when_it_is_booked_has_no_reminder(
    asker: Asker, database_url: str, now: datetime
) -> None:
    calendar = await bookings.calendar(asker.agent, now, now + RULES.horizon)
    slots = [
        slot
        for ahead in (0, 1)
        for slot in calendar.free_slots(
            calendar.services[0], calendar.local(now + timedelta(days=ahead)).date(), RULES, now
        )
    ]
    soon = next(slot for slot in slots if timedelta(hours=3) < slot.starts - now < timedelta(hours=9))
    made = await bookings.book(asker, asker.offerer.token(soon, calendar, now), ANA, LIMITS, now)

    assert states(database_url, made.id) == {2: "pending"}


async def test_a_business_without_the_skill_reminds_nobody(database_url: str, now: datetime) -> None:
    business = a_business(database_url)
    a_shop(database_url, business, hours=EVERY_DAY)

    made = await a_booking(an_asker(database_url, business), now)

    assert states(database_url, made.id) == {}


async def test_a_due_reminder_is_one_message_of_the_agent(
    asker: Asker, database_url: str, now: datetime
) -> None:
    made = await a_booking(asker, now)
    assert await reminders.due() == 0
    fall_due(database_url, made.id)

    assert await reminders.due() == 1
    assert await reminders.due() == 0

    ((sender, body),) = said(database_url, asker)
    assert sender == "agent"
    assert body.startswith("¡Hola Ana! Te recordamos tu cita en Clínica Sol: Corte, ")
    assert made.code in body
    assert states(database_url, made.id) == {24: "sent", 2: "pending"}


async def test_a_worker_that_dies_in_the_middle_has_sent_nothing_and_the_next_sends_once(
    asker: Asker, database_url: str, now: datetime
) -> None:
    made = await a_booking(asker, now)
    fall_due(database_url, made.id)
    with pytest.raises(asyncio.CancelledError):
        await _die_after_delivery()
    assert said(database_url, asker) == []
    assert states(database_url, made.id)[24] == "pending"

    assert await reminders.due() == 1
    assert len(said(database_url, asker)) == 1


async def _die_after_delivery() -> None:
    async with as_system("vulkn_engine") as connection:
        claimed = await reminders.claim(connection, [])
        assert claimed
        await reminders.deliver(connection, claimed)
        raise asyncio.CancelledError


async def test_two_workers_never_take_the_same_one(asker: Asker, database_url: str, now: datetime) -> None:
    made = await a_booking(asker, now)
    fall_due(database_url, made.id)
    async with as_system("vulkn_engine") as first:
        assert await reminders.claim(first, [])
        async with as_system("vulkn_engine") as second:
            assert await reminders.claim(second, []) is None


async def test_many_workers_send_many_reminders_once_each(
    asker: Asker, database_url: str, business: Business, now: datetime
) -> None:
    made = [await a_booking(asker, now, days=days) for days in (3, 4, 5, 6)]
    for one in made:
        fall_due(database_url, one.id)

    assert sum(await asyncio.gather(*(reminders.due() for _ in range(6)))) == 4
    assert len(said(database_url, asker)) == 4


async def test_a_moved_appointment_takes_its_reminders_along(
    asker: Asker, database_url: str, now: datetime
) -> None:
    old = await a_booking(asker, now)
    fall_due(database_url, old.id)
    await reminders.due()

    new = await bookings.move(asker, old.code, await a_token(asker, now, days=5), LIMITS, now)

    assert states(database_url, old.id) == {24: "sent", 2: "cancelled"}
    assert states(database_url, new.id) == {24: "pending", 2: "pending"}
    fall_due(database_url, old.id, 2)
    assert await reminders.due() == 0


async def test_a_cancelled_appointment_is_not_reminded_of(
    asker: Asker, database_url: str, now: datetime
) -> None:
    made = await a_booking(asker, now)
    await bookings.cancel(asker, made.code, LIMITS, now)
    fall_due(database_url, made.id)

    assert await reminders.due() == 0
    assert states(database_url, made.id) == {24: "cancelled", 2: "cancelled"}


async def test_after_a_pause_only_the_last_one_of_several_is_sent(
    asker: Asker, database_url: str, now: datetime
) -> None:
    made = await a_booking(asker, now)
    sql(
        database_url,
        "update reminders set due_at = now() - make_interval(hours => hours_before) where booking_id = %s",
        made.id,
    )

    assert await reminders.due() == 1
    assert states(database_url, made.id) == {24: "skipped", 2: "sent"}


async def test_what_has_begun_is_not_reminded_of(asker: Asker, database_url: str, now: datetime) -> None:
    made = await a_booking(asker, now)
    sql(
        database_url,
        "update bookings set starts_at = now() - interval '1 minute', ends_at = now() + interval '1 hour',"
        " occupied = tstzrange(now() - interval '1 minute', now() + interval '1 hour') where id = %s",
        made.id,
    )
    fall_due(database_url, made.id)

    assert await reminders.due() == 0
    assert states(database_url, made.id)[24] == "skipped"


async def test_where_a_person_answers_the_reminder_is_a_note(
    asker: Asker, database_url: str, now: datetime
) -> None:
    made = await a_booking(asker, now)
    sql(database_url, "update conversations set status = 'human' where id = %s", asker.conversation_id)
    fall_due(database_url, made.id)

    assert await reminders.due() == 1
    assert [sender for sender, _ in said(database_url, asker)] == ["system"]


async def test_a_channel_that_can_call_gets_one_row_in_the_outbox(
    asker: Asker, database_url: str, now: datetime
) -> None:
    made = await a_booking(asker, now)
    sql(database_url, "update channels set kind = 'whatsapp' where org_id = %s", asker.agent.org_id)
    fall_due(database_url, made.id)
    await reminders.due()
    await reminders.due()

    ((kind, payload, state),) = sql(
        database_url,
        "select kind, payload ->> 'text', state from outbox where org_id = %s",
        asker.agent.org_id,
    )
    assert (kind, state) == ("reminder", "ready")
    assert payload == said(database_url, asker)[0][1]


async def test_one_that_cannot_be_worded_holds_up_nobody(
    asker: Asker, database_url: str, business: Business, now: datetime
) -> None:
    broken = await a_booking(asker, now)
    other_business = a_business(database_url)
    a_shop(database_url, other_business, hours=EVERY_DAY, reminders=True)
    other = an_asker(database_url, other_business)
    fine = await a_booking(other, now)
    with psycopg.connect(database_url) as admin:  # as no trigger would let anybody
        admin.execute("set local session_replication_role = replica")
        admin.execute(
            "update organizations set timezone = 'Nowhere/At_All' where id = %s", (business.org_id,)
        )
    fall_due(database_url, broken.id)
    fall_due(database_url, fine.id)

    assert await reminders.due() == 1
    assert len(said(database_url, other)) == 1
    assert states(database_url, broken.id)[24] == "pending"


def both() -> tuple[tuple[Skill[Any], SkillConfig], ...]:
    return (booking.SKILL, CONFIG), (reminders.SKILL, REMINDERS)


async def reply(url: str, business: Business, asker: Asker, words: str, now: datetime) -> ToolResult | None:
    """What the skills, in the catalogue's order, do with an answer to a reminder."""
    turn = a_turn(url, business, words, conversation_id=asker.conversation_id, now=now)
    for skill, config in both():
        call = await skill.rehearse(turn, config)
        if call:
            tools: tuple[Tool[Any, Any], ...] = (*booking.SKILL.tools, *reminders.SKILL.tools)
            tool = next(tool for tool in tools if tool.name == call[0])
            return await tool.run(turn, config, tool.arguments.model_validate(call[1]))
    return None


async def reminded(asker: Asker, url: str, now: datetime) -> Booking:
    made = await a_booking(asker, now)
    fall_due(url, made.id)
    await reminders.due()
    return made


@pytest.mark.parametrize(
    "words", ["confirmo", "Sí, ahí estaré", "ok gracias", "👍", "yes, I'll be there", "Confirmo mi cita"]
)
async def test_a_yes_confirms(
    asker: Asker, database_url: str, business: Business, now: datetime, words: str
) -> None:
    made = await reminded(asker, database_url, now)

    result = await reply(database_url, business, asker, words, now)

    assert result
    assert (result.booked, result.done) == (made.id, ("booked", "confirmed"))
    assert sql(database_url, "select confirmed_at is not null from bookings where id = %s", made.id) == [
        (True,)
    ]
    assert await reply(database_url, business, asker, "ok", now) is None


@pytest.mark.parametrize("words", ["cancelar", "Cancelar por favor", "no puedo ir", "can't make it"])
async def test_cancelling_by_one_word_cancels(
    asker: Asker, database_url: str, business: Business, now: datetime, words: str
) -> None:
    made = await reminded(asker, database_url, now)

    result = await reply(database_url, business, asker, words, now)

    assert result
    assert result.done == ("cancelled",)
    assert sql(database_url, "select state from bookings where id = %s", made.id) == [("cancelled",)]
    assert states(database_url, made.id)[2] == "cancelled"


async def test_changing_offers_times_and_moves(
    asker: Asker, database_url: str, business: Business, now: datetime
) -> None:
    made = await reminded(asker, database_url, now)

    offered = await reply(database_url, business, asker, "cambiar", now)
    moved = await reply(database_url, business, asker, "2", now)

    assert offered
    assert "Puedo cambiarla a:" in offered.say
    assert moved
    assert moved.done == ("booked", "moved")
    assert sql(database_url, "select state from bookings where id = %s", made.id) == [("moved",)]


async def test_a_yes_without_a_reminder_is_nobodys(
    asker: Asker, database_url: str, business: Business, now: datetime
) -> None:
    await a_booking(asker, now)

    assert await reply(database_url, business, asker, "sí", now) is None


async def test_the_playground_confirms_nothing(
    asker: Asker, database_url: str, business: Business, now: datetime
) -> None:
    made = await reminded(asker, database_url, now)
    turn = replace(
        a_turn(database_url, business, "sí", conversation_id=asker.conversation_id, now=now), playground=True
    )

    result = await reminders.confirm_booking(turn, REMINDERS, reminders.Confirm())

    assert result.booked is None
    assert sql(database_url, "select confirmed_at from bookings where id = %s", made.id) == [(None,)]
