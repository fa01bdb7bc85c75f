"""A turn answered by a model, through the real SDK against a server that speaks Anthropic's dialect."""

import json

import httpx
import psycopg
import pytest

from tests.factories import Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from vulkn_app.local.demo import KNOWLEDGE as DEMO


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business, fake_llm: FakeLLM) -> Visitor:
    someone = Visitor(http, business.slug)
    await someone.open()
    return someone


def usage(url: str, business: Business) -> list[tuple]:
    with psycopg.connect(url) as admin:
        return admin.execute(
            "select provider, input_tokens > 0, output_tokens > 0, cost_micro_usd > 0, failure"
            " from usage_events where org_id = %s order by created_at, call",
            (business.org_id,),
        ).fetchall()


async def test_tokens_go_out_as_they_come_and_are_counted(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    fake_llm.will(text="La limpieza dental cuesta $650 pesos y dura 40 minutos.")
    fake_llm.gap = 0.02  # what arrives in one piece goes out in one piece

    answer = await visitor.ask("¿Cuánto cuesta una limpieza?")

    assert sum(event == "delta" for event, _ in answer.events) > 3
    assert (
        answer["message"]["text"] == answer.text == "La limpieza dental cuesta $650 pesos y dura 40 minutos."
    )
    assert usage(database_url, business) == [("claude", True, True, True, None)]


async def test_knowledge_and_rules_are_one_prefix_that_never_varies(
    visitor: Visitor, fake_llm: FakeLLM
) -> None:
    for question in ("¿Cuánto cuesta una limpieza?", "What are your opening hours?", "gracias"):
        await visitor.ask(question)

    systems = {json.dumps(request.body["system"], ensure_ascii=False) for request in fake_llm.requests}
    assert len(fake_llm.requests) == 3
    assert len(systems) == 1
    last = fake_llm.requests[0].body["system"][-1]
    assert last["cache_control"] == {"type": "ephemeral"}
    assert "$650" in last["text"]


async def test_an_edit_changes_the_prefix_and_the_next_turn_reads_it(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    await visitor.ask("hola")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update agents set instructions = 'Ofrece siempre el café.' where org_id = %s", (business.org_id,)
        )

    await visitor.ask("hola otra vez")

    # This process has not heard of it, so the model may have been asked ahead; that is dropped.
    first, *_, last = (
        json.dumps(request.body["system"], ensure_ascii=False) for request in fake_llm.requests
    )
    assert "café" not in first
    assert "café" in last


async def test_a_greeting_costs_no_long_prompt(
    http: httpx.AsyncClient, fake_llm: FakeLLM, database_url: str
) -> None:
    rows = [json.loads(line) for line in DEMO.read_text().splitlines()]
    entries = [(row["title"], row["body"], row["language"]) for row in rows]
    someone = Visitor(http, a_business(database_url, knowledge=entries).slug)
    await someone.open()

    await someone.ask("hola")

    body = fake_llm.requests[-1].body
    assert sum(len(block["text"]) for block in body["system"]) + len(json.dumps(body["messages"])) <= 8000


async def test_what_was_said_before_goes_along(visitor: Visitor, fake_llm: FakeLLM) -> None:
    fake_llm.will(text="Cuesta $650.")
    await visitor.ask("¿Cuánto cuesta una limpieza?")

    await visitor.ask("¿y cuánto dura?")

    messages = fake_llm.requests[-1].body["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert "Cuesta $650." in json.dumps(messages[1])


@pytest.mark.parametrize("fault", ["429", "529", "500", "drop", "empty"])
async def test_a_model_that_fails_before_its_first_word_is_not_noticed(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str, fault: str
) -> None:
    fake_llm.will_fail(fault)

    answer = await visitor.ask("¿Cuánto cuesta una limpieza?")

    assert answer.names == ["accepted", "delta", "message", "done"]
    assert "$650" in answer.text
    providers = [row[0] for row in usage(database_url, business)]
    assert providers == ["claude", "rehearsal"]


@pytest.mark.parametrize("fault", ["drop_mid", "error_mid"])
async def test_a_model_that_fails_midway_leaves_one_whole_answer(
    visitor: Visitor, fake_llm: FakeLLM, fault: str
) -> None:
    fake_llm.will(fault=fault, text="Claro que sí, con gusto le cuento todo lo que necesita saber")

    answer = await visitor.ask("¿Cuánto cuesta una limpieza?")

    assert answer.names == ["accepted", "delta", "message", "done"]
    assert answer["message"]["text"] == answer.text
    assert (await visitor.history())[-1]["text"] == answer.text
    assert not answer.text.startswith("Claro que sí, con gusto le cuento todo lo que necesita saber")


async def test_a_visitor_who_leaves_finds_the_answer_when_they_come_back(
    visitor: Visitor, fake_llm: FakeLLM
) -> None:
    fake_llm.will(text="La limpieza dental cuesta $650 pesos.")
    url, headers = f"/api/widget/{visitor.slug}/messages", {"authorization": f"Bearer {visitor.token}"}
    body = {"id": "6f0f3f5e-9d5c-4c43-9c5b-0a4e3a8a2b11", "text": "¿Cuánto cuesta una limpieza?"}

    async with visitor.http.stream("POST", url, json=body, headers=headers) as stream:
        await anext(stream.aiter_bytes())

    again = await visitor.ask(body["text"], id=body["id"])
    assert again["message"]["text"] == "La limpieza dental cuesta $650 pesos."
    assert len(fake_llm.requests) == 1


async def test_a_character_that_cannot_be_stored_is_left_out(visitor: Visitor, fake_llm: FakeLLM) -> None:
    fake_llm.will(text="La limpieza\0 cuesta $650.")

    answer = await visitor.ask("¿Cuánto cuesta una limpieza?")

    assert answer["message"]["text"] == answer.text == "La limpieza cuesta $650."
