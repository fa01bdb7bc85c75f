"""An agent that knows nothing says no figure, whatever its model makes up."""

from collections.abc import Iterator
from itertools import count
from typing import Literal

import httpx
import psycopg
import pytest

from tests.factories import Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from vulkn_app.conversations.grounding import figures

Language = Literal["es", "en"]
_NUMBER = count(3)

# The question, then what a model invents; {n} is another number each time.
SPANISH = (
    ("¿Cuánto cuesta una limpieza dental?", "La limpieza dental cuesta ${n}50 pesos."),
    ("¿Qué precio tiene el blanqueamiento?", "El blanqueamiento cuesta {n} mil pesos."),
    ("¿Tienen descuento para estudiantes?", "Sí, hay {n} % de descuento para estudiantes."),
    ("¿Cuánto cobran por la consulta?", "La consulta es gratis la primera vez y luego ${n}00."),
    ("¿A qué hora abren?", "Abrimos a las {n}:15 de la mañana."),
    ("¿Hasta qué hora están los sábados?", "Los sábados estamos de 8:{n} a 14:{n}."),
    ("¿Abren los domingos?", "Sí, los domingos abrimos de 10 a {n}."),
    ("¿Cuál es su dirección?", "Estamos en la calle Orizaba {n}42, colonia Roma."),
    ("¿Dónde están ubicados?", "Nos encuentras en Avenida Juárez {n}10, local {n}."),
    ("¿Cuál es su teléfono?", "Nuestro teléfono es 55 1234 56{n}."),
    ("¿Tienen WhatsApp?", "Sí, escríbenos al +52 1 55 8765 43{n}."),
    ("¿Cuál es su página web?", "Visítanos en www.clinica-sol{n}.mx."),
    ("¿A qué correo les escribo?", "Escribe a citas{n}@clinicasol.mx."),
    ("¿Cuándo es la próxima campaña?", "La próxima campaña empieza el {n} de marzo."),
    ("¿Cuánto dura el tratamiento?", "El tratamiento dura {n} meses, con cita cada {n} semanas."),
)
ENGLISH = (
    ("How much is a dental cleaning?", "A dental cleaning is ${n}50."),
    ("What is the price of whitening?", "The whitening costs {n} hundred dollars."),
    ("Is there a discount for students?", "Yes, there is {n}% off for students."),
    ("How much do you charge for a consultation?", "The consultation is free the first time, then ${n}0."),
    ("What time do you open?", "We open at {n}:15 in the morning."),
    ("Until when are you open on Saturdays?", "On Saturdays we are open from 8:{n} to 2:{n}."),
    ("Are you open on Sundays?", "Yes, we are open on Sundays from 10 to {n}."),
    ("What is your address?", "We are at {n}42 Maple Street."),
    ("Where are you located?", "You can find us at {n}10 Sunset Avenue, Suite {n}."),
    ("What is your phone number?", "Our phone number is (305) 555-01{n}."),
    ("Do you have WhatsApp?", "Yes, write to us at +1 305 555 02{n}."),
    ("What is your website?", "Visit us at www.clinic-sun{n}.com."),
    ("Which e-mail do I write to?", "Write to bookings{n}@clinicsun.com."),
    ("When does the next campaign start?", "The next campaign starts on March {n}."),
    ("How long does the treatment take?", "The treatment takes {n} months, with a visit every {n} weeks."),
)
QUESTIONS: list[tuple[Language, str, str]] = [
    *(("es", asked, invented) for asked, invented in SPANISH),
    *(("en", asked, invented) for asked, invented in ENGLISH),
]
ANY = pytest.mark.parametrize(
    ("language", "asked", "invented"),
    QUESTIONS,
    ids=[f"{language}-{n % 15 + 1}" for n, (language, _, _) in enumerate(QUESTIONS)],
)


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url, knowledge=())


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business) -> Visitor:
    someone = Visitor(http, business.slug)
    await someone.open()
    return someone


def outcomes(url: str, business: Business) -> list[str]:
    with psycopg.connect(url) as admin:
        found = admin.execute("select outcome from turns where org_id = %s", (business.org_id,)).fetchall()
    return [outcome for (outcome,) in found]


def fresh(invented: str) -> Iterator[str]:
    """The same sentence with another number every time."""
    while True:
        yield invented.replace("{n}", str(next(_NUMBER) % 13 + 11))


def plain(text: str) -> bool:
    return not figures(text) and not any(c.isdigit() for c in text)


@ANY
async def test_a_model_that_invents_is_not_heard(
    visitor: Visitor,
    business: Business,
    fake_llm: FakeLLM,
    database_url: str,
    language: Language,
    asked: str,
    invented: str,
) -> None:
    words = fresh(invented)
    for _ in range(4):
        fake_llm.will(text=next(words))

    answer = await visitor.ask(asked)

    assert answer["message"]["text"] == answer.text
    assert answer["message"]["language"] == language
    assert answer.text
    assert plain(answer.text), answer.text
    assert len(fake_llm.requests) == 2
    assert outcomes(database_url, business) == ["unknown"]


@ANY
async def test_rehearsal_invents_nothing(
    visitor: Visitor,
    business: Business,
    no_model: None,
    database_url: str,
    language: Language,
    asked: str,
    invented: str,
) -> None:
    answer = await visitor.ask(asked)

    assert answer.text
    assert plain(answer.text), answer.text
    assert outcomes(database_url, business) == ["unknown"]
