"""An appointment, from the first wish to the calendar, through the widget's own door."""

import httpx
import psycopg
import pytest

from tests.factories import Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from vulkn_app.local import demo_calendar


@pytest.fixture
async def business(database_url: str, deployment: None) -> Business:
    business = a_business(database_url)
    await demo_calendar.make(business.owner)
    return business


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business) -> Visitor:
    someone = Visitor(http, business.slug)
    await someone.open()
    return someone


def bookings(url: str, business: Business) -> list[tuple]:
    with psycopg.connect(url) as admin:
        return admin.execute(
            "select state, name, phone from bookings where org_id = %s", (business.org_id,)
        ).fetchall()


async def test_an_appointment_is_made_without_a_model_and_stands_in_the_calendar(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    offers = await visitor.ask("Hola, quiero una cita para limpieza dental el próximo martes")
    assert "1" in offers.text
    assert bookings(database_url, business) == []

    picked = await visitor.ask("la primera")
    name = await visitor.ask("Lucía Pérez")
    phone = await visitor.ask("55 1234 5678")

    assert bookings(database_url, business) == [("booked", "Lucía Pérez", "+525512345678")], (
        offers.text,
        picked.text,
        name.text,
        phone.text,
    )
    assert "Limpieza dental" in phone.text


async def test_a_question_in_between_is_answered_and_the_booking_goes_on(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    await visitor.ask("Quiero agendar una limpieza dental el próximo martes")
    between = await visitor.ask("¿Hay estacionamiento?")
    picked = await visitor.ask("la segunda")

    assert "estacionamiento gratuito" in between.text
    assert "nombre" in picked.text


async def test_a_model_cannot_say_that_it_booked_what_was_not_offered(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    fake_llm.will(tool="book", arguments={"slot_token": "AAAAAAAAAA", "name": "Lucía"})
    fake_llm.will(text="¡Listo! Tu cita quedó agendada para el martes a las 10:00.")
    fake_llm.will(text="¡Listo, ya quedó agendada!")

    answer = await visitor.ask("Quiero una cita el martes a las 10")

    assert "agendada" not in answer.text
    assert bookings(database_url, business) == []


async def test_with_every_provider_down_an_appointment_is_still_made(
    visitor: Visitor, business: Business, database_url: str, fake_llm: FakeLLM
) -> None:
    for _ in range(20):
        fake_llm.will(fault="529")

    await visitor.ask("Hola, quiero una cita para limpieza dental el próximo martes")
    await visitor.ask("la primera")
    await visitor.ask("Lucía Pérez")
    booked = await visitor.ask("55 1234 5678")

    assert fake_llm.requests
    assert "Limpieza dental" in booked.text
    assert bookings(database_url, business) == [("booked", "Lucía Pérez", "+525512345678")]
