"""A form is filled in by talking: one question, one checked answer, also days later and on another channel."""

from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from pydantic import ValidationError

from tests.factories import Business, a_business
from tests.skilled import a_turn
from vulkn_app.i18n import Language
from vulkn_app.skills.base import ToolProblem, ToolResult, Turn
from vulkn_app.skills.form import Question, Unclear, read
from vulkn_app.skills.form_dates import stated_date
from vulkn_app.skills.intake import (
    SKILL,
    Answer,
    IntakeConfig,
    Nothing,
    Start,
    answer_question,
    form_status,
    start_form,
)

TODAY = date(2026, 11, 22)
QUESTIONS: list[dict[str, Any]] = [
    {"key": "name", "prompt_es": "¿Cómo te llamas?", "prompt_en": "What's your name?", "at_least": 2, "at_most": 80},
    {"key": "birth", "kind": "date", "prompt_es": "¿Cuándo naciste?", "prompt_en": "When were you born?"},
    {"key": "service", "kind": "choice", "prompt_es": "¿Qué servicio?", "prompt_en": "Which service?",
     "choices_es": ["Limpieza dental", "Blanqueamiento", "Ortodoncia"], "choices_en": ["Cleaning", "Whitening", "Braces"]},
    {"key": "people", "kind": "number", "prompt_es": "¿Cuántas personas?", "prompt_en": "How many people?", "at_least": 1, "at_most": 6},
    {"key": "mail", "kind": "email", "prompt_es": "¿Tu correo?", "prompt_en": "Your e-mail?", "required": False},
    {"key": "insured", "kind": "yes_no", "prompt_es": "¿Tienes seguro?", "prompt_en": "Are you insured?"},
]  # fmt: skip
CONFIG = IntakeConfig.model_validate(
    {
        "title_es": "Registro de paciente",
        "questions": QUESTIONS,
        "start_words": ["quiero registrarme", "sign me up"],
    }
)


@pytest.fixture
def business(database_url: str, deployment: None) -> Business:
    return a_business(database_url)


