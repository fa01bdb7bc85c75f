"""What a visitor's message tells about its writer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vulkn_app.leads import HOT, POINTS, signals


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hola, me llamo Ana López y quiero informes", "Ana López"),
        ("me llamo ana y quiero una cita", "Ana"),
        ("Soy María de la Cruz, ¿me ayudan?", "María de la Cruz"),
        ("mi nombre es José Ángel", "José Ángel"),
        ("My name is John O'Neil.", "John O'Neil"),
        ("Hi, I'm Peggy", "Peggy"),
    ],
)
def test_a_name_that_was_said_is_heard(text: str, name: str) -> None:
    assert signals(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "soy nueva aquí",
        "Soy de Monterrey",
        "soy una clienta",
        "I'm interested in the plan",
        "I am a patient",
        "no soy yo",
    ],
)
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert signals(text).name is None


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("mi tel es 33 1234 5678", "+523312345678"),
        ("llámame al 5512345678.", "+525512345678"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+57 301 234 5678 es mi whats", "+573012345678"),
    ],
)
def test_a_phone_is_kept_as_it_is_dialled(text: str, phone: str) -> None:
    assert signals(text).phone == phone


@pytest.mark.parametrize(
    "text", ["mi pedido es el 123456789012", "cuesta 1,500", "a las 10:30 del 12/11/2026"]
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert signals(text).phone is None


def test_an_address_is_kept_in_lower_case() -> None:
    assert signals("Mi correo: Ana.Lopez+citas@Correo.MX, gracias").email == "ana.lopez+citas@correo.mx"


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("¿Cuánto cuesta la limpieza?", ("price",)),
        ("How much is the whitening?", ("price",)),
        ("Quiero agendar una cita", ("booking",)),
        ("I'd like to book an appointment today", ("booking", "urgent")),
        ("me interesa, ¿cómo pago?", ("buy",)),
        ("gracias, hasta luego", ()),
    ],
)
def test_the_reasons_say_why_somebody_is_interested(text: str, reasons: tuple[str, ...]) -> None:
    assert signals(text).reasons == reasons


def test_cancelling_is_not_booking() -> None:
    assert signals("quiero cancelar mi cita").score == 0


def test_a_name_with_a_number_is_hot() -> None:
    assert signals("Soy Ana, 55 1234 5678").score >= HOT


def test_a_question_alone_is_not_hot() -> None:
    assert signals("¿cuánto cuesta?").score < HOT


def test_the_engine_gets_only_what_was_said() -> None:
    assert signals("Soy Ana").as_json() == {"name": "Ana", "score": POINTS["name"], "reasons": ["name"]}


@given(st.text(max_size=5000))
def test_any_text_gives_a_score_the_table_takes(text: str) -> None:
    seen = signals(text)

    assert 0 <= seen.score <= 100
    assert set(seen.reasons) <= POINTS.keys()
    assert len(seen.name or "") <= 120
