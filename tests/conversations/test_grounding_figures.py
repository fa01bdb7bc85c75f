"""What counts as a figure, and that every way of writing it has one value."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vulkn_app.conversations.grounding import figures
from vulkn_app.conversations.grounding.numbers import amount, number


def values(text: str) -> set[tuple[str, str]]:
    return {(figure.kind, figure.value) for figure in figures(text)}


@pytest.mark.parametrize(
    ("kind", "value", "ways"),
    [
        ("price", "1500", ["$1,500", "1500 pesos", "1,500.00 MXN", "mil quinientos pesos", "$1.500", "$1 500"]),
        ("price", "1500", ["MXN 1500", "$1,500.00", "1.500,00 pesos", "$1500 MXN", "1.5k pesos", "mil 500 pesos"]),
        ("price", "1250", ["mil doscientos cincuenta pesos", "$1,250", "one thousand two hundred fifty dollars"]),
        ("price", "1200", ["twelve hundred dollars", "US$1,200", "1200 USD"]),
        ("price", "35.5", ["$35.50", "35,5 euros", "€35.50"]),
        ("price", "2000000", ["dos millones de pesos", "$2.000.000", "2 millones de pesos"]),
        ("price", "21", ["veintiún pesos", "twenty-one dollars", "S/ 21", "S/. 21"]),
        ("percent", "20", ["20%", "20 %", "veinte por ciento", "twenty percent", "20 por ciento", "20 per cent"]),
        ("percent", "50", ["50%", "half price", "mitad de precio"]),
        ("hour", "09:00", ["9 am", "9:00", "09:00 hrs", "las nueve de la mañana", "9 a.m.", "9 a. m.", "a las 9"]),
        ("hour", "09:00", ["at 9", "nine o'clock", "9am", "9:00am", "9 in the morning", "a las nueve en punto"]),
        ("hour", "19:00", ["7 pm", "19:00", "7 p.m.", "siete de la noche", "19:00 hrs", "7 at night", "7:00 PM"]),
        ("hour", "09:30", ["half past nine", "9:30", "a las nueve y media", "9:30 a.m."]),
        ("hour", "12:00", ["noon", "12 pm", "12:00", "mediodía", "12 del mediodía"]),
        ("date", "03-15", ["15 de marzo", "15/03", "March 15th", "2026-03-15", "15/3/2026", "el quince de marzo"]),
        ("date", "03-15", ["the 15th of March", "March 15, 2026", "15-03-2026", "15 marzo", "Mar. 15"]),
        ("date", "mon-fri", ["lunes a viernes", "Monday to Friday", "Mon-Fri", "de lunes a viernes", "entre semana"]),
        ("phone", "5550102468", ["55 5010 2468", "(55) 5010-2468", "5550102468", "55-5010-2468", "55.5010.2468"]),
        ("link", "a.example/x", ["https://www.a.example/x/", "a.example/x", "http://a.example/x", "www.a.example/x."]),
        ("email", "ana@a.example", ["ana@a.example", "Ana@A.example."]),
        ("address", "145 durango", ["Calle Durango 145", "calle durango 145", "en Durango 145", "Av. Durango #145"]),
        ("address", "10 45 7", ["Carrera 7 # 45-10", "Cra 7 #45-10", "Cra. 7 No. 45 - 10"]),
        ("address", "123 main", ["123 Main Street", "123 Main St.", "123 Main St"]),
        ("number", "15", ["15 minutos", "quince minutos", "15 min", "fifteen minutes"]),
        ("number", "36", ["3 años de garantía", "tres años", "3-year warranty", "three years", "36 meses"]),
        ("number", "90", ["hora y media", "90 minutos", "una hora y media", "1.5 horas"]),
        ("number", "30", ["media hora", "half an hour", "30 minutes"]),
        ("number", "2x1", ["2x1", "2 x 1", "dos por uno"]),
        ("number", "1440", ["24 horas", "24 hours", "24 hrs"]),
    ],
)  # fmt: skip
def test_ways_of_writing_one_thing_have_one_value(kind: str, value: str, ways: list[str]) -> None:
    assert [way for way in ways if (kind, value) not in values(way)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00 a 14:00", ["09:00", "14:00"]),
        ("9-14h", ["09:00", "14:00"]),
        ("Lunes de 9 a 6", ["mon", "09:00", "06:00"]),
        ("sábados 9 a 2 pm", ["sat", "09:00", "14:00"]),
        ("del 15 al 20 de marzo", ["03-15", "03-20"]),
        ("de $2,800 a 4,500", ["2800", "4500"]),
        ("10 a 20%", ["10", "20"]),
        ("3 y 6 meses", ["3", "6"]),
    ],
)
def test_a_range_has_two_ends_of_one_kind(text: str, expected: list[str]) -> None:
    assert [figure.value for figure in figures(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "1. Primero\n2. Segundo\n10) Décimo",
        "Una pregunta más",
        "Tenemos dos o tres cosas que contarte",
        "Tengo 3 opciones y 2 preguntas",
        "El Plan 2024 existe desde 1998",
        "Feel free to ask",
        "A sugar-free option",
        "1️⃣ Corte 2️⃣ Tinte",
        "La vitamina B12 y la COVID-19",
        "mil gracias",
        "por la mañana o por la tarde",
        "Once you decide, tell me",
        "¡Que tengas un excelente martes!",
        "Have a great Sunday",
        "dame un segundo",
        "Estamos en camino y en la calle principal",
        "Your dentist may call you; march on",
        "100% segura",
        "½ taza",
        "",
    ],
)
def test_what_promises_nothing_is_no_figure(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize("text", ["El 2nd floor", "primera hora", "3er piso"])
def test_ordinals_are_no_figures(text: str) -> None:
    assert figures(text) == []


def test_a_figure_knows_where_it_stands() -> None:
    text = "La limpieza cuesta **$850** y dura 45 minutos."

    assert [text[f.start : f.end] for f in figures(text)] == ["$850", "45 minutos"]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    found = figures(text)

    assert all(figure.text == text[figure.start : figure.end] for figure in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.lists(st.sampled_from(["9", "a", "las", "7", "pm", "15", "de", "marzo", "/", "-", "$", "1,500", "mil", "pesos", "%", "calle", "Durango", "#", "45", "lunes", "un", "y", "media", ".", "2x1", "hoy", "mañana", "at", "half", "past", "Main", "Street", "sin", "costo", "55", "5010", "2468", "C", ".", "P", "\n", "€", "24/7", "2026-03-15"]),
                max_size=25))  # fmt: skip
def test_words_of_figures_in_any_order_are_read(words: list[str]) -> None:
    text = " ".join(words)

    assert all(figure.text == text[figure.start : figure.end] for figure in figures(text))


@given(st.integers(0, 9_999_999))
def test_thousands_may_be_parted_as_in_any_country(value: int) -> None:
    assert amount(f"{value:,}") == amount(f"{value:,}".replace(",", ".")) == amount(str(value)) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("ciento veinte mil trescientos cuarenta y cinco", 120_345),
        ("dos millones quinientos mil", 2_500_000),
        ("one hundred and five", 105),
        ("three thousand two hundred", 3200),
        ("treinta y nueve", 39),
        ("dos mil veintiséis", 2026),
    ],
)
def test_number_words_add_up(words: str, value: int) -> None:
    found = number(words.replace("é", "e").split(), 0)

    assert found is not None
    assert found.value == value
