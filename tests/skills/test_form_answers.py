"""What counts as an answer to each kind of question, as people write it."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from vulkn_app.i18n import Language
from vulkn_app.skills.form import Question, Unclear, read
from vulkn_app.skills.form_dates import stated_date
from vulkn_app.skills.intake_forms import IntakeConfig

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("words", "stated"),
    [
        ("1990-05-03", "1990-05-03"),
        ("03/05/1990", "1990-05-03"),
        ("3.5.90", "1990-05-03"),
        ("25/12/2027", "2027-12-25"),
        ("el 3 de mayo del 90", "1990-05-03"),
        ("nací el primero de enero de 2001", "2001-01-01"),
        ("May 3, 1990", "1990-05-03"),
        ("3rd of May 1990", "1990-05-03"),
        ("ayer", "2026-11-21"),
        ("pasado mañana", "2026-11-24"),
        ("el 30 de noviembre", "2026-11-30"),
        ("2 de enero", "2027-01-02"),
        ("29 de febrero de 2023", None),
        ("mañoso", None),
        ("en 1990", None),
        ("99/99/9999", None),
        ("3 de mayo de 0000", None),
    ],
)
def test_a_date_is_read_as_people_write_it(words: str, stated: str | None) -> None:
    assert stated_date(words, today=TODAY) == (date.fromisoformat(stated) if stated else None)


def test_the_month_comes_first_in_the_united_states() -> None:
    assert stated_date("05/03/1990", today=TODAY, month_first=True) == date(1990, 5, 3)


def answered(words: str, language: Language = "es", **question: Any) -> str | None:
    asked = Question.model_validate({"key": "q", "prompt_es": "¿?", **question})
    try:
        return read(asked, words, language=language, country="MX", today=TODAY)
    except Unclear:
        return None


@pytest.mark.parametrize(
    ("words", "value"),
    [("12", "12"), ("1,200", "1200"), ("1.200", "1200"), ("1.5", "1.5"), ("1,5", "1.5"), ("-3", "-3"), ("25kg", "25"),
     ("somos tres", "3"), ("unos 20 pesos", "20"), ("1,234,567.5", "1234567.5"), ("0.125", "0.125"),
     ("2 o 3", None), ("muchos", None), ("", None), ("1e5", None), ("٣", "3")],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(words: str, value: str | None) -> None:
    assert answered(words, kind="number") == value


@pytest.mark.parametrize(
    ("words", "value"),
    [("sí", "sí"), ("si", "sí"), ("Claro que sí", "sí"), ("nop", "no"), ("no gracias", "no"), ("yes", "sí"),
     ("no hay problema", "sí"), ("si me llaman antes", None), ("quizá", None)],
)  # fmt: skip
def test_yes_and_no_are_read_as_people_say_them(words: str, value: str | None) -> None:
    assert answered(words, kind="yes_no") == value


@pytest.mark.parametrize(
    ("words", "value"),
    [("2", "Corte y tinte"), ("la opción 3", "Tinte"), ("el primero", "Corte"), ("CORTE", "Corte"), ("corte y tinte", "Corte y tinte"),
     ("tinte porfa", "Tinte"), ("7", None), ("uno o dos", None), ("corte o manicure", "Corte")],
)  # fmt: skip
def test_a_choice_is_made_by_name_or_number(words: str, value: str | None) -> None:
    assert answered(words, kind="choice", choices_es=["Corte", "Corte y tinte", "Tinte"]) == value


@pytest.mark.parametrize(
    "questions",
    [
        [],
        [{"key": "a", "prompt_es": "¿Qué?"}, {"key": "a", "prompt_es": "¿Qué más?"}],
        [{"key": "A b", "prompt_es": "¿Qué?"}],
        [{"key": "a", "prompt_es": "¿Qué?", "kind": "choice"}],
        [{"key": "a", "prompt_es": "¿Qué?", "choices_es": ["a", "b"]}],
        [{"key": "a", "prompt_es": "¿Qué?", "kind": "choice", "choices_es": ["a", "Á"]}],
        [{"key": "a", "prompt_es": "¿Qué?", "kind": "choice", "choices_es": ["a", "b"], "choices_en": ["a"]}],
        [{"key": "a", "prompt_es": "¿Qué?", "kind": "number", "at_least": 5, "at_most": 1}],
    ],
)
def test_a_form_that_makes_no_sense_is_refused(questions: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        IntakeConfig.model_validate({"forms": [{"title_es": "Registro", "questions": questions}]})