class Customer:
    """One contact, message after message; answered as without a model."""

    def __init__(self, url: str, business: Business, config: IntakeConfig = CONFIG, **how: Any) -> None:
        self.url, self.business, self.config, self.how = url, business, config, how
        first = a_turn(url, business, **how)
        self.conversation_id, self.contact_id, self.memory = (
            first.conversation_id,
            first.contact_id,
            first.memory,
        )

    def turn(self, words: str) -> Turn:
        turn = a_turn(self.url, self.business, words, conversation_id=self.conversation_id, **self.how)
        return replace(turn, memory=self.memory)

    async def says(self, words: str) -> str:
        """What the customer is told; empty when the form has nothing to say to it."""
        turn = self.turn(words)
        chosen = await SKILL.rehearse(turn, self.config)
        if chosen is None:
            return ""
        name, arguments = chosen
        try:
            return (await self.call(turn, name, arguments)).say
        except ToolProblem as problem:
            return problem.say

    async def call(self, turn: Turn, name: str, arguments: dict[str, Any]) -> ToolResult:
        (tool,) = (tool for tool in SKILL.tools if tool.name == name)
        return await tool.run(turn, self.config, tool.arguments.model_validate(arguments))

    async def fills_in(self, *words: str) -> str:
        return [await self.says(one) for one in words][-1]

    @property
    def stored(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as admin:
            return admin.execute(
                "select form, answers from intake_answers where contact_id = %s", (self.contact_id,)
            ).fetchall()

    @property
    def answers(self) -> dict[str, str]:
        ((_, answers),) = self.stored
        return {one["key"]: one["answer"] for one in answers}


@pytest.fixture
def customer(database_url: str, business: Business) -> Customer:
    return Customer(database_url, business)


WHOLE = ("quiero registrarme", "Ana López", "3 de mayo de 1990", "la segunda", "dos", "saltar", "sí, tengo")


async def test_a_form_is_filled_in_one_question_at_a_time(customer: Customer) -> None:
    told = [await customer.says(words) for words in WHOLE]

    assert told[0] == "¿Cómo te llamas?"
    assert told[2].startswith("¿Qué servicio?\n1. Limpieza dental\n2. Blanqueamiento")
    assert told[4].startswith("¿Tu correo?\n(Si prefieres no decirlo")
    assert told[-1] == "¡Listo, gracias! Ya tenemos tus respuestas."
    assert customer.answers == {
        "name": "Ana López", "birth": "1990-05-03", "service": "Blanqueamiento", "people": "2", "mail": "", "insured": "sí",
    }  # fmt: skip
    assert customer.stored[0][0] == "Registro de paciente"
    assert customer.stored[0][1][0]["question"] == "¿Cómo te llamas?"


async def test_nothing_is_stored_before_the_last_answer(customer: Customer) -> None:
    await customer.fills_in(*WHOLE[:-1])

    assert customer.stored == []


async def test_what_does_not_fit_is_asked_again_with_a_reason(customer: Customer) -> None:
    await customer.fills_in("quiero registrarme", "Ana")

    assert (await customer.says("hace mucho")).startswith("No entendí la fecha.")
    assert (await customer.says("30 de febrero de 1990")).endswith("¿Cuándo naciste?")
    await customer.says("3/5/90")
    assert (await customer.says("masaje")).startswith("Elige una de las opciones")
    await customer.says("ortodoncia por favor")
    assert (await customer.says("somos 12")).startswith("Tiene que estar entre 1 y 6.")
    assert (await customer.says("saltar")).startswith("Esta la necesitamos")


async def test_a_correction_with_its_value_is_made_at_once(customer: Customer) -> None:
    await customer.fills_in(*WHOLE[:3])

    told = await customer.says("mejor cambia mi nombre a Ana María López")

    assert told.startswith("Listo, lo cambié. ¿Qué servicio?")
    await customer.fills_in(*WHOLE[3:])
    assert customer.answers["name"] == "Ana María López"


async def test_a_correction_without_its_value_asks_again_and_goes_on_after_it(customer: Customer) -> None:
    await customer.fills_in(*WHOLE[:4])

    asked = await customer.says("perdón, me equivoqué en mi nombre")
    after = await customer.says("Lucía")

    assert asked == "Claro, lo cambiamos. ¿Cómo te llamas?"
    assert after.startswith("¿Cuántas personas?")


async def test_a_finished_form_can_be_corrected_and_stays_one(customer: Customer) -> None:
    await customer.fills_in(*WHOLE)

    told = await customer.says("cambia el correo a ana@sol.test")

    assert told.startswith("Listo, lo cambié.")
    assert customer.answers["mail"] == "ana@sol.test"
    assert customer.answers["name"] == "Ana López"


async def test_an_answer_that_begins_like_a_correction_is_an_answer(
    database_url: str, business: Business
) -> None:
    config = IntakeConfig.model_validate(
        {
            "title_es": "Taller",
            "start_words": ["taller"],
            "questions": [{"key": "job", "prompt_es": "¿Qué necesitas?"}],
        }
    )
    customer = Customer(database_url, business, config)

    await customer.fills_in("taller", "cambiar el aceite")

    assert customer.answers == {"job": "cambiar el aceite"}


async def test_a_question_or_a_pleasantry_in_between_is_no_answer(customer: Customer) -> None:
    await customer.says("quiero registrarme")

    for words in ("¿Cuánto cuesta la limpieza?", "hola", "gracias", "quiero hablar con una persona"):
        assert await customer.says(words) == ""
    assert await customer.says("Ana") == "¿Cuándo naciste?"


async def test_a_form_that_is_left_is_taken_up_where_it_was(customer: Customer) -> None:
    await customer.fills_in("quiero registrarme", "Ana")

    left = await customer.says("cancelar")

    assert left.startswith("Sin problema")
    assert await customer.says("1990") == ""
    assert await customer.says("continuar") == "Seguimos donde nos quedamos. ¿Cuándo naciste?"


async def test_it_goes_on_in_another_channel_of_the_same_contact(
    customer: Customer, database_url: str, business: Business
) -> None:
    await customer.fills_in(*WHOLE[:3])
    with psycopg.connect(database_url) as admin:
        moved = admin.execute(
            "insert into conversations (org_id, channel_id, contact_id) select org_id, channel_id, contact_id"
            " from conversations where id = %s returning id",
            (customer.conversation_id,),
        ).fetchone()
    assert moved
    customer.conversation_id = moved[0]

    assert await customer.fills_in(*WHOLE[3:]) == "¡Listo, gracias! Ya tenemos tus respuestas."
    assert customer.answers["name"] == "Ana López"


async def test_after_seven_days_it_begins_anew(customer: Customer, database_url: str) -> None:
    await customer.fills_in(*WHOLE[:3])
    with psycopg.connect(database_url) as admin:
        admin.execute("update skill_states set expires_at = expires_at - interval '6 days 23 hours'")
    assert "[service]" in await SKILL.context(customer.turn("hola"), CONFIG)
    with psycopg.connect(database_url) as admin:
        admin.execute("update skill_states set expires_at = expires_at - interval '2 hours'")

    assert await SKILL.context(customer.turn("hola"), CONFIG) == ""
    assert await customer.says("quiero registrarme") == "¿Cómo te llamas?"


async def test_another_contact_has_a_form_of_their_own(
    customer: Customer, database_url: str, business: Business
) -> None:
    await customer.fills_in(*WHOLE[:3])

    assert await Customer(database_url, business).says("quiero registrarme") == "¿Cómo te llamas?"


async def test_a_question_that_the_owner_added_meanwhile_is_asked_and_one_taken_out_is_not(
    customer: Customer,
) -> None:
    await customer.fills_in(*WHOLE[:3])
    extra = {"key": "city", "prompt_es": "¿De qué ciudad?"}
    customer.config = IntakeConfig.model_validate(
        {"title_es": "Registro", "questions": [QUESTIONS[0], extra], "start_words": ["quiero registrarme"]}
    )

    await customer.says("Puebla")

    assert customer.answers == {"name": "Ana López", "city": "Puebla"}


async def test_the_same_last_answer_twice_stores_one_form(customer: Customer) -> None:
    await customer.fills_in(*WHOLE[:-1])
    before = await customer.memory.recall("intake")
    await customer.says("sí")
    await customer.memory.remember("intake", before)  # as after a crash between storing and remembering

    await customer.says("sí")

    assert len(customer.stored) == 1


async def test_details_in_a_form_reach_the_contact_but_overwrite_nothing(
    customer: Customer, database_url: str
) -> None:
    await customer.fills_in(*WHOLE[:5], "ana@sol.test", "no")
    with psycopg.connect(database_url) as admin:
        contact = (
            "select c.email, l.reasons from contacts c join leads l on l.contact_id = c.id where c.id = %s"
        )
        found = admin.execute(contact, (customer.contact_id,)).fetchone()

    assert found == ("ana@sol.test", ["email"])


async def test_a_model_drives_it_with_tools(customer: Customer) -> None:
    turn = customer.turn("hola")
    started = await start_form(turn, CONFIG, Start())
    await answer_question(turn, CONFIG, Answer(answer="Ana"))
    await answer_question(turn, CONFIG, Answer(answer="Lucía", question="name"))
    status = await form_status(turn, CONFIG, Nothing())

    assert "[name]" in started.text
    assert "name: Lucía" in status.text
    assert "birth: (missing)" in status.text
    with pytest.raises(ToolProblem):
        await answer_question(turn, CONFIG, Answer(answer="x", question="unknown"))


async def test_without_a_form_there_is_nothing_to_answer(customer: Customer) -> None:
    with pytest.raises(ToolProblem):
        await answer_question(customer.turn("hola"), CONFIG, Answer(answer="Ana"))
    assert (
        await form_status(customer.turn("hola"), CONFIG, Nothing())
    ).text == "The form has not been started."


async def test_the_playground_stores_nothing(database_url: str, business: Business) -> None:
    visitor = Customer(database_url, business, playground=True)

    assert await visitor.fills_in(*WHOLE) == "¡Listo, gracias! Ya tenemos tus respuestas."
    assert visitor.stored == []


async def test_english_speakers_are_asked_in_english(database_url: str, business: Business) -> None:
    visitor = Customer(database_url, business, language="en")
    words = ("sign me up", "Ann Lee", "May 3rd, 1990", "whitening", "2", "skip", "no")

    told = [await visitor.says(one) for one in words]

    assert told[0] == "What's your name?"
    assert told[-1] == "All done, thank you! We have your answers."
    assert visitor.answers["service"] == "Blanqueamiento"


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
        IntakeConfig.model_validate({"title_es": "Registro", "questions": questions})
