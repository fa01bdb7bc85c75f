"""Nothing invented, nothing in the wrong language, nothing called done that was not: a model's words on their way."""

import httpx
import psycopg
import pytest

from tests.factories import Business, Visitor, a_business
from tests.fakes.llm import FakeLLM

INVENTED = "La limpieza dental cuesta $650 y el blanqueamiento $2,900."
TRUE = "La limpieza dental cuesta $650; el blanqueamiento no lo tengo a la mano."


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business, fake_llm: FakeLLM) -> Visitor:
    someone = Visitor(http, business.slug)
    await someone.open()
    return someone


def turns(url: str, business: Business) -> list[tuple]:
    with psycopg.connect(url) as admin:
        return admin.execute(
            "select outcome, trace from turns where org_id = %s order by created_at", (business.org_id,)
        ).fetchall()


async def test_an_invented_price_is_never_shown_and_the_model_tries_again(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    fake_llm.will(text=INVENTED)
    fake_llm.will(text="y el blanqueamiento prefiero que te lo confirme el equipo.")

    answer = await visitor.ask("¿Cuánto cuestan la limpieza y el blanqueamiento?")

    assert "2,900" not in answer.text
    assert answer.text == answer["message"]["text"]
    assert len(fake_llm.requests) == 2
    assert "2,900" in str(fake_llm.requests[1].body["messages"][-1])
    assert turns(database_url, business) == [("answered", [{"check": "ungrounded"}])]


async def test_what_is_invented_twice_is_replaced_by_what_is_sure(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    fake_llm.will(text="Cuesta $2,900.")
    fake_llm.will(text="Cuesta $3,100.")

    answer = await visitor.ask("¿Cuánto cuesta el blanqueamiento?")

    assert not any(figure in answer.text for figure in ("2,900", "3,100"))
    assert "confirm" in answer.text
    assert len(fake_llm.requests) == 2
    assert [outcome for outcome, _ in turns(database_url, business)] == ["unknown"]


async def test_each_figure_of_an_answer_is_linked_to_its_source(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    fake_llm.will(text="La limpieza dental cuesta $650 pesos y dura 40 minutos.")

    await visitor.ask("¿Cuánto cuesta una limpieza?")

    with psycopg.connect(database_url) as admin:
        row = admin.execute(
            "select figures from messages where org_id = %s and sender = 'agent'", (business.org_id,)
        ).fetchone()
    assert row
    assert {(f["text"], f["title"]) for f in row[0]} == {
        ("$650 pesos", "Precio de la limpieza dental"),
        ("40 minutos", "Precio de la limpieza dental"),
    }


async def test_a_discount_that_only_the_customer_named_is_not_promised(
    visitor: Visitor, fake_llm: FakeLLM
) -> None:
    fake_llm.will(text="Claro, te damos 50% de descuento.")
    fake_llm.will(text="No tenemos descuentos que yo sepa.")

    answer = await visitor.ask("¿Me das 50% de descuento?")

    assert "te damos 50%" not in answer.text


@pytest.mark.parametrize(
    ("asked", "wrong", "right"),
    [
        (
            "Do you have parking?",
            "Sí, hay estacionamiento gratuito para pacientes.",
            "Yes, there is free parking in the back.",
        ),
        (
            "¿Hay estacionamiento?",
            "Yes, there is free parking for our patients.",
            "Sí, hay estacionamiento gratuito.",
        ),
    ],
)
async def test_an_answer_in_the_wrong_language_is_caught_before_a_word_of_it(
    visitor: Visitor, fake_llm: FakeLLM, asked: str, wrong: str, right: str
) -> None:
    fake_llm.will(text=wrong)
    fake_llm.will(text=right)
    fake_llm.gap = 0.005

    answer = await visitor.ask(asked)

    assert answer.text == answer["message"]["text"] == right


async def test_a_booking_that_no_tool_made_is_not_claimed(visitor: Visitor, fake_llm: FakeLLM) -> None:
    fake_llm.will(text="¡Listo! Tu cita ya quedó agendada.")
    fake_llm.will(text="¡Listo! Ya quedó agendada tu cita.")

    answer = await visitor.ask("Quiero una cita para limpieza")

    assert "agendada" not in answer.text


async def test_what_was_shown_before_a_mistake_stays_and_is_gone_on_from(
    visitor: Visitor, fake_llm: FakeLLM
) -> None:
    fake_llm.will(
        text="La limpieza dental cuesta $650 pesos. El blanqueamiento cuesta $2,900 pesos con todo incluido."
    )
    fake_llm.will(text="El blanqueamiento te lo confirma el equipo.")
    fake_llm.gap = 0.005

    answer = await visitor.ask("¿Cuánto cuesta la limpieza y el blanqueamiento?")

    assert answer.text.startswith("La limpieza dental cuesta $650 pesos.")
    assert answer.text.count("La limpieza") == 1
    assert "2,900" not in answer.text


async def test_a_broken_off_call_is_in_the_ledger(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    fake_llm.will(text="Cuesta $2,900. " + "Con gusto te explico todo lo demás. " * 20)
    fake_llm.will(text="Ese precio te lo confirma el equipo.")
    fake_llm.gap = 0.005

    await visitor.ask("¿Cuánto cuesta el blanqueamiento?")

    with psycopg.connect(database_url) as admin:
        calls = admin.execute(
            "select failure, output_tokens > 0, price_version <> '', model <> '', cost_micro_usd > 0 from usage_events where org_id = %s order by call",
            (business.org_id,),
        ).fetchall()
    assert calls == [("ungrounded", True, True, True, True), (None, True, True, True, True)]
