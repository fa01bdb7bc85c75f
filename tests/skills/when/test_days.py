"""Which day is meant. Today is Tuesday 10 March 2026."""

from datetime import date, datetime

import pytest

from tests.skills.when.saying import NOW, heard
from vulkn_app.skills.when import Doubt, understand


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hoy mismo", "2026-03-10"),
        ("mañana", "2026-03-11"),
        ("mñn a las 10", "2026-03-11"),
        ("manana por la manana", "2026-03-11"),
        ("pasado mañana", "2026-03-12"),
        ("me das una cita pal viernes", "2026-03-13"),
        ("este viernes", "2026-03-13"),
        ("el próximo viernes", "2026-03-13"),
        ("el viernes que viene", "2026-03-13"),
        ("el martes", "2026-03-17"),
        ("el martes de la proxima semana", "2026-03-17"),
        ("la próxima semana, el martes", "2026-03-17"),
        ("el otro lunes", "2026-03-23"),
        ("de hoy en ocho", "2026-03-17"),
        ("de hoy en quince", "2026-03-24"),
        ("en quince días", "2026-03-25"),
        ("dentro de 3 semanas", "2026-03-31"),
        ("el 3 de marzo", "2027-03-03"),
        ("el 10 de marzo", "2026-03-10"),
        ("el 5 de abril", "2026-04-05"),
        ("primero de mayo", "2026-05-01"),
        ("el 1ro de abril", "2026-04-01"),
        ("el veintidós de abril", "2026-04-22"),
        ("el 9", "2026-04-09"),
        ("el 22 por la mañana", "2026-03-22"),
        ("el 25 del mes que viene", "2026-04-25"),
        ("el vie 20", "2026-03-20"),
        ("sáb 14/3", "2026-03-14"),
        ("3/4", "2026-04-03"),
        ("12-03-2026", "2026-03-12"),
        ("savado a las 11", "2026-03-14"),
        ("el miercole", "2026-03-11"),
        ("24 mar", "2026-03-24"),
    ],
)
def test_a_day_in_spanish(text: str, day: str) -> None:
    assert heard(text).date == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tmrw please", "2026-03-11"),
        ("the day after tomorrow", "2026-03-12"),
        ("on Friday", "2026-03-13"),
        ("next Friday", "2026-03-20"),
        ("friday week", "2026-03-20"),
        ("a week on friday", "2026-03-20"),
        ("thursday next week", "2026-03-19"),
        ("the 5th", "2026-04-05"),
        ("March 3rd", "2027-03-03"),
        ("twenty first of March", "2026-03-21"),
        ("Saturday, 4 April", "2026-04-04"),
        ("3/4", "2027-03-04"),
        ("25/3", "2026-03-25"),
        ("in two weeks", "2026-03-24"),
        ("a fortnight today", "2026-03-24"),
        ("3 days ago", "2026-03-07"),
        ("last Monday", "2026-03-09"),
        ("wensday", "2026-03-11"),
    ],
)
def test_a_day_in_english(text: str, day: str) -> None:
    assert heard(text, language="en").date == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("fin de semana", "2026-03-14", "2026-03-15"),
        ("la otra semana", "2026-03-16", "2026-03-22"),
        ("esta semana", "2026-03-10", "2026-03-15"),
        ("el mes que entra", "2026-04-01", "2026-04-30"),
        ("en octubre", "2026-10-01", "2026-10-31"),
        ("del 5 al 9 de junio", "2026-06-05", "2026-06-09"),
        ("from March 20th to the 24th", "2026-03-20", "2026-03-24"),
        ("de lunes a miércoles", "2026-03-16", "2026-03-18"),
        ("del 28 al 3 de mayo", "2026-04-28", "2026-05-03"),
    ],
)
def test_several_days_are_a_stretch(text: str, first: str, last: str) -> None:
    when = heard(text)

    assert (when.date, when.date_to) == (date.fromisoformat(first), date.fromisoformat(last))
    assert not when.one_day


@pytest.mark.parametrize(
    "text",
    [
        "buenas tardes",
        "buenos días, ¿cuánto cuesta el corte?",
        "cuesta 350 pesos",
        "mi número es 55 1234 5678",
        "call me at 408-255-2895",
        "abren 24/7?",
        "tengo 2 hijos",
        "is Jan my stylist again",
        "no llego, se me hizo tarde",
        "quiero pizza de 30 cm",
        "",
    ],
)
def test_a_text_without_a_moment_names_none(text: str) -> None:
    when = heard(text)

    assert (when.date, when.time, when.earliest, when.spans) == (None, None, None, ())


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("el próximo viernes", Doubt.WEEK),
        ("viernes 10 de abril o el 11", Doubt.SEVERAL),
        ("el lunes 10 de abril", Doubt.WEEKDAY),
        ("31 de abril", Doubt.NO_SUCH_DAY),
        ("en quince días", Doubt.FORTNIGHT),
    ],
)
def test_what_may_mean_another_day_is_said_to(text: str, doubt: Doubt) -> None:
    assert doubt in heard(text).doubts


def test_the_other_day_that_may_be_meant_comes_with_the_doubt() -> None:
    when = heard("lunes 10 de abril")

    assert when.other_dates == (date(2026, 4, 10), date(2026, 3, 16))


def test_a_refused_day_gives_way_to_the_one_that_suits() -> None:
    when = heard("el viernes no puedo, mejor el sábado")

    assert (when.date, when.refused, when.ambiguous) == (date(2026, 3, 14), False, False)


def test_a_day_that_is_only_refused_is_marked() -> None:
    assert heard("no puedo el viernes").refused
    assert not heard("no, el viernes").refused


def test_a_move_from_one_day_to_another_asks_for_the_other() -> None:
    assert heard("cambiar mi cita del lunes al miércoles").date == date(2026, 3, 18)
    assert heard("move it from Monday to Thursday", language="en").date == date(2026, 3, 19)


def test_a_bare_number_is_a_day_only_when_a_day_was_asked_for() -> None:
    assert heard("15", asked="date").date == date(2026, 3, 15)
    assert heard("15").date is None


def test_today_is_the_business_s_today() -> None:
    late = datetime.fromisoformat("2026-03-11T04:00:00+00:00")

    assert understand("hoy", now=late, timezone="America/Mexico_City").date == date(2026, 3, 10)
    assert understand("hoy", now=late, timezone="Europe/Madrid").date == date(2026, 3, 11)


def test_the_matched_words_are_found_in_the_original_text() -> None:
    text = "¿Tendrán el VIERNES a las 5… digo, a las 6?"

    assert [text[start:end] for start, end in heard(text).spans] == ["el VIERNES a las 5", "a las 6"]
    assert understand(text, now=NOW, timezone="America/Mexico_City").named
