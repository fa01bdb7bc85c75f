"""One turn, over real HTTP, against the real database under row level security."""

import asyncio
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.factories import Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from vulkn_app.conversations import engine


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business) -> Visitor:
    someone = Visitor(http, business.slug)
    await someone.open()
    return someone


def rows(url: str, query: str, *values: object) -> list[tuple]:
    with psycopg.connect(url) as admin:
        return admin.execute(query, values).fetchall()  # pyright: ignore[reportArgumentType]


async def test_an_answer_comes_from_the_entry_that_was_asked_for(visitor: Visitor) -> None:
    answer = await visitor.ask("¿Cuánto cuesta una limpieza?")

    assert answer.names == ["accepted", "delta", "message", "done"]
    assert "$650" in answer.text
    assert answer["message"]["text"] == answer.text
    assert [source["title"] for source in answer["message"]["sources"]] == ["Precio de la limpieza dental"]


async def test_an_english_question_is_answered_in_english(visitor: Visitor) -> None:
    answer = await visitor.ask("What are your opening hours?")

    assert answer["message"]["language"] == "en"
    assert "9 am to 7 pm" in answer.text


async def test_a_spanish_question_is_answered_in_spanish(visitor: Visitor) -> None:
    answer = await visitor.ask("¿A qué hora abren los sábados?")

    assert answer["message"]["language"] == "es"
    assert "9:00 a 14:00" in answer.text


