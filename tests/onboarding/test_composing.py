"""Twenty questions out of what there is, the same for the same seed, and traps that are traps."""

from dataclasses import replace

from vulkn_app import verticals
from vulkn_app.onboarding import phrasing
from vulkn_app.onboarding.composing import TOTAL, TRAPS, Known, Question, compose

KNOWN = (
    Known("h", "Horario", "Abrimos de 9:00 a 19:00.", "es", ("¿A qué hora abren?",), "h"),
    Known("e", "Opening hours", "We open from 9 to 7.", "en", ("What time do you open?",), "h"),
    Known(
        "p", "Precio de la limpieza", "Cuesta $650.", "es", ("¿Cuánto cuesta la limpieza?",), "p", "cleaning"
    ),
    Known("g", "Garantía", "Un año.", "es", (), "g"),
)
DENTIST = verticals.pack("dentist")


def questions(known: tuple[Known, ...] = KNOWN, **more: object) -> list[Question]:
    return compose(known, DENTIST, 7, **more)  # pyright: ignore[reportArgumentType]


def test_twenty_questions_of_all_three_kinds() -> None:
    asked = questions()

    assert len(asked) == TOTAL
    assert len({question.question for question in asked}) == TOTAL
    kinds = [question.kind for question in asked]
    assert kinds.count("trap") == TRAPS
    assert kinds.count("vertical") >= 4
    assert kinds.count("own") >= 5
    assert {q.language for q in asked if q.kind == "own"} == {"es", "en"}


def test_the_same_seed_asks_the_same_and_another_one_does_not() -> None:
    assert questions() == questions()
    assert questions() != compose(KNOWN, DENTIST, 8)


def test_nothing_known_nothing_asked() -> None:
    assert compose((), DENTIST, 7) == []


def test_one_more_answer_moves_no_question_of_the_last_exam() -> None:
    first = questions()
    more = (*KNOWN, Known("w", "Wifi", "Hay wifi gratis.", "es", ("¿Tienen wifi?",), "w"))

    second = questions(more, last=[replace(asked, before=False) for asked in first])

    assert {q.question for q in second} == {q.question for q in first}
    assert all(q.before is False for q in second)


def test_what_is_gone_is_not_asked_again_and_something_else_takes_its_place() -> None:
    first = questions()
    left = KNOWN[:3]

    second = questions(left, last=first)

    assert len(second) == TOTAL
    assert all("g" not in group for q in second for group in q.expects)


def test_a_question_that_somebody_answered_since_is_to_be_answered() -> None:
    trap = next(q for q in questions() if q.key == "trap:discount")
    answered = Known("d", trap.question, "No manejamos descuentos.", "es", (), "d")

    again = next(q for q in questions((*KNOWN, answered), last=[trap]) if q.question == trap.question)

    assert (again.rule, again.expects) == ("answer", (("d",),))


def test_what_is_true_here_is_no_trap() -> None:
    late = Known("l", "Horario de bar", "Cerramos a las 11 de la noche.", "es", (), "l")

    keys = {q.key for q in questions((*KNOWN, late))}

    assert "trap:premise" not in keys
    assert "trap:premise_early" in keys


def test_two_in_one_wants_both() -> None:
    two = next(q for q in questions() if q.style == "two")

    assert len(two.expects) == 2
    assert "Y también" in two.question


def test_people_write_like_people() -> None:
    assert phrasing.without_accents("¿A qué hora abren?") == "a que hora abren"
    assert phrasing.hurried("¿Por favor, qué precio?") == "xfa, q precio"
    assert phrasing.elsewhere("Horario", "es") == "What time do you open and close?"
