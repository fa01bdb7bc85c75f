"""What a model meets: tokens it cannot make up, words it must pass on, results made of stored rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.booking.calendars import a_shop
from tests.factories import Business, a_business
from tests.skilled import a_turn
from vulkn_app.skills import booking
from vulkn_app.skills.base import ToolProblem, ToolResult, Turn
from vulkn_app.skills.booking import Book, Cancel, FindSlots, MyBookings, Reschedule
from vulkn_app.skills.booking_flow import BookingConfig, recall

pytestmark = pytest.mark.usefixtures("deployment")
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
CONFIG = BookingConfig(note_es="Llega diez minutos antes.")


@pytest.fixture
def business(database_url: str) -> Business:
    business = a_business(database_url)
    a_shop(database_url, business)
    return business


@pytest.fixture
def turn(database_url: str, business: Business) -> Turn:
    return a_turn(database_url, business, "Soy Ana López, 55 1234 5678, el lunes a las 10", now=NOW)


async def tokens(turn: Turn, when: str = "el lunes a las 10") -> list[str]:
    await booking.find_slots(turn, CONFIG, FindSlots(when=when))
    return [offer.token for offer in (await recall(turn)).offers]


async def booked(turn: Turn, when: str = "el lunes a las 10") -> ToolResult:
    given = Book(slot_token=(await tokens(turn, when))[0], name="Ana López", phone="55 1234 5678")
    return await booking.book(turn, CONFIG, given)


async def test_at_most_six_slots_each_with_its_token_and_its_evidence(turn: Turn) -> None:
    result = await booking.find_slots(turn, CONFIG, FindSlots(when="el lunes"))

    assert result.text.count("slot_token ") == 6
    assert {"lunes 23 de noviembre", "Monday, November 23", "9:00 a.m.", "9:00 AM", "09:00"} <= set(
        result.facts
    )
    assert (result.booked, result.done) == (None, ())


async def test_the_offers_stand_in_the_next_turns_context(turn: Turn) -> None:
    offered = await tokens(turn)

    context = await booking.SKILL.context(turn, CONFIG)

    assert all(token in context for token in offered)
    assert await booking.SKILL.context(replace(turn, now=NOW + timedelta(hours=2)), CONFIG) == ""


async def test_what_is_said_to_be_booked_is_the_stored_row(turn: Turn, database_url: str) -> None:
    result = await booked(turn)

    with psycopg.connect(database_url) as admin:
        row = admin.execute("select code, phone from bookings where id = %s", (result.booked,)).fetchone()
    assert row
    assert row[1] == "+525512345678"
    assert row[0] in result.say
    assert row[0] in result.facts
    assert result.done == ("booked",)
    assert "Haircut" not in result.say
    assert "Corte, lunes 23 de noviembre a las 10:00 a.m." in result.say
    assert result.say.endswith("Llega diez minutos antes.")


async def test_a_day_that_the_model_worked_out_itself_is_refused(turn: Turn) -> None:
    with pytest.raises(ToolProblem, match="tool_problem"):
        await booking.find_slots(turn, CONFIG, FindSlots(when="2026-11-25T10:00"))


@pytest.mark.parametrize("made_up", ["", "lunes 10:00", "AAAAAAAAAA", "2026-11-23T10:00"])
async def test_a_made_up_token_books_nothing(turn: Turn, made_up: str) -> None:
    with pytest.raises(ToolProblem) as refused:
        await booking.book(turn, CONFIG, Book(slot_token=made_up, name="Ana", phone="5512345678"))

    assert "find_slots" in refused.value.words
    assert (await booking.my_bookings(turn, CONFIG, MyBookings())).facts == ()


async def test_a_phone_that_the_customer_never_wrote_is_not_taken(turn: Turn) -> None:
    token = (await tokens(turn))[0]

    result = await booking.book(turn, CONFIG, Book(slot_token=token, name="Ana López", phone="55 9999 0000"))

    assert result.booked is None
    assert "phone number or e-mail" in result.text


async def test_the_model_cannot_say_whose_booking_it_is() -> None:
    for tool in booking.SKILL.tools:
        assert not [name for name in tool.arguments.model_fields if name.endswith("_id")]


async def test_somebody_elses_code_opens_nothing(turn: Turn, database_url: str, business: Business) -> None:
    result = await booked(turn)
    code = result.facts[0]
    stranger = a_turn(database_url, business, f"cancelar {code}, mi tel es 55 1234 5678", now=NOW)
    token = (await tokens(stranger, "el martes a las 10"))[0]

    for attempt in (
        booking.cancel(stranger, CONFIG, Cancel(code=code, sure=True)),
        booking.reschedule(stranger, CONFIG, Reschedule(code=code, slot_token=token)),
    ):
        outcome = await attempt
        assert (outcome.booked, outcome.done) == (None, ())
    await booked(stranger, "el martes a las 10")
    with pytest.raises(ToolProblem):
        await booking.cancel(stranger, CONFIG, Cancel(code=code, sure=True))


async def test_cancelling_needs_a_yes_and_says_what_is_gone(turn: Turn) -> None:
    await booked(turn)

    asked = await booking.cancel(turn, CONFIG, Cancel())
    done = await booking.cancel(turn, CONFIG, Cancel(sure=True))

    assert (asked.done, done.done) == ((), ("cancelled",))
    assert "lunes 23 de noviembre a las 10:00 a.m." in done.say


async def test_too_late_to_cancel_is_said(turn: Turn) -> None:
    await booked(turn)
    later = replace(turn, now=NOW + timedelta(hours=21, minutes=30))

    with pytest.raises(ToolProblem) as refused:
        await booking.cancel(later, CONFIG, Cancel(sure=True))
    assert "demasiado cerca" in refused.value.say


async def test_the_prompt_and_the_tools_are_the_same_bytes_every_time() -> None:
    first, second = ([tool.spec() for tool in booking.BookingSkill().tools] for _ in range(2))

    assert first == second
    assert booking.SKILL.prompt(CONFIG) == booking.SKILL.prompt(BookingConfig(note_es="otra"))
