"""What people write in a row is one question, answered once."""

import asyncio
from collections.abc import Callable

import httpx
import psycopg
import pytest

from tests.factories import Answer, Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from vulkn_app.conversations import bursts, engine
from vulkn_app.settings import settings


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    monkeypatch.setattr(settings, "burst_patience", 1.0)
    someone = Visitor(http, business.slug)
    await someone.open()
    return someone


@pytest.fixture
def count(database_url: str, business: Business) -> Callable[[str], int]:
    def rows(table: str) -> int:
        with psycopg.connect(database_url) as admin:
            found = admin.execute(
                f"select count(*) from {table} where org_id = %s".encode(), (business.org_id,)
            ).fetchone()
        assert found
        return found[0]

    return rows


async def test_three_messages_in_a_row_are_one_question(
    visitor: Visitor, fake_llm: FakeLLM, count: Callable[[str], int]
) -> None:
    async def later(seconds: float, text: str) -> Answer:
        await asyncio.sleep(seconds)
        return await visitor.ask(text)

    answers = await asyncio.gather(
        visitor.ask("Hola"), later(0.3, "quiero limpieza dental"), later(0.6, "¿cuánto cuesta?")
    )

    assert len({answer["message"]["id"] for answer in answers}) == 1
    assert len({answer["accepted"]["message_id"] for answer in answers}) == 3
    assert len(fake_llm.requests) == 1
    asked = fake_llm.requests[0].body["messages"][-1]["content"]
    assert "Hola\nquiero limpieza dental\n¿cuánto cuesta?" in str(asked).replace("\\n", "\n")
    assert (count("turns"), count("usage_events"), count("messages")) == (1, 1, 4)


async def test_a_question_is_answered_at_once(visitor: Visitor) -> None:
    assert bursts.pause("¿Cuánto cuesta una limpieza?", "web").quiet.total_seconds() == 0
    assert bursts.pause("cuanto cuesta una limpieza", "web").quiet.total_seconds() == 0


def test_a_greeting_waits_longer_than_a_statement_and_nothing_longer_than_its_cap() -> None:
    caps: dict[bursts.Channel, float] = {"web": 1.2, "whatsapp": 6.0}
    for channel, cap in caps.items():
        said, greeted = bursts.pause("quiero limpieza dental", channel), bursts.pause("hola", channel)
        asked = bursts.pause("¿tienen citas?", channel)
        assert asked.quiet < said.quiet < greeted.quiet <= greeted.cap
        assert greeted.cap.total_seconds() == cap


async def test_a_second_burst_waits_for_the_first_answer_and_knows_it(
    visitor: Visitor, fake_llm: FakeLLM
) -> None:
    fake_llm.will(text="La limpieza cuesta $650.")
    fake_llm.gap = 0.05

    first, second = await asyncio.gather(visitor.ask("¿Cuánto cuesta la limpieza?"), _soon(visitor))

    assert first["message"]["id"] != second["message"]["id"]
    assert "La limpieza cuesta $650." in str(fake_llm.requests[1].body["messages"])


async def _soon(visitor: Visitor) -> Answer:
    await asyncio.sleep(0.15)
    return await visitor.ask("¿Y el blanqueamiento?")


async def test_a_machine_that_writes_without_end_is_left_alone(
    visitor: Visitor, count: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "loop_guard_messages", 5)
    monkeypatch.setattr(settings, "burst_patience", 0.0)

    answers = [await visitor.ask(f"mensaje {n}") for n in range(8)]

    assert [answer.names[-1] for answer in answers] == ["done"] * 5 + ["kept"] * 3
    assert count("messages") == 8 + 5
    assert count("alerts") == 1


async def test_a_message_that_is_days_late_is_stored_and_not_answered(
    visitor: Visitor, business: Business, count: Callable[[str], int]
) -> None:
    from datetime import UTC, datetime, timedelta

    from vulkn_app.channels.webchat import visitor_hash
    from vulkn_app.db import AgentKey

    old = engine.Inbound(
        AgentKey(business.org_id),
        visitor_hash(visitor.token),
        "late",
        "¿Están abiertos?",
        sent_at=datetime.now(UTC) - timedelta(hours=25),
    )
    events = await engine.receive(old)

    assert "kept" in b"".join([piece async for piece in events.read()]).decode()
    assert (count("messages"), count("turns")) == (1, 0)
