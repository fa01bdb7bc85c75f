"""Finding the right entry for how people really write, and knowing when there is none."""

import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from vulkn_app.i18n import Language
from vulkn_app.knowledge.index import Entry, Index

DEMO = Path(__file__).parents[2] / "vulkn_app" / "local" / "demo_knowledge.jsonl"


def an_entry(title: str, text: str = "", *examples: str, language: Language = "es") -> Entry:
    return Entry(uuid4(), title, text, language, examples)


@pytest.fixture(scope="module")
def clinic() -> Index:
    rows = [json.loads(line) for line in DEMO.read_text().splitlines()]
    return Index.build(
        Entry(uuid4(), row["title"], row["body"], row["language"], tuple(row["examples"])) for row in rows
    )


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("¿Cuánto cuesta la limpieza?", "Limpieza dental"),
        ("cuanto cuesta la limpiesa", "Limpieza dental"),
        ("cuanto sale el blanquiamiento", "Blanqueamiento"),
        ("a q ora abren", "Horario"),
        ("abren el domingo", "Horario"),
        ("DONDE ESTAN UBICADOS", "Dirección y cómo llegar"),
        ("me duele la muela", "Urgencias"),
        ("aceptan tarjetas", "Formas de pago"),
        ("precio de brakets", "Ortodoncia y brackets"),
        ("quiero cancelar", "Cancelar o cambiar una cita"),
        ("aceptan seguro gnp", "Seguros"),
        ("can I pay in installments", "Meses sin intereses"),
        ("do you treat kids?", "Niños"),
        ("how much is a cleaning", "Prices"),
    ],
)
def test_the_first_answer_is_the_right_one(clinic: Index, question: str, title: str) -> None:
    best = clinic.search(question)[0]

    assert (best.title, best.answerable) == (title, True)


@pytest.mark.parametrize(
    "question",
    [
        "¿Quién ganó el mundial de 1986?",
        "what is the capital of france",
        "tell me a joke",
        "venden pizza",
        "tienen botox",
        "Cuéntame de la historia de Roma antigua y sus emperadores",
    ],
)
def test_what_nobody_wrote_down_is_not_answerable(clinic: Index, question: str) -> None:
    assert not any(hit.answerable for hit in clinic.search(question))


@pytest.mark.parametrize("question", ["", "   ", "¿?", "de la que", "🙂🙂", "hola", "\u202eabc\u0301"])
def test_a_question_without_a_telling_word_finds_no_sure_answer(clinic: Index, question: str) -> None:
    assert not any(hit.answerable for hit in clinic.search(question))


def test_an_example_is_as_good_as_the_title() -> None:
    plain = an_entry("Mascotas", "No se permiten, salvo perros guía.")
    told = an_entry("Comportamiento", "Podemos pedir a alguien que se vaya.", "borrachos", "peleas")

    best = Index.build([plain, told]).search("hay peleas?")[0]

    assert (best.entry_id, best.answerable) == (told.id, True)


def test_a_business_with_one_entry_is_asked_about_it_too() -> None:
    index = Index.build([an_entry("¿Aceptan perros?", "Sí, hasta dos perros con correa.")])

    assert index.search("puedo llevar a mi perro")[0].answerable
    assert not any(hit.answerable for hit in index.search("¿a qué hora abren el domingo?"))


def test_accents_and_case_make_no_difference() -> None:
    index = Index.build([an_entry("Ubicación", "Avenida Juárez 12"), an_entry("Horario", "De 9 a 5")])

    scores = {
        index.search(question)[0] for question in ("ubicación", "ubicacion", "UBICACIÓN", "ubicacio\u0301n")
    }

    assert len(scores) == 1


def test_numbers_match_exactly_or_not_at_all() -> None:
    index = Index.build(
        [an_entry("Habitación 101", "Vista al mar"), an_entry("Habitación 102", "Vista al patio")]
    )

    assert index.search("habitación 102")[0].title == "Habitación 102"
    assert index.search("habitación 102")[0].score > index.search("habitación 103")[0].score


def test_the_visitors_language_wins_between_two_that_say_the_same() -> None:
    spanish, english = an_entry("WiFi", "wifi"), an_entry("WiFi", "wifi", language="en")
    index = Index.build([spanish, english])

    assert index.search("wifi", language="en")[0].entry_id == english.id
    assert index.search("wifi", language="es")[0].entry_id == spanish.id


def test_scores_fall_and_stay_between_nothing_and_one(clinic: Index) -> None:
    scores = [hit.score for hit in clinic.search("precio de la limpieza dental con tarjeta", limit=30)]

    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_the_limit_is_kept(clinic: Index) -> None:
    assert len(clinic.search("cuánto cuesta una cita", limit=3)) == 3


def test_no_knowledge_answers_nothing() -> None:
    assert Index.build([]).search("¿a qué hora abren?") == []


def test_a_very_long_message_is_searched_too(clinic: Index) -> None:
    assert clinic.search("quiero una limpieza dental " + "bla " * 900)


def test_the_same_entries_give_the_same_answers() -> None:
    entries = [Entry(UUID(int=number), f"Corte {number}", "cuesta 100") for number in range(20)]

    first, second = (Index.build(entries).search("cuánto cuesta un corte", limit=20) for _ in range(2))

    assert first == second
