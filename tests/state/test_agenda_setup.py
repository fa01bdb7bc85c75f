"""Setting the calendar up, driven through the page's handlers."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from state.agenda import AgendaState
from state.agenda_booking import AgendaBookingState
from state.agenda_person import AgendaPersonState
from state.agenda_setup import AgendaSetupState
from tests.booking.calendars import EVERY_DAY, a_shop
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.errors import NotFound
from vulkn_app.skills import governance

TODAY = datetime.now(ZoneInfo("America/Mexico_City")).date()
CUT = {"name_es": "Corte", "name_en": "", "minutes": "60", "price": "250", "currency": "mxn"}


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


async def opened(page: OpenPage, business: Business) -> tuple[Any, Any]:
    """The setup and the sheet of a person, of one tab."""
    agenda = await page(AgendaState, business.owner, "/app/agenda/")
    await run(AgendaState.load, agenda)
    return await agenda.get_state(AgendaSetupState), await agenda.get_state(AgendaPersonState)


async def test_three_steps_from_nothing_to_an_agent_that_books(page: OpenPage, business: Business) -> None:
    setup, person = await opened(page, business)
    assert (setup.has_service, setup.has_hours, setup.skill_on) == (False, False, False)

    await run(AgendaSetupState.begin_service, setup)
    await run(AgendaSetupState.save_service, setup, CUT)
    await run(AgendaPersonState.begin, person)
    await run(AgendaPersonState.save, person, {"name": "Laura", "kind": "person"})
    await run(AgendaSetupState.switch_on, setup)

    assert (setup.problem, person.problem, setup.complete) == ("", "", True)
    (service,), (laura,) = setup.services, setup.people
    assert (service.name_es, service.price, service.currency) == ("Corte", "250", "MXN")
    assert [(line.first, line.last, line.times) for line in laura.hours] == [(0, 4, "09:00 - 18:00")]
    form = await setup.get_state(AgendaBookingState)
    await run(AgendaBookingState.begin, form)
    assert form.times != []


async def test_the_skill_that_was_switched_off_comes_back_with_its_rules(
    page: OpenPage, business: Business
) -> None:
    await governance.publish(business.owner, "booking", {"grid_minutes": 15})
    await governance.enable(business.owner, "booking", False)
    setup, _ = await opened(page, business)
    assert not setup.skill_on

    await run(AgendaSetupState.switch_on, setup)

    assert (setup.skill_on, setup.grid) == (True, 15)


async def test_what_is_wrong_is_said_and_the_sheet_stays(page: OpenPage, business: Business) -> None:
    setup, _ = await opened(page, business)
    await run(AgendaSetupState.begin_service, setup)

    for wrong in (
        {"minutes": "2"},
        {"name_es": "  "},
        {"price": "-1"},
        {"currency": "PESOS"},
        {"minutes": ""},
    ):
        await run(AgendaSetupState.save_service, setup, CUT | wrong)
        assert setup.problem, wrong

    assert (setup.panel, setup.services) == ("service", [])


async def test_everybody_ticked_is_whoever_comes_too(
    page: OpenPage, business: Business, database_url: str
) -> None:
    shop = a_shop(database_url, business, resources=("Laura", "Eva"))
    laura, eva = (str(shop.resources[name]) for name in ("Laura", "Eva"))
    setup, _ = await opened(page, business)
    service = str(shop.services["Corte"])
    await run(AgendaSetupState.open_service, setup, service)
    assert set(setup.ticked) == {laura, eva}

    await run(AgendaSetupState.save_service, setup, CUT | {f"on.{laura}": "on"})
    assert [str(id) for id in setup.services[0].resources] == [laura]
    await run(AgendaSetupState.open_service, setup, service)
    assert setup.ticked == [laura]
    await run(AgendaSetupState.save_service, setup, CUT | {f"on.{laura}": "on", f"on.{eva}": "on"})

    assert setup.services[0].resources == []


async def test_who_is_away_keeps_their_place_in_a_service(
    page: OpenPage, business: Business, database_url: str
) -> None:
    shop = a_shop(database_url, business, resources=("Laura", "Eva", "Iris"))
    laura, eva = (str(shop.resources[name]) for name in ("Laura", "Eva"))
    setup, _ = await opened(page, business)
    service = str(shop.services["Corte"])
    await run(AgendaSetupState.open_service, setup, service)
    await run(AgendaSetupState.save_service, setup, CUT | {f"on.{laura}": "on", f"on.{eva}": "on"})
    await run(AgendaSetupState.ask_retire, setup, "resource", eva)
    await run(AgendaSetupState.retire, setup)

    await run(AgendaSetupState.open_service, setup, service)
    await run(AgendaSetupState.save_service, setup, CUT | {f"on.{laura}": "on"})

    assert {str(id) for id in setup.services[0].resources} == {laura, eva}


async def test_a_day_is_copied_to_the_workdays(page: OpenPage, business: Business) -> None:
    setup, person = await opened(page, business)
    await run(AgendaPersonState.begin, person)
    await run(AgendaPersonState.add_span, person, 0)
    first, second = person.week[0].spans
    await run(AgendaPersonState.set_span, person, first.id, False, "14:00")
    await run(AgendaPersonState.copy_to_workdays, person, 0)
    await run(AgendaPersonState.drop_span, person, person.week[4].spans[1].id)
    await run(AgendaPersonState.add_span, person, 5)
    await run(AgendaPersonState.set_span, person, person.week[5].spans[0].id, True, "20:00")
    await run(AgendaPersonState.set_span, person, person.week[5].spans[0].id, False, "02:00")

    await run(AgendaPersonState.save, person, {"name": "Laura", "kind": "person"})

    assert person.problem == ""
    assert [(line.first, line.last, line.times) for line in setup.people[0].hours] == [
        (0, 3, "09:00 - 14:00, 16:00 - 20:00"),
        (4, 4, "09:00 - 14:00"),
        (5, 5, "20:00 - 02:00"),
    ]
    assert second.weekday == 0


async def test_hours_that_make_no_sense_are_refused(page: OpenPage, business: Business) -> None:
    setup, person = await opened(page, business)
    await run(AgendaPersonState.begin, person)
    span = person.week[0].spans[0].id
    await run(AgendaPersonState.set_span, person, span, True, "")
    await run(AgendaPersonState.save, person, {"name": "Laura"})
    assert person.problem == "Falta una hora en el horario."

    await run(AgendaPersonState.set_span, person, span, True, "10:00")
    await run(AgendaPersonState.add_span, person, 0)
    await run(AgendaPersonState.save, person, {"name": "Laura"})

    assert person.problem == "Hay horarios que se enciman el mismo día."
    assert setup.people == []


async def test_days_are_closed_and_who_is_booked_then_is_said(
    page: OpenPage, business: Business, database_url: str
) -> None:
    a_shop(database_url, business, hours=EVERY_DAY)
    setup, _ = await opened(page, business)
    form = await setup.get_state(AgendaBookingState)
    day = (TODAY + timedelta(days=2)).isoformat()
    await run(AgendaBookingState.begin, form)
    await run(AgendaBookingState.pick_day, form, day)
    await run(AgendaBookingState.save, form, {"name": "Ana", "other": "12:00"})

    await run(AgendaSetupState.begin_closure, setup)
    await run(AgendaSetupState.save_closure, setup, {"first": "", "last": ""})
    assert setup.problem
    given = {"first": day, "last": "", "begins": "", "ends": "", "resource_id": "", "reason": "Fiesta"}
    events = await run(AgendaSetupState.save_closure, setup, given)

    assert "Hay citas en esos días: 1" in str(events)
    assert [(row.resource, row.reason) for row in setup.closures] == [("", "Fiesta")]
    await run(AgendaBookingState.pick_day, form, day)
    assert form.times == []
    await run(AgendaSetupState.open_again, setup, str(setup.closures[0].id))
    assert setup.closures == []


async def test_the_question_before_retiring_knows_what_is_booked(
    page: OpenPage, business: Business, database_url: str
) -> None:
    shop = a_shop(database_url, business, hours=EVERY_DAY)
    setup, _ = await opened(page, business)
    service = str(shop.services["Corte"])

    await run(AgendaSetupState.ask_retire, setup, "service", service)
    assert (setup.retiring.name, setup.retiring.coming) == ("Corte", 0)
    await run(AgendaSetupState.close, setup)
    assert setup.services[0].active
    await run(AgendaSetupState.ask_retire, setup, "service", service)
    await run(AgendaSetupState.retire, setup)

    assert (setup.services[0].active, setup.has_service, setup.retiring) == (False, False, None)
    await run(AgendaSetupState.take_back, setup, "service", service)
    assert setup.has_service


async def test_another_businesss_rows_do_not_open(
    page: OpenPage, business: Business, database_url: str
) -> None:
    other = a_shop(database_url, a_business(database_url))
    setup, person = await opened(page, business)

    for handler, state, given in (
        (AgendaSetupState.open_service, setup, (str(other.services["Corte"]),)),
        (AgendaPersonState.open, person, (str(other.resources["Laura"]),)),
        (AgendaSetupState.ask_retire, setup, ("resource", str(other.resources["Laura"]))),
        (AgendaSetupState.take_back, setup, ("resource", str(other.resources["Laura"]))),
    ):
        with pytest.raises(NotFound):
            await run(handler, state, *given)


def test_members_do_not_reach_what_sets_the_calendar_up() -> None:
    """The guard reads what each handler declares; these are the ones a member may call."""
    reachable = {
        name
        for state in (AgendaSetupState, AgendaPersonState)
        for name, handler in state.event_handlers.items()
        if getattr(handler.fn, "__vulkn_role__", "") == "member"
    }

    assert reachable == {"close"}