async def test_what_is_not_known_is_not_invented_but_a_message_is_offered(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    answer = await visitor.ask("¿Hacen trasplantes de riñón a domicilio en Marte?")

    assert not any(figure in answer.text for figure in ("$", "650", "9:00"))
    assert answer["message"]["sources"] == []
    assert rows(database_url, "select outcome from turns where org_id = %s", business.org_id) == [
        ("unknown",)
    ]


async def test_a_turn_stores_both_messages_usage_lead_and_audit(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    await visitor.ask("Hola, soy Lucía Pérez, mi correo es lucia@correo.mx, ¿precio de la limpieza?")

    org = business.org_id
    messages = rows(database_url, "select seq, sender from messages where org_id = %s order by seq", org)
    assert messages == [(1, "visitor"), (2, "agent")]
    usage = rows(
        database_url,
        "select provider, cost_micro_usd, latency_ms >= 0 from usage_events where org_id = %s",
        org,
    )
    assert usage == [("rehearsal", 0, True)]
    lead = rows(database_url, "select email, score > 0 from lead_cards where org_id = %s", org)
    assert lead == [("lucia@correo.mx", True)]
    audit = rows(
        database_url, "select actor_kind from audit_log where org_id = %s and action = 'answer'", org
    )
    assert audit == [("engine",)]
    assert rows(database_url, "select app.audit_verify(%s)", org) == [(0,)]


async def test_the_same_message_id_is_one_message_and_one_answer(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    id = str(uuid4())

    first = await visitor.ask("¿Hay estacionamiento?", id=id)
    again = await visitor.ask("¿Hay estacionamiento?", id=id)

    assert again["message"] == first["message"]
    assert again["accepted"] == first["accepted"]
    assert rows(database_url, "select count(*) from messages where org_id = %s", business.org_id) == [(2,)]


async def test_twenty_posts_of_one_message_at_once_are_one_turn(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    id = str(uuid4())

    answers = await asyncio.gather(*(visitor.ask("¿Hay estacionamiento?", id=id) for _ in range(20)))

    assert len({answer["message"]["id"] for answer in answers}) == 1
    counts = "select (select count(*) from messages where org_id = %s), (select count(*) from turns where org_id = %s), (select count(*) from usage_events where org_id = %s)"
    assert rows(database_url, counts, *[business.org_id] * 3) == [(2, 1, 1)]


async def test_several_messages_at_once_are_answered_one_after_the_other(visitor: Visitor) -> None:
    await asyncio.gather(*(visitor.ask(f"¿Hay estacionamiento? {n}") for n in range(8)))

    history = await visitor.history()
    assert [message["seq"] for message in history] == list(range(1, 17))
    assert sum(message["sender"] == "agent" for message in history) == 8


def left_turn(url: str, business: Business, visitor: Visitor, text: str, *, attempt: int = 1) -> None:
    """A message whose process died before it could be answered."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "with q as (insert into messages (org_id, conversation_id, sender, body, external_id, turn_id)"
            " values (%s, %s, 'visitor', %s, 'left', gen_random_uuid()) returning org_id, conversation_id, id, turn_id)"
            " insert into turns (id, org_id, conversation_id, message_id, state, lease_until, attempt)"
            " select turn_id, org_id, conversation_id, id, 'running', now() - interval '1 second', %s from q",
            (business.org_id, visitor.conversation_id, text, attempt),
        )


async def test_a_turn_whose_process_died_is_answered_by_the_sweep(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    await visitor.ask("hola")
    left_turn(database_url, business, visitor, "¿Hay estacionamiento?")

    assert await engine.sweep() == 1
    assert await engine.sweep() == 0

    assert "estacionamiento gratuito" in (await visitor.history())[-1]["text"]


async def test_an_edit_is_used_by_the_very_next_turn(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    await visitor.ask("¿Cuánto cuesta la limpieza dental?")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update knowledge_entries set body = 'La limpieza dental cuesta $700 pesos.' where title like 'Precio%%' and org_id = %s",
            (business.org_id,),
        )

    answer = await visitor.ask("¿Cuánto cuesta la limpieza dental?")

    assert "$700" in answer.text
    assert "$650" not in answer.text


async def test_where_a_person_answers_the_agent_keeps_quiet(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    await visitor.ask("hola")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update conversations set status = 'human' where org_id = %s", (business.org_id,))

    answer = await visitor.ask("¿Hay estacionamiento?")

    assert answer.names == ["accepted", "handoff"]
    assert [message["sender"] for message in await visitor.history()][-1] == "visitor"


async def test_a_number_left_with_a_person_is_one_of_the_businesss_country(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update organizations set country = 'CO' where id = %s", (business.org_id,))
        admin.execute("update conversations set status = 'human' where org_id = %s", (business.org_id,))

    await visitor.ask("Mi celular es 310 123 4567")

    assert rows(database_url, "select phone from contacts where org_id = %s", business.org_id) == [
        ("+573101234567",)
    ]


async def test_a_number_sent_again_is_one_of_the_same_country(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update organizations set country = 'CO' where id = %s", (business.org_id,))
        admin.execute("update conversations set status = 'human' where org_id = %s", (business.org_id,))
        await visitor.ask("Mi celular es 310 123 4567", id="7c9d7a3e-0000-4000-8000-000000000001")
        # As if the process had died between the message and what it says about the lead.
        admin.execute("update contacts set phone = null where org_id = %s", (business.org_id,))

    await visitor.ask("Mi celular es 310 123 4567", id="7c9d7a3e-0000-4000-8000-000000000001")

    assert rows(database_url, "select phone from contacts where org_id = %s", business.org_id) == [
        ("+573101234567",)
    ]


async def test_a_suspended_business_answers_nobody_at_once(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    await visitor.ask("hola")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update organizations set status = 'suspended' where id = %s", (business.org_id,))

    assert (await visitor.ask("¿Hay estacionamiento?")).status == 401


async def test_details_too_long_to_keep_cost_nothing_but_themselves(visitor: Visitor) -> None:
    answer = await visitor.ask(f"mi correo es {'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.mx")

    assert answer.names[-1] == "done"


async def test_a_greeting_or_a_phone_number_is_no_unanswered_question(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    for text in ("hola, soy Lucía Ramírez", "mi tel es 55 1234 5678", "muchas gracias"):
        await visitor.ask(text)

    outcomes = rows(database_url, "select distinct outcome from turns where org_id = %s", business.org_id)
    assert outcomes == [("small_talk",)]


async def test_details_left_while_a_person_answers_reach_the_lead(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    await visitor.ask("hola")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update conversations set status = 'human' where org_id = %s", (business.org_id,))

    await visitor.ask("Me llamo Luis Tovar, mi teléfono es 55 4321 8765")

    lead = rows(
        database_url, "select name, phone is not null from lead_cards where org_id = %s", business.org_id
    )
    assert lead == [("Luis Tovar", True)]


async def test_a_turn_that_keeps_failing_is_answered_without_a_model(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    left_turn(database_url, business, visitor, "¿Hay estacionamiento?", attempt=engine.MODEL_ATTEMPTS)

    assert await engine.sweep() == 1

    assert not fake_llm.requests
    assert "estacionamiento gratuito" in (await visitor.history())[-1]["text"]


async def test_a_turn_that_can_never_be_stored_is_left_alone(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    left_turn(database_url, business, visitor, "hola", attempt=engine.MODEL_ATTEMPTS * 2)

    assert await engine.sweep() == 0


async def test_a_turn_that_another_process_took_over_is_not_answered_twice(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    left_turn(database_url, business, visitor, "hola")
    [(turn,)] = rows(database_url, "select id from turns where org_id = %s", business.org_id)

    assert await engine.sweep() == 1

    state = "select app.turn_begin(%s, %s, %s, '45 s', '0', '0') ->> 'state'"
    assert rows(database_url, state, business.org_id, turn, 1) == [("done",)]
    assert rows(database_url, state, business.org_id, uuid4(), 1) == [("lost",)]
