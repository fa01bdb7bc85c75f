"""Two web processes over one database, as in production: nothing is answered twice, nobody waits for the dead."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.factories import Answer, Business, Visitor, a_business
from tests.fakes.llm import FakeLLM, running
from tests.faults.processes import Web, environment, two
from tests.waiting import until

pytestmark = pytest.mark.slow
ANSWER = "La limpieza dental cuesta $650 pesos y dura 40 minutos."
Count = Callable[[str], int]


@pytest.fixture(scope="module")
async def model() -> AsyncIterator[FakeLLM]:
    async with running() as fake:
        yield fake


@pytest.fixture
def fake(model: FakeLLM) -> FakeLLM:
    model.forget()
    model.fixed = ANSWER
    return model


@pytest.fixture(scope="module")
def pair(
    database_url: str, model: FakeLLM, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Web, Web]]:
    folder = tmp_path_factory.mktemp("pair")
    with two(environment(database_url, model.url, folder, BURST_PATIENCE="3"), folder) as both:
        yield both


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def count(database_url: str, business: Business) -> Count:
    def rows(table: str) -> int:
        with psycopg.connect(database_url) as admin:
            query = f"select count(*) from {table} where org_id = %s".encode()
            found = admin.execute(query, (business.org_id,)).fetchone()
        assert found
        return found[0]

    return rows


async def at_both(
    pair: tuple[Web, Web], business: Business, stack: AsyncExitStack
) -> tuple[Visitor, Visitor]:
    """One visitor, with a connection to each process."""
    one, other = [
        Visitor(
            await stack.enter_async_context(httpx.AsyncClient(base_url=web.base, timeout=60)), business.slug
        )
        for web in pair
    ]
    await one.open()
    other.token, other.conversation_id = one.token, one.conversation_id
    return one, other


@pytest.fixture
async def visitors(pair: tuple[Web, Web], business: Business) -> AsyncIterator[tuple[Visitor, Visitor]]:
    async with AsyncExitStack() as stack:
        yield await at_both(pair, business, stack)


async def test_the_same_message_twenty_times_at_once_is_one_turn(
    visitors: tuple[Visitor, Visitor], fake: FakeLLM, count: Count
) -> None:
    fake.gap = 0.01
    name = str(uuid4())

    answers = await asyncio.gather(
        *(visitors[number % 2].ask("¿Cuánto cuesta una limpieza?", id=name) for number in range(20))
    )

    assert {answer.status for answer in answers} == {200}
    assert {answer["message"]["id"] for answer in answers} == {answers[0]["message"]["id"]}
    assert {answer.text for answer in answers} == {ANSWER}
    assert len(fake.requests) == 1
    assert (count("turns"), count("usage_events"), count("messages")) == (1, 1, 2)


async def test_a_burst_over_both_processes_is_one_call(
    visitors: tuple[Visitor, Visitor], fake: FakeLLM, count: Count
) -> None:
    one, other = visitors
    asking: list[asyncio.Task[Answer]] = []

    async def stored() -> bool:
        return count("messages") == len(asking)

    for visitor, text in ((one, "Hola"), (other, "quiero una limpieza dental"), (one, "¿cuánto cuesta?")):
        asking.append(asyncio.create_task(visitor.ask(text)))
        await until(stored)
    answers = await asyncio.gather(*asking)

    assert {answer["message"]["id"] for answer in answers} == {answers[0]["message"]["id"]}
    assert {answer.text for answer in answers} == {ANSWER}
    assert len(fake.requests) == 1
    assert "Hola\nquiero una limpieza dental\n¿cuánto cuesta?" in str(fake.requests[0].body).replace(
        "\\n", "\n"
    )
    assert (count("turns"), count("usage_events"), count("messages")) == (1, 1, 4)


async def test_what_a_killed_process_was_answering_the_other_one_answers_once(
    database_url: str, business: Business, fake: FakeLLM, count: Count, tmp_path: Path
) -> None:
    env = environment(database_url, fake.url, tmp_path, TURN_LEASE="PT4S")
    fake.will(fault="hang")
    name = str(uuid4())
    with two(env, tmp_path) as pair:
        async with AsyncExitStack() as stack:
            one, other = await at_both(pair, business, stack)
            asking = asyncio.create_task(one.ask("¿Cuánto cuesta una limpieza?", id=name))
            await until(lambda: _asked(fake))
            pair[0].kill()
            with pytest.raises(httpx.TransportError):
                await asking
            assert count("messages") == 1

            await until(lambda: _answered(count), seconds=60)

            again = await other.ask("¿Cuánto cuesta una limpieza?", id=name)
            assert again.text == ANSWER
            assert [line["text"] for line in await other.history()][-1] == ANSWER
    assert len(fake.requests) == 2
    assert (count("turns"), count("usage_events"), count("messages")) == (1, 1, 2)


async def _asked(fake: FakeLLM) -> bool:
    return bool(fake.requests)


async def _answered(count: Count) -> bool:
    return count("messages") > 1
