"""Several forms in one skill: which one begins, which one hears an answer, and what a contact left half way."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.factories import Business, a_business
from tests.skills.customers import QUESTIONS, REGISTER, WHOLE, Customer
from vulkn_app.skills.base import ToolProblem
from vulkn_app.skills.filling import recall
from vulkn_app.skills.intake import SKILL, Answer, Nothing, Start, answer_question, form_status, start_form
from vulkn_app.skills.intake_forms import IntakeConfig

QUOTE: dict[str, Any] = {
    "key": "cotizacion",
    "title_es": "Cotización de fiesta",
    "when": "Cuando pregunten por un pastel grande.",
    "start_words": ["quiero cotizar"],
    "questions": [
        {"key": "event", "prompt_es": "¿Qué celebras?"},
        {"key": "guests", "kind": "number", "prompt_es": "¿Cuántos invitados?"},
    ],
    "closing_es": "¡Gracias! Te mandamos la cotización.",
}
CONFIG = IntakeConfig.model_validate({"forms": [REGISTER, QUOTE]})


@pytest.fixture
def business(database_url: str, deployment: None) -> Business:
    return a_business(database_url)


@pytest.fixture
def customer(database_url: str, business: Business) -> Customer:
    return Customer(database_url, business, CONFIG)


async def test_each_form_begins_with_its_own_words_and_ends_with_its_own(customer: Customer) -> None:
    assert await customer.says("hola, quiero cotizar algo") == "¿Qué celebras?"
    assert await customer.fills_in("Mis quince años", "80") == "¡Gracias! Te mandamos la cotización."
    assert await customer.says("quiero registrarme") == "¿Cómo te llamas?"

    ((form, answers),) = customer.stored
    assert form == "Cotización de fiesta"
    assert [one["answer"] for one in answers] == ["Mis quince años", "80"]


async def test_the_model_names_a_form_by_its_key_and_no_other_name_counts(customer: Customer) -> None:
    turn = customer.turn("hola")

    for key in ("", "Cotización de fiesta", "another", "cotizacion "):
        with pytest.raises(ToolProblem) as problem:
            await start_form(turn, CONFIG, Start(form=key))
        assert "registro (Registro de paciente), cotizacion" in problem.value.words
    started = await start_form(turn, CONFIG, Start(form="cotizacion"))

    assert "[event]" in started.text


async def test_the_model_is_told_of_every_form_and_when(customer: Customer) -> None:
    told = SKILL.prompt(CONFIG)

    assert "registro: Registro de paciente." in told
    assert "cotizacion: Cotización de fiesta. When to start it, says the owner: Cuando pregunten" in told
    assert told == SKILL.prompt(IntakeConfig.model_validate(CONFIG.model_dump(mode="json")))


async def test_a_form_that_another_one_interrupts_is_taken_up_where_it_was(customer: Customer) -> None:
    await customer.fills_in("quiero registrarme", "Ana López")

    asked = await customer.says("Quiero cotizar")
    done = await customer.fills_in("Una boda", "120")
    again = await customer.says("continuar")

    assert asked == "¿Qué celebras?"
    assert done == "¡Gracias! Te mandamos la cotización."
    assert again == "Seguimos donde nos quedamos. ¿Cuándo naciste?"


async def test_an_answer_that_only_holds_another_forms_words_is_an_answer(customer: Customer) -> None:
    await customer.says("quiero cotizar")

    assert await customer.says("Un bautizo, y luego quiero registrarme") == "¿Cuántos invitados?"


async def test_only_one_form_is_open_and_the_status_tells_of_both(customer: Customer) -> None:
    await customer.fills_in("quiero registrarme", "Ana López", "quiero cotizar")

    papers = await recall(customer.turn("hola"), CONFIG)
    context = await SKILL.context(customer.turn("hola"), CONFIG)
    status = await form_status(customer.turn("hola"), CONFIG, Nothing())

    assert [(each.form.key, each.open) for each in papers.fillings] == [
        ("cotizacion", True),
        ("registro", False),
    ]
    assert "cotizacion is under way. Question asked last: [event]" in context
    assert "left the form registro half way" in context
    assert "name: Ana López" in status.text
    assert "event: (missing)" in status.text


async def test_a_finished_form_is_corrected_although_another_one_came_after_it(customer: Customer) -> None:
    await customer.fills_in(*WHOLE)
    await customer.fills_in("quiero cotizar", "Una boda", "80")

    told = await customer.says("cambia mi nombre a Lucía")

    assert told.startswith("Listo, lo cambié.")
    stored = {form: answers for form, answers in customer.stored}
    assert stored["Registro de paciente"][0]["answer"] == "Lucía"
    assert len(stored) == 2


async def test_while_one_is_under_way_a_correction_is_about_that_one(customer: Customer) -> None:
    await customer.fills_in(*WHOLE)
    await customer.says("quiero cotizar")

    assert await customer.says("cambiar mi nombre") == "¿Cuántos invitados?"


async def test_a_form_that_the_owner_took_out_is_forgotten(customer: Customer) -> None:
    await customer.fills_in("quiero registrarme", "Ana López")
    customer.config = IntakeConfig.model_validate({"forms": [QUOTE]})

    assert await SKILL.context(customer.turn("hola"), customer.config) == ""
    assert await customer.says("Puebla") == ""
    with pytest.raises(ToolProblem):
        await answer_question(customer.turn("x"), customer.config, Answer(answer="x"))


async def test_a_contact_half_way_when_forms_became_several_goes_on(customer: Customer) -> None:
    """What was kept then named no form."""
    await customer.fills_in("quiero registrarme", "Ana López")
    kept = (await customer.memory.recall("intake"))["fillings"][0]
    await customer.memory.remember("intake", {key: kept[key] for key in kept if key != "form"})

    assert (await customer.says("3 de mayo de 1990")).startswith("¿Qué servicio?")


async def test_where_there_is_no_room_what_was_touched_last_is_kept(
    database_url: str, business: Business
) -> None:
    long = [{"key": f"q{n}", "prompt_es": f"¿Parte {n}?"} for n in range(15)]
    forms = [{"title_es": name, "start_words": [name], "questions": long} for name in ("uno", "dos", "tres")]
    customer = Customer(database_url, business, IntakeConfig.model_validate({"forms": forms}))

    for name in ("uno", "dos", "tres"):
        await customer.fills_in(name, *["a" * 1000] * 15)

    papers = await recall(customer.turn("hola"), customer.config)
    assert [each.form.key for each in papers.fillings] == ["tres", "dos"]
    assert len(customer.stored) == 3


def test_a_configuration_of_one_form_is_read_as_it_was_published() -> None:
    old = {"title_es": "Registro", "when": "Al principio.", "questions": QUESTIONS, "start_words": ["hola"]}

    config = IntakeConfig.model_validate(old)

    assert [(form.key, form.title_es, form.when) for form in config.forms] == [
        ("main", "Registro", "Al principio.")
    ]
    assert len(config.forms[0].questions) == len(QUESTIONS)
    assert IntakeConfig.model_validate(config.model_dump(mode="json")) == config


@pytest.mark.parametrize(
    ("title", "key"),
    [("Primera cita", "primera_cita"), ("¿Cotización?", "cotizacion"), ("2x1", "q_2x1"), ("¡¡!!", "q"), ("ñ" * 90, "n" * 40)],
)  # fmt: skip
def test_a_form_without_a_key_is_called_by_its_title(title: str, key: str) -> None:
    form = {"title_es": title, "questions": [{"prompt_es": "¿Qué edad tienes?"}]}

    (made,) = IntakeConfig.model_validate({"forms": [form]}).forms

    assert (made.key, made.questions[0].key) == (key, "que_edad_tienes")


@pytest.mark.parametrize(
    "forms", [[], [REGISTER, REGISTER], [{**REGISTER, "key": "Two words"}], [REGISTER] * 9]
)
def test_forms_that_cannot_be_told_apart_are_refused(forms: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        IntakeConfig.model_validate({"forms": forms})
