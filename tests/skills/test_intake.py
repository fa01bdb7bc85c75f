"""A form is filled in by talking: one question, one checked answer, also days later and on another channel."""

import psycopg
import pytest

from tests.factories import Business, a_business
from tests.skills.customers import CONFIG, QUESTIONS, REGISTER, WHOLE, Customer
from vulkn_app.skills.base import ToolProblem
from vulkn_app.skills.intake import (
    SKILL,
    Answer,
    Nothing,
    Start,
    answer_question,
    form_status,
    start_form,
)
from vulkn_app.skills.intake_forms import IntakeConfig


@pytest.fixture
def business(database_url: str, deployment: None) -> Business:
    return a_business(database_url)


@pytest.fixture
def customer(database_url: str, business: Business) -> Customer:
    return Customer(database_url, business)


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
            "forms": [
                {
                    "title_es": "Taller",
                    "start_words": ["taller"],
                    "questions": [{"key": "job", "prompt_es": "¿Qué necesitas?"}],
                }
            ]
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
        {"forms": [{**REGISTER, "questions": [QUESTIONS[0], extra]}]}
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
