"""What happens to a conversation, or to the database, while a model thinks about its answer."""

import asyncio
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.factories import Answer, Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from tests.waiting import until
from vulkn_app.conversations import engine

ANSWER = "La limpieza dental cuesta $650 pesos y dura 40 minutos."
QUESTION = "¿Cuánto cuesta una limpieza?"


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business, fake_llm: FakeLLM) -> Visitor:
    someone = Visitor(http, business.slug)
    await someone.open()
    fake_llm.fixed = ANSWER
    return someone


def rows(url: str, statement: str, *values: object) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


async def asked(visitor: Visitor, fake: FakeLLM, *, id: str) -> asyncio.Task[Answer]:
    """A question that the model is thinking about."""
    fake.first_token = 1.0
    task = asyncio.create_task(visitor.ask(QUESTION, id=id))

    async def thinking() -> bool:
        return bool(fake.requests)

    await until(thinking)
    return task


async def test_a_conversation_that_is_deleted_meanwhile_stays_deleted_and_the_visitor_hears_of_it(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    asking = await asked(visitor, fake_llm, id=str(uuid4()))
    rows(database_url, "delete from conversations where org_id = %s", business.org_id)

    answer = await asking

    assert answer.names[-1] == "error"
    assert rows(database_url, "select count(*) from messages where org_id = %s", business.org_id) == [(0,)]
    assert await engine.sweep() == 0
    paid = "select count(*), sum(cost_micro_usd) > 0 from usage_events where org_id = %s and turn_id is null"
    assert rows(database_url, paid, business.org_id) == [(1, True)]
    month = "select turns, cost_micro_usd > 0 from usage_months where org_id = %s"
    assert rows(database_url, month, business.org_id) == [(0, True)]


async def test_a_closed_conversation_is_open_again_when_its_customer_writes(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    await visitor.ask("hola")
    rows(database_url, "update conversations set status = 'closed' where org_id = %s", business.org_id)

    answer = await visitor.ask(QUESTION)

    assert answer["message"]["text"] == ANSWER
    assert rows(database_url, "select status from conversations where org_id = %s", business.org_id) == [
        ("open",)
    ]


async def test_one_that_is_closed_while_the_model_thinks_is_answered_all_the_same(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    asking = await asked(visitor, fake_llm, id=str(uuid4()))
    rows(database_url, "update conversations set status = 'closed' where org_id = %s", business.org_id)

    answer = await asking

    assert answer["message"]["text"] == ANSWER


async def test_a_database_that_drops_everybody_meanwhile_loses_no_answer_and_stores_it_once(
    visitor: Visitor, fake_llm: FakeLLM, business: Business, database_url: str
) -> None:
    id = str(uuid4())
    asking = await asked(visitor, fake_llm, id=id)
    rows(
        database_url,
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and usename like 'vulkn%%' and pid <> pg_backend_pid()",
    )

    answer = await asking
    again = await visitor.ask(QUESTION, id=id)

    assert answer["message"]["text"] == ANSWER
    assert again["message"]["id"] == answer["message"]["id"]
    counts = (
        "select (select count(*) from messages where org_id = %s), (select count(*) from usage_events where org_id = %s),"
        " (select turns from usage_months where org_id = %s)"
    )
    assert rows(database_url, counts, *[business.org_id] * 3) == [(2, 1, 1)]
