"""Deliveries to two real processes at once, and to one that dies: one of everything, and nothing lost."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.channels.whatsapp.meta import (
    SECRET,
    WEBHOOK,
    Line,
    a_line,
    a_message,
    delivery,
    give_token,
    signature,
)
from tests.fakes.graph import running as graph
from tests.fakes.llm import FakeLLM, running
from tests.faults.processes import Web, environment, two
from tests.faults.processes import one as one_process
from tests.waiting import until

pytestmark = pytest.mark.slow
QUESTION = "¿Cuánto cuesta una limpieza dental?"
ANSWER = "La limpieza dental cuesta $650 pesos y dura 40 minutos."
PEOPLE = [{"wa_id": f"52155000000{number:02}", "profile": {"name": f"P{number}"}} for number in range(12)]


@pytest.fixture
async def model() -> AsyncIterator[FakeLLM]:
    async with running() as fake:
        fake.fixed = ANSWER
        yield fake


@pytest.fixture
def pair(database_url: str, model: FakeLLM, tmp_path: Path) -> Iterator[tuple[Web, Web]]:
    env = environment(database_url, model.url, tmp_path, WHATSAPP_APP_SECRET=SECRET, BURST_PATIENCE="0")
    with two(env, tmp_path) as both:
        yield both


async def post(http: httpx.AsyncClient, web: Web, raw: bytes) -> int:
    try:
        return (await http.post(f"{web.base}{WEBHOOK}", content=raw, headers=signature(raw))).status_code
    except httpx.TransportError:
        return 0  # a server that is gone; Meta sends it again


async def test_one_delivery_twenty_times_at_once_and_a_process_that_dies(
    database_url: str, pair: tuple[Web, Web], model: FakeLLM
) -> None:
    line = a_line(database_url)
    raw = delivery(line, a_message(QUESTION, id="wamid.once"))
    async with httpx.AsyncClient(timeout=60) as http:
        answers = await asyncio.gather(*(post(http, pair[number % 2], raw) for number in range(20)))
        assert set(answers) == {200}
        await until(lambda: _answered(line, 1), seconds=60)
        for table, count in (
            ("whatsapp_envelopes", 1),
            ("whatsapp_events", 1),
            ("messages", 2),
            ("turns", 1),
            ("outbox", 1),
        ):
            assert line.rows(f"select count(*) from {table} where org_id = :org") == [(count,)], table
        assert len(model.requests) == 1

        told = [delivery(line, a_message(QUESTION, person=person), person=person) for person in PEOPLE]
        model.first_token = 0.3
        sending = [asyncio.create_task(post(http, pair[number % 2], one)) for number, one in enumerate(told)]
        await asyncio.sleep(0)
        await sending[0]
        pair[0].kill()
        first = await asyncio.gather(*sending)
        again = [one for one, status in zip(told, first, strict=True) if status != 200]
        assert {await post(http, pair[1], one) for one in again} <= {200}
    # What the dead process held is free when its leases end; a test need not wait a minute for it.
    line.run("update whatsapp_events set lease_until = now() where org_id = :org and state = 'working'")
    line.run("update turns set lease_until = now() where org_id = :org and state in ('running', 'gathering')")

    await until(lambda: _answered(line, 1 + len(PEOPLE)), seconds=90)

    assert set(line.states().values()) == {"done"}
    for sender in ("visitor", "agent"):
        assert line.rows(
            "select count(*), count(distinct conversation_id) from messages where org_id = :org and sender = %s",
            sender,
        ) == [(1 + len(PEOPLE), 1 + len(PEOPLE))]


async def test_a_killed_worker_is_followed_by_one_answer_with_the_right_quote(
    deployment: None, database_url: str, model: FakeLLM, tmp_path: Path
) -> None:
    line = a_line(database_url)
    give_token(line)
    model.first_token = 30
    told = a_message("Hola", id="wamid.hello"), a_message(QUESTION, id="wamid.asked")
    async with graph() as meta:
        more = {"WHATSAPP_APP_SECRET": SECRET, "WHATSAPP_GRAPH_URL": meta.url}
        env = environment(database_url, model.url, tmp_path, **more)
        with one_process(env, tmp_path / "first.log") as web:
            async with httpx.AsyncClient(timeout=60) as http:
                assert await post(http, web, delivery(line, *told)) == 200
            await until(lambda: _asked(model), seconds=60)
            web.kill()
        line.run("update whatsapp_events set lease_until = now() where org_id = :org and state = 'working'")
        line.run(
            "update turns set lease_until = now() where org_id = :org and state in ('running', 'gathering')"
        )
        model.first_token = 0
        with one_process(env, tmp_path / "second.log"):
            (answer,) = await meta.until(1, 90)

    # "¡Hola!" may stand before it: both messages are answered.
    assert answer.said.endswith(ANSWER)
    assert answer.body["context"] == {"message_id": "wamid.asked"}
    assert line.rows("select count(*) from messages where org_id = :org and sender = 'agent'") == [(1,)]


async def _asked(model: FakeLLM) -> bool:
    return bool(model.requests)


async def _answered(line: Line, count: int) -> bool:
    waiting = line.rows("select count(*) from whatsapp_events where org_id = :org and state <> 'done'")
    return waiting == [(0,)] and line.rows(
        "select count(*) from messages where org_id = :org and sender = 'agent'"
    ) == [(count,)]
