"""A true price of the wrong thing is refused; a true price of the right thing never is."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.conversations.priced_businesses import ALL
from vulkn_app.conversations.grounding import Evidence, Facts, Source, ungrounded
from vulkn_app.local import demo

ENTRIES = [
    json.loads(line)
    for line in Path(demo.__file__).with_name("demo_knowledge.jsonl").read_text(encoding="utf-8").splitlines()
]
DENTIST = Facts.build(
    Source("entry", f"{e['title']} {e['language']}", e["title"], e["body"], "\n".join(e["examples"]))
    for e in ENTRIES
)
TRUE = [
    *(entry["body"] for entry in ENTRIES),
    "La limpieza dental completa con ultrasonido cuesta $850 y dura 45 minutos.",
    "El blanqueamiento con guardas cuesta $2,400 y en consultorio $3,200.",
    "La consulta cuesta $450.",
    "La revisión con radiografía cuesta $450.",
    "Una resina cuesta $950 si es pequeña, o $1,250 si es mediana.",
    "Matar el nervio cuesta $3,800 en dientes de enfrente y $4,900 en molares.",
    "Los frenos metálicos son $6,000 de inicio y $950 al mes.",
    "Si no llegas se cobran $200 en tu siguiente visita.",
    "A dental cleaning costs $850.",
    "A dental crown costs $6,500 per tooth.",
    "Parking is $40 per hour at Orizaba 136.",
    "La tomografía cuesta $1,100 y el implante desde $18,500.",
    "Sacar una muela cuesta $1,100; la del juicio, de $2,800 a $4,500.",
    "La visita de tu hija cuesta $350 e incluye flúor.",
    "Tu limpieza de $850 y la valoración de $450 se pueden agendar el mismo día.",
    "Sí: $850 la limpieza, $3,200 el blanqueamiento.",
    "- Limpieza: **$850**\n- Resina: **$950**\n- Blanqueamiento: **$3,200**",
    "Además de la limpieza, el blanqueamiento cuesta $3,200.",
    "Tapar una muela picada cuesta entre $950 y $1,250.",
    "La primera hora de estacionamiento es gratis.",
    "Cambiar tu cita es gratis hasta 24 horas antes.",
    "Puedes cancelar sin costo hasta 24 horas antes.",
    "La primera visita infantil incluye flúor sin costo extra.",
    "La radiografía está incluida en tu primera visita, es gratis.",
    "Wisdom tooth removal goes from $2,800 to $4,500.",
]
WRONG = [
    ("La limpieza cuesta $3,200.", "$3,200"),
    ("Claro, una limpieza dental te sale en $950 y dura 45 minutos.", "$950"),
    ("El blanqueamiento cuesta $850.", "$850"),
    ("Las resinas cuestan $850 por pieza.", "$850"),
    ("La consulta de urgencia cuesta $450.", "$450"),
    ("A cleaning costs $3,200.", "$3,200"),
    ("- Limpieza: $3,200\n- Resina: $950", "$3,200"),
    ("La limpieza es gratis.", "gratis"),
    ("El blanqueamiento es sin costo.", "sin costo"),
    ("La limpieza cuesta $3,200 y el blanqueamiento $850.", "$850"),
]


def evidence(facts: Facts, asked: str = "hola") -> Evidence:
    return Evidence(facts, Source("customer", "", "", asked), today=date(2026, 11, 23))


@pytest.mark.parametrize("answer", TRUE)
def test_a_price_may_be_said_of_what_it_is_of(answer: str) -> None:
    assert ungrounded(answer, evidence(DENTIST)) == []


@pytest.mark.parametrize(("answer", "price"), WRONG)
def test_another_things_price_is_found(answer: str, price: str) -> None:
    assert price in [found.text for found in ungrounded(answer, evidence(DENTIST))]


def test_an_answer_that_names_nothing_is_about_what_was_asked() -> None:
    asked = "¿cuánto cuesta la limpieza?"

    assert ungrounded("Cuesta $850.", evidence(DENTIST, asked)) == []
    assert [found.text for found in ungrounded("Cuesta $3,200.", evidence(DENTIST, asked))] == ["$3,200"]


@pytest.mark.parametrize("name", ALL)
def test_no_true_answer_of_a_business_is_refused_and_hardly_a_wrong_one_passes(name: str) -> None:
    business = ALL[name]
    known = evidence(Facts.build(Source("entry", title, title, text) for title, text in business.entries))

    refused = [answer for answer in business.true if ungrounded(answer, known)]
    passed = [answer for answer in business.wrong if not ungrounded(answer, known)]

    assert refused == []
    assert len(passed) <= 1, passed


def test_what_a_tool_said_of_a_price_counts_more() -> None:
    tool = Source("tool", "", "", "Quote for cleaning: 3,200 MXN")
    known = Evidence(DENTIST, tool, today=date(2026, 11, 23))

    assert ungrounded("La limpieza cuesta $3,200.", known) == []
