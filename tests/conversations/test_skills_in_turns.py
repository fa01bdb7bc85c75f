"""Tools in a turn: what a model calls, what a skill does by itself, and what a person takes over."""

import asyncio

import httpx
import psycopg
import psycopg.types.json
import pytest

from tests.factories import Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from tests.waiting import until
from vulkn_app.conversations import tools
from vulkn_app.skills import governance


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business) -> Visitor:
    someone = Visitor(http, business.slug)
    await someone.open()
    return someone


def one(url: str, query: str, business: Business) -> tuple:
    with psycopg.connect(url) as admin:
        row = admin.execute(query.encode(), (business.org_id,)).fetchone()
    assert row
    return row


async def test_a_person_who_is_asked_for_takes_over_after_one_message(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    fake_llm.will(tool="hand_over", arguments={"reason": "asked", "summary": "Quiere hablar con una persona"})
    fake_llm.will(text="Claro, le paso tu mensaje al equipo. Te responden por aquí.")

    await visitor.ask("Quiero hablar con una persona")
    later = await visitor.ask("¿Siguen ahí?")

    assert later.names == ["accepted", "handoff"]
    state = one(
        database_url,
        "select status, handoff_reason, handoff_summary from conversations where org_id = %s",
        business,
    )
    assert state == ("human", "asked", "Quiere hablar con una persona")
    assert one(
        database_url, "select count(*) from messages where sender = 'agent' and org_id = %s", business
    ) == (1,)
    assert one(database_url, "select count(*), min(kind) from alerts where org_id = %s", business) == (
        1,
        "handoff",
    )
    assert one(database_url, "select outcome from turns where org_id = %s", business) == ("handoff",)


async def test_without_a_model_an_emergency_goes_to_a_person_all_the_same(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    answer = await visitor.ask("Es una emergencia, no para de sangrar")

    assert "urgente" in answer.text
    assert one(database_url, "select handoff_reason from conversations where org_id = %s", business) == (
        "urgent",
    )


async def test_an_answer_that_began_before_a_person_took_over_is_dropped(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    fake_llm.will(text="Sí, hay estacionamiento gratuito.")
    fake_llm.first_token = 0.6
    asking = asyncio.create_task(visitor.ask("¿Hay estacionamiento?"))
    await until(lambda: _asked(fake_llm))
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update conversations set status = 'human' where org_id = %s", (business.org_id,))

    answer = await asking

    assert answer.names[-1] == "handoff"
    assert answer["handoff"]["withdrawn"]
    assert one(
        database_url, "select count(*) from messages where sender = 'agent' and org_id = %s", business
    ) == (0,)
    with (
        psycopg.connect(database_url) as admin,
        pytest.raises(psycopg.errors.DatabaseError, match="a person answers"),
    ):
        admin.execute(
            "insert into messages (org_id, conversation_id, sender, body)"
            " select org_id, id, 'agent', 'tarde' from conversations where org_id = %s",
            (business.org_id,),
        )


async def _asked(fake: FakeLLM) -> bool:
    return bool(fake.requests)


async def test_a_tool_that_does_not_exist_or_is_called_wrongly_is_told_to_the_model(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    fake_llm.will(tool="delete_everything", arguments={"org_id": "another"})
    fake_llm.will(tool="hand_over", arguments={"reason": "because"})
    fake_llm.will(tools=[{"name": "hand_over", "json": "{broken"}])
    fake_llm.will(text="Sí, hay estacionamiento gratuito.")

    answer = await visitor.ask("¿Hay estacionamiento?")

    assert answer.text == "Sí, hay estacionamiento gratuito."
    [(trace,)] = [one(database_url, "select trace from turns where org_id = %s", business)]
    assert [step["how"] for step in trace] == ["unknown", "invalid", "broken"]
    assert tools.UNKNOWN in str(fake_llm.requests[1].body)
    assert one(database_url, "select status from conversations where org_id = %s", business) == ("open",)


async def test_a_model_that_calls_tools_for_ever_is_stopped_and_still_answers(
    visitor: Visitor, fake_llm: FakeLLM
) -> None:
    for _ in range(tools.MOST_STEPS + 2):
        fake_llm.will(tool="search_knowledge", arguments={"question": "estacionamiento"})

    answer = await visitor.ask("¿Hay estacionamiento?")

    assert answer["message"]["text"]
    assert len(fake_llm.requests) <= tools.MOST_STEPS + 1


async def test_tools_stand_in_the_same_bytes_each_turn_and_name_no_tenant(
    visitor: Visitor, fake_llm: FakeLLM
) -> None:
    for text in ("hola", "¿Hay estacionamiento?"):
        await visitor.ask(text)

    first, second = (str(request.body["tools"]) for request in fake_llm.requests)
    assert first == second
    assert "hand_over" in first
    assert not any(word in first for word in ("org_id", "organization", "contact_id", "conversation_id"))


async def test_a_skill_counts_from_the_next_turn_and_can_be_taken_back(
    visitor: Visitor, fake_llm: FakeLLM, business: Business
) -> None:
    await governance.enable(business.owner, "handoff", False)
    await visitor.ask("hola")
    await governance.enable(business.owner, "handoff", True)
    await visitor.ask("hola de nuevo")

    without, again = (str(request.body.get("tools")) for request in fake_llm.requests)
    assert "hand_over" not in without
    assert "hand_over" in again


async def test_a_skill_above_the_plan_cannot_be_published_nor_called(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    config = {
        "actions": [
            {
                "name": "stock",
                "description": "How many there are.",
                "url": "https://shop.test/stock",
                "hosts": ["shop.test"],
            }
        ]
    }
    with psycopg.connect(database_url, autocommit=True) as admin:
        of = "update organizations set plan = %s where id = %s"
        admin.execute(of, ("business", business.org_id))
        admin.execute(
            "insert into agent_skills (org_id, key, enabled, published) values (%s, 'http_action', true, %s)",
            (business.org_id, psycopg.types.json.Jsonb(config)),
        )
        admin.execute(of, ("free", business.org_id))
    fake_llm.will(tool="service_stock", arguments={})
    fake_llm.will(text="Eso no lo sé.")

    with pytest.raises(governance.NotAllowed):
        await governance.publish(business.owner, "http_action", config)
    await visitor.ask("¿Cuántos hay?")

    assert "stock" not in str(fake_llm.requests[0].body["tools"])
    assert tools.UNKNOWN in str(fake_llm.requests[1].body)


async def test_a_skill_that_is_not_right_cannot_be_published(business: Business, deployment: None) -> None:
    with pytest.raises(governance.SkillProblem) as problem:
        await governance.publish(business.owner, "handoff", {"emergency_phone": "llámame"})

    assert "emergency_phone" in problem.value.fields


async def test_an_older_version_comes_back_as_a_new_one(business: Business, deployment: None) -> None:
    for phone in ("911", "066"):
        await governance.publish(business.owner, "handoff", {"emergency_phone": phone})

    assert await governance.roll_back(business.owner, "handoff", 1) == 3

    [card] = [card for card in await governance.catalogue(business.owner) if card.key == "handoff"]
    assert card.published
    assert (card.version, card.published["emergency_phone"]) == (3, "911")


async def test_an_exact_answer_asks_no_model(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "insert into knowledge_entries (org_id, title, body, examples, exact) values"
            " (%s, '¿Aceptan tarjeta?', 'Sí, todas, y sin comisión.', array['se puede pagar con tarjeta'], true)",
            (business.org_id,),
        )

    answers = [await visitor.ask(text) for text in ("aceptan tarjeta", "¿SE PUEDE PAGAR CON TARJETA?")]

    assert {answer.text for answer in answers} == {"Sí, todas, y sin comisión."}
    assert not fake_llm.requests
    assert answers[0]["message"]["sources"][0]["title"] == "¿Aceptan tarjeta?"
