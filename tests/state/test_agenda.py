"""The agenda, driven through its handlers."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from state.agenda import AgendaState
from state.agenda_booking import AgendaBookingState
from state.agenda_rows import clock, lines_of, minutes
from state.agenda_setup import AgendaSetupState
from tests.booking.calendars import EVERY_DAY, Shop, a_shop
from tests.booking.test_bookings import an_asker
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.booking import calendar, free
from vulkn_app.booking.calendar import BookingForm
from vulkn_app.booking.reading import Booking
from vulkn_app.booking.setup import Span
from vulkn_app.errors import NotFound

MEXICO = ZoneInfo("America/Mexico_City")
TODAY = datetime.now(MEXICO).date()
TOMORROW = TODAY + timedelta(days=1)
CUSTOMER = {"name": "Don Luis", "phone": "55 1234 5678", "language": "es"}


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def shop(business: Business, database_url: str) -> Shop:
    return a_shop(database_url, business, resources=("Laura", "Eva"), hours=EVERY_DAY)


async def opened(page: OpenPage, business: Business, path: str = "/app/agenda/") -> Any:
    agenda = await page(AgendaState, business.owner, path)
    await run(AgendaState.load, agenda)
    return agenda


async def booked(business: Business, shop: Shop, day: int = 1, hour: int = 10, name: str = "Ana") -> Booking:
    starts = free.at(MEXICO, TODAY + timedelta(days=day), time(hour))
    service = shop.services["Corte"]
    return await calendar.create(business.owner, BookingForm(service_id=service, starts=starts, name=name))


def shown(agenda: Any) -> list[tuple[str, list[str]]]:
    return [(day.date, [row.name for row in day.rows]) for day in agenda.days]


async def in_conversation(business: Business, booking: Booking, url: str) -> UUID:
    """As if the agent had made it."""
    asker = an_asker(url, business)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "update bookings set conversation_id = %s, contact_id = %s where id = %s",
            (asker.conversation_id, asker.contact_id, booking.id),
        )
    return asker.conversation_id


def told(url: str, conversation_id: UUID) -> list[str]:
    with psycopg.connect(url) as admin:
        rows = admin.execute(
            "select body from messages where conversation_id = %s and sender = 'human'", (conversation_id,)
        )
        return [body for (body,) in rows]


async def test_days_are_the_businesss_own_and_come_in_order(
    page: OpenPage, business: Business, shop: Shop
) -> None:
    await booked(business, shop, hour=23, name="Noche")  # the next day in UTC
    await booked(business, shop, hour=8, name="Mañana")
    await booked(business, shop, day=2, name="Pasado")

    agenda = await opened(page, business)

    assert shown(agenda) == [
        (TOMORROW.isoformat(), ["Mañana", "Noche"]),
        ((TODAY + timedelta(days=2)).isoformat(), ["Pasado"]),
    ]
    assert [day.today for day in agenda.days] == [False, False]


async def test_what_is_past_has_its_own_list_the_newest_day_first(
    page: OpenPage, business: Business, shop: Shop
) -> None:
    await booked(business, shop, day=-2, name="Antier")
    await booked(business, shop, day=-1, hour=12, name="Tarde")
    await booked(business, shop, day=-1, hour=9, name="Temprano")
    agenda = await opened(page, business)
    assert shown(agenda) == []

    await run(AgendaState.pick_when, agenda, "past")

    assert [names for _, names in shown(agenda)] == [["Temprano", "Tarde"], ["Antier"]]
    assert agenda.days[0].rows[0].state == "done"


async def test_one_day_one_person_some_words(page: OpenPage, business: Business, shop: Shop) -> None:
    await booked(business, shop, name="Ana")  # Laura or Eva, whoever is free
    await booked(business, shop, name="Rosa")
    await booked(business, shop, day=3, name="Iris")
    agenda = await opened(page, business)

    await run(AgendaState.pick_day, agenda, TOMORROW.isoformat())
    assert [sorted(names) for _, names in shown(agenda)] == [["Ana", "Rosa"]]
    await run(AgendaState.pick_resource, agenda, str(shop.resources["Eva"]))
    assert len(agenda.days[0].rows) == 1
    await run(AgendaState.find, agenda, "nobody")
    assert shown(agenda) == []
    assert agenda.narrowed
    await run(AgendaState.see_all, agenda)
    assert sum(len(names) for _, names in shown(agenda)) == 3


async def test_a_list_that_is_long_is_shown_bit_by_bit(
    page: OpenPage, business: Business, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.agenda.STEP", 2)
    for hour in (9, 11, 13):
        await booked(business, shop, hour=hour)
    agenda = await opened(page, business)
    await run(AgendaState.find, agenda, "")
    assert (len(agenda.days[0].rows), agenda.more_to_see) == (2, True)

    await run(AgendaState.see_more, agenda)

    assert (len(agenda.days[0].rows), agenda.more_to_see) == (3, False)


async def test_an_appointment_is_called_off_and_the_customer_is_told(
    page: OpenPage, business: Business, shop: Shop, database_url: str
) -> None:
    booking = await booked(business, shop)
    conversation = await in_conversation(business, booking, database_url)
    agenda = await opened(page, business)
    await run(AgendaState.open, agenda, str(booking.id))
    await run(AgendaState.ask_cancel, agenda)

    await run(AgendaState.cancel, agenda, {"reason": "Nos mudamos", "tell": "on"})

    assert (agenda.panel, agenda.problem, shown(agenda)) == ("", "", [])
    (body,) = told(database_url, conversation)
    assert "Motivo: Nos mudamos." in body
    await run(AgendaState.pick_which, agenda, "cancelled")
    assert agenda.days[0].rows[0].reason == "Nos mudamos"


async def test_who_unticks_it_tells_nobody(
    page: OpenPage, business: Business, shop: Shop, database_url: str
) -> None:
    booking = await booked(business, shop)
    conversation = await in_conversation(business, booking, database_url)
    agenda = await opened(page, business)
    await run(AgendaState.open, agenda, str(booking.id))
    await run(AgendaState.ask_cancel, agenda)

    await run(AgendaState.cancel, agenda, {"reason": ""})

    assert shown(agenda) == []
    assert told(database_url, conversation) == []


async def test_a_no_show_is_noted_and_taken_back(page: OpenPage, business: Business, shop: Shop) -> None:
    booking = await booked(business, shop, day=-1)
    agenda = await opened(page, business)

    await run(AgendaState.no_show, agenda, str(booking.id))
    assert agenda.booking.state == "no_show"
    await run(AgendaState.came, agenda, str(booking.id))

    assert (agenda.booking.state, agenda.panel) == ("done", "booking")


async def test_the_address_opens_an_appointment_and_nobody_elses(
    page: OpenPage, business: Business, shop: Shop, database_url: str
) -> None:
    booking = await booked(business, shop)
    agenda = await opened(page, business, f"/app/agenda/?booking={booking.id}&tab=people")
    assert (agenda.booking.name, agenda.tab) == ("Ana", "people")

    other = await opened(page, a_business(database_url))
    with pytest.raises(NotFound):
        await run(AgendaState.open, other, str(booking.id))
    with pytest.raises(NotFound):
        await run(AgendaState.no_show, other, str(booking.id))
    assert other.booking is None


async def test_what_somebody_else_booked_is_there_after_the_bell(
    page: OpenPage, business: Business, shop: Shop
) -> None:
    agenda = await opened(page, business)
    await booked(business, shop)

    await run(AgendaState.ring, agenda)

    assert shown(agenda) == [(TOMORROW.isoformat(), ["Ana"])]


async def test_the_bell_does_not_disturb_who_is_writing(
    page: OpenPage, business: Business, shop: Shop
) -> None:
    booking = await booked(business, shop)
    agenda = await opened(page, business)
    await run(AgendaState.open, agenda, str(booking.id))
    await run(AgendaState.ask_cancel, agenda)
    before = agenda.form_key

    await run(AgendaState.ring, agenda)

    assert (agenda.panel, agenda.form_key) == ("cancel", before)


async def test_a_booking_by_hand_takes_a_free_time(page: OpenPage, business: Business, shop: Shop) -> None:
    agenda = await opened(page, business)
    form = await agenda.get_state(AgendaBookingState)
    await run(AgendaBookingState.begin, form)
    await run(AgendaBookingState.pick_day, form, TOMORROW.isoformat())
    await run(AgendaBookingState.pick_resource, form, str(shop.resources["Eva"]))

    await run(AgendaBookingState.save, form, CUSTOMER)
    assert (form.problem, form.is_open) == ("Elige una hora.", True)
    await run(AgendaBookingState.pick_time, form, form.times[3].key)
    await run(AgendaBookingState.save, form, CUSTOMER)

    row = agenda.days[0].rows[0]
    assert (row.name, row.phone_shown, row.resource, row.starts) == (
        "Don Luis",
        "+52 55 1234 5678",
        "Eva",
        form.times[3].starts,
    )
    assert (form.is_open, row.by_hand) == (False, True)


async def test_a_second_click_is_no_second_appointment(
    page: OpenPage, business: Business, shop: Shop
) -> None:
    """Eva would still be free."""
    agenda = await opened(page, business)
    form = await agenda.get_state(AgendaBookingState)
    await run(AgendaBookingState.begin, form)
    await run(AgendaBookingState.pick_day, form, TOMORROW.isoformat())
    await run(AgendaBookingState.pick_time, form, form.times[3].key)

    for _ in range(2):
        await run(AgendaBookingState.save, form, CUSTOMER)

    assert [names for _, names in shown(agenda)] == [["Don Luis"]]


async def test_a_time_that_goes_meanwhile_is_no_longer_offered(
    page: OpenPage, business: Business, shop: Shop
) -> None:
    agenda = await opened(page, business)
    form = await agenda.get_state(AgendaBookingState)
    await run(AgendaBookingState.begin, form)
    await run(AgendaBookingState.pick_day, form, TOMORROW.isoformat())
    gone = form.times[20].key
    await run(AgendaBookingState.pick_time, form, gone)
    for _ in range(2):  # Laura and Eva
        await booked(business, shop, hour=10)

    await run(AgendaBookingState.save, form, CUSTOMER)

    assert form.problem == "Ese horario ya está ocupado. Elige otro."
    assert (gone in {each.key for each in form.times}, form.chosen) == (False, "")


async def test_an_hour_that_is_typed_counts_even_at_night(
    page: OpenPage, business: Business, database_url: str
) -> None:
    a_shop(database_url, business, hours=tuple((day, 540, 600) for day in range(7)))
    agenda = await opened(page, business)
    form = await agenda.get_state(AgendaBookingState)
    await run(AgendaBookingState.begin, form)
    await run(AgendaBookingState.pick_day, form, TOMORROW.isoformat())

    await run(AgendaBookingState.save, form, CUSTOMER | {"other": "21:15"})

    local = agenda.days[0].rows[0].starts.astimezone(MEXICO)
    assert f"{local:%H:%M}" == "21:15"


async def test_the_sheet_begins_on_the_next_day_that_has_a_time(
    page: OpenPage, business: Business, database_url: str
) -> None:
    then = TODAY + timedelta(days=3)
    a_shop(database_url, business, hours=((then.weekday(), 540, 600),))
    agenda = await opened(page, business)
    form = await agenda.get_state(AgendaBookingState)

    await run(AgendaBookingState.begin, form)

    assert (form.day, len(form.times)) == (then.isoformat(), 1)


async def test_an_appointment_is_moved_and_the_customer_is_told(
    page: OpenPage, business: Business, shop: Shop, database_url: str
) -> None:
    booking = await booked(business, shop)
    conversation = await in_conversation(business, booking, database_url)
    agenda = await opened(page, business)
    form = await agenda.get_state(AgendaBookingState)
    await run(AgendaState.open, agenda, str(booking.id))
    await run(AgendaBookingState.begin_move, form, str(booking.id))
    assert (agenda.panel, form.day, form.resource) == ("", TOMORROW.isoformat(), str(booking.resource_id))

    later = next(each for each in form.times if each.starts > booking.ends)
    await run(AgendaBookingState.pick_time, form, later.key)
    await run(AgendaBookingState.save, form, {"tell": "on"})

    row = agenda.days[0].rows[0]
    assert (row.starts, row.moved, row.code) == (later.starts, True, booking.code)
    (body,) = told(database_url, conversation)
    assert booking.code in body


async def test_days_out_of_reach_are_not_looked_at(page: OpenPage, business: Business, shop: Shop) -> None:
    agenda = await opened(page, business)
    form = await agenda.get_state(AgendaBookingState)
    await run(AgendaBookingState.begin, form)

    for asked, kept in (("9999-12-31", form.last_day), ("2001-01-01", form.first_day)):
        await run(AgendaBookingState.pick_day, form, asked)
        assert form.day == kept
    with pytest.raises(ValueError, match="isoformat"):
        await run(AgendaBookingState.pick_day, form, "mañana")


async def test_the_grid_is_the_skills(page: OpenPage, business: Business, shop: Shop) -> None:
    agenda = await opened(page, business)
    setup = await agenda.get_state(AgendaSetupState)
    await run(AgendaSetupState.switch_on, setup)

    assert (setup.skill_on, setup.complete, setup.grid) == (True, True, 30)


def test_hours_of_a_week_are_said_in_few_lines() -> None:
    day = [Span(weekday=0, opens=540, closes=840), Span(weekday=0, opens=960, closes=1140)]
    week = [span.model_copy(update={"weekday": weekday}) for weekday in (0, 1, 4) for span in day]
    night = Span(weekday=5, opens=1320, closes=1560)

    said = [(line.first, line.last, line.times) for line in lines_of([*week, night])]

    assert said == [
        (0, 1, "09:00 - 14:00, 16:00 - 19:00"),
        (4, 4, "09:00 - 14:00, 16:00 - 19:00"),
        (5, 5, "22:00 - 02:00"),
    ]


@pytest.mark.parametrize(
    ("typed", "read"), [("09:05", 545), ("23:59:30", 1439), ("24:00", None), ("", None), ("9h", None)]
)
def test_a_clock_is_read_or_refused(typed: str, read: int | None) -> None:
    assert minutes(typed) == read
    assert read is None or clock(read) == typed[:5]
