"""The model is asked while its message is being stored: nothing of that is seen, done or kept before it is."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.factories import Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from tests.waiting import until
from vulkn_app import live, llm
from vulkn_app.conversations import ahead
from vulkn_app.conversations.draft import Draft
from vulkn_app.conversations.tools import Workbench
from vulkn_app.errors import DatabaseAway
from vulkn_app.llm import Ask, FailureKind, ProviderFailed
from vulkn_app.settings import settings
from vulkn_app.skills.base import ToolResult

ANSWER = "La limpieza dental cuesta $650 pesos y dura 40 minutos."
QUESTION = "¿Cuánto cuesta una limpieza?"
AGAIN = "¿Y cuánto dura la limpieza?"

Rows = Callable[..., list[tuple]]


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture(autouse=True)
def nobody_known() -> Iterator[None]:
    ahead.forget()
    yield
    ahead.forget()


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business, fake_llm: FakeLLM) -> Visitor:
    """Somebody who was answered once."""
    someone = Visitor(http, business.slug)
    await someone.open()
    fake_llm.fixed = ANSWER
    assert (await someone.ask(QUESTION)).names[-1] == "done"
    fake_llm.requests.clear()
    return someone


@pytest.fixture
def rows(database_url: str, business: Business) -> Rows:
    """Of the business, by a statement with its id as `org`."""

    def rows(statement: str, **values: object) -> list[tuple]:
        with psycopg.connect(database_url, autocommit=True) as admin:
            cursor = admin.execute(statement.encode(), {"org": business.org_id, **values})
            return cursor.fetchall() if cursor.description else []

    return rows


@pytest.fixture
def held(database_url: str):
    """Whoever stores a message of the conversation waits meanwhile."""

    @asynccontextmanager
    async def held(visitor: Visitor) -> AsyncIterator[None]:
        async with await psycopg.AsyncConnection.connect(database_url) as admin:
            await admin.execute(
                "select from conversations where id = %s for update", (visitor.conversation_id,)
            )
            yield

    return held


def asked(fake: FakeLLM, times: int = 1) -> Callable:
    async def asked() -> bool:
        return len(fake.requests) >= times

    return asked


CALLS = "select provider, failure from usage_events where org_id = %(org)s order by created_at, call"
STORED = "select sender, body from messages where org_id = %(org)s order by seq"


async def test_the_model_is_asked_before_the_message_is_stored_and_heard_after(
    visitor: Visitor, fake_llm: FakeLLM, rows: Rows, held
) -> None:
    async with held(visitor):
        asking = asyncio.create_task(visitor.ask(AGAIN))
        await until(asked(fake_llm))
        assert len(rows(STORED)) == 2
        assert not asking.done()

    answer = await asking

    assert answer.names[0] == "accepted"
    assert answer.text == ANSWER
    assert rows(STORED) == [
        ("visitor", QUESTION),
        ("agent", ANSWER),
        ("visitor", AGAIN),
        ("agent", ANSWER),
    ]
    assert rows(CALLS) == [("claude", None), ("claude", None)]
    (request,) = fake_llm.requests
    assert [message["role"] for message in request.body["messages"]] == ["user", "assistant", "user"]


async def test_what_a_model_is_asked_ahead_is_what_it_would_be_asked(
    visitor: Visitor, http: httpx.AsyncClient, business: Business, fake_llm: FakeLLM
) -> None:
    """Two who say the same, one of them never known beforehand: twelve turns, more than a prompt holds."""
    unsure = Visitor(http, business.slug)
    await unsure.open()
    await unsure.ask(QUESTION)
    fake_llm.requests.clear()
    turns = 12
    for number in range(turns):
        question = f"¿Cuánto cuesta la limpieza número {number}?"
        fake_llm.fixed = f"{ANSWER} Es la número {number}."
        await visitor.ask(question)
        live.publish(live.Ring(business.org_id, "message", UUID(unsure.conversation_id)))
        await unsure.ask(question)

    told = [re.sub("<now>.*?</now>", "", str(request.body["messages"])) for request in fake_llm.requests]
    assert len(told) == 2 * turns
    assert told[::2] == told[1::2]


async def test_a_tool_does_nothing_before_the_message_is_stored(
    visitor: Visitor, fake_llm: FakeLLM, rows: Rows, held, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, kept = asyncio.Event(), Draft._kept

    async def waiting(self: Draft) -> None:
        waits.set()
        await kept(self)

    monkeypatch.setattr(Draft, "_kept", waiting)
    fake_llm.will(tool="hand_over", arguments={"reason": "asked", "summary": "Quiere hablar con una persona"})
    state = "select status from conversations where org_id = %(org)s"

    async with held(visitor):
        asking = asyncio.create_task(visitor.ask("¿Puedo hablar con una persona?"))
        await waits.wait()  # the model has said what to call
        assert len(fake_llm.requests) == 1
        assert rows(state) != [("human",)]

    await asking

    assert rows(state) == [("human",)]
    turn = "select id from turns where org_id = %(org)s order by created_at desc limit 1"
    assert rows(turn)[0][0] != UUID(int=0)


async def test_nor_does_a_skill_that_acts_where_every_model_rests(
    visitor: Visitor, fake_llm: FakeLLM, rows: Rows, held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No word of a provider comes first, by which the draft would wait."""
    llm._breakers.of("claude", "", usual=True).failed(ProviderFailed(FailureKind.OVERLOADED))
    reached, rehearsed, rehearse = asyncio.Event(), Draft._rehearsed, Workbench.rehearse
    acted: list[UUID] = []

    async def reaches(self: Draft) -> str:
        reached.set()
        return await rehearsed(self)

    async def acts(self: Workbench) -> ToolResult | None:
        acted.append(self.turn.turn_id)
        return await rehearse(self)

    monkeypatch.setattr(Draft, "_rehearsed", reaches)
    monkeypatch.setattr(Workbench, "rehearse", acts)

    async with held(visitor):
        asking = asyncio.create_task(visitor.ask("¿Puedo hablar con una persona?"))
        await reached.wait()
        await asyncio.sleep(0)
        assert not acted

    assert (await asking).names[0] == "accepted"
    [turn] = rows("select id from turns where org_id = %(org)s order by created_at desc limit 1")
    assert acted == [*turn]
    assert not fake_llm.requests


async def test_what_a_draft_could_not_read_meanwhile_is_read_again(
    visitor: Visitor, fake_llm: FakeLLM, held, monkeypatch: pytest.MonkeyPatch
) -> None:
    worded, failed = Draft._worded, asyncio.Event()

    async def fails_once(self: Draft) -> Ask:
        if failed.is_set():
            return await worded(self)
        failed.set()
        raise DatabaseAway

    monkeypatch.setattr(Draft, "_worded", fails_once)
    async with held(visitor):
        asking = asyncio.create_task(visitor.ask(AGAIN))
        await failed.wait()

    assert (await asking).text == ANSWER


async def test_where_something_was_otherwise_the_answer_stands_on_what_is(
    visitor: Visitor, fake_llm: FakeLLM, rows: Rows
) -> None:
    """An edit that this process has not heard of. The call that was dropped is paid for."""
    rows("update agents set instructions = 'Ofrece siempre el café.' where org_id = %(org)s")

    answer = await visitor.ask(AGAIN)

    assert answer.text == ANSWER
    assert [sender for sender, _ in rows(STORED)] == ["visitor", "agent"] * 2
    assert "café" in str(fake_llm.requests[-1].body["system"])
    assert rows(CALLS) == [("claude", None), ("claude", "dropped"), ("claude", None)]


async def test_whoever_a_person_answers_meanwhile_hears_nothing_of_a_model(
    visitor: Visitor, fake_llm: FakeLLM, rows: Rows
) -> None:
    rows("update conversations set status = 'human' where org_id = %(org)s")

    answer = await visitor.ask(AGAIN)

    assert answer.names == ["accepted", "handoff"]
    assert [sender for sender, _ in rows(STORED)] == ["visitor", "agent", "visitor"]


@pytest.fixture
def plan(rows: Rows) -> Iterator[Callable[..., None]]:
    """Sets what the business's plan allows; afterwards it is as it was."""
    columns = "monthly_turns, monthly_micro_usd, daily_visitor_turns"
    [before] = rows(f"select {columns} from app.plans where key = 'starter'")

    def plan(turns: int | None = None, money: int | None = None, daily: int | None = None) -> None:
        rows(
            f"update app.plans set ({columns}) = (%(turns)s, %(money)s, %(daily)s) where key = 'starter'",
            turns=turns,
            money=money,
            daily=daily,
        )

    yield plan
    plan(*before)


@pytest.mark.parametrize(
    ("most", "begun"),
    [
        ({"daily": 4}, True),
        ({"daily": 3}, False),
        ({"turns": 22}, True),
        ({"turns": 21}, False),
        ({"money": 30 * settings.turn_reserve_micro_usd}, True),
        ({"money": 20 * settings.turn_reserve_micro_usd}, False),
        ({}, True),
    ],
)
async def test_only_far_from_every_limit_is_a_model_asked_ahead(
    visitor: Visitor, plan: Callable[..., None], most: dict[str, int], begun: bool
) -> None:
    """It is the visitor's second turn, and the business's."""
    plan(**most)

    await visitor.ask(AGAIN)

    assert bool(ahead._expected) is begun


async def test_what_rings_in_a_conversation_makes_nothing_sure(
    visitor: Visitor, business: Business, fake_llm: FakeLLM, rows: Rows, held
) -> None:
    live.publish(live.Ring(business.org_id, "message", UUID(visitor.conversation_id)))

    async def storing() -> bool:
        waiting = (
            "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        return len(rows(waiting)) == 1

    async with held(visitor):
        asking = asyncio.create_task(visitor.ask(AGAIN))
        await until(storing)
        assert not fake_llm.requests
    await asking

    assert len(fake_llm.requests) == 1


async def test_nor_does_what_rings_in_the_business(visitor: Visitor, business: Business) -> None:
    assert len(ahead._expected) == len(ahead._visitors) == 1

    live.publish(live.Ring(business.org_id, "knowledge"))

    assert not ahead._expected
    assert not ahead._visitors


async def test_a_message_that_cannot_be_stored_leaves_nothing_and_is_answered_when_it_comes_again(
    visitor: Visitor, fake_llm: FakeLLM, rows: Rows, held
) -> None:
    fake_llm.first_token = 30.0
    name = str(uuid4())

    async def ended() -> bool:
        rows(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
        return asking.done()

    async with held(visitor):
        asking = asyncio.create_task(visitor.ask(AGAIN, id=name))
        await until(asked(fake_llm))
        await until(ended)
        assert len(rows(STORED)) == 2
    assert (await asking).status == 503
    await asyncio.wait_for(fake_llm.someone_left.wait(), 10)
    fake_llm.first_token = 0.0

    again = await visitor.ask(AGAIN, id=name)

    assert again.text == ANSWER
    assert [body for _, body in rows(STORED)] == [QUESTION, ANSWER, AGAIN, ANSWER]


async def test_the_same_message_again_is_the_same_answer(
    visitor: Visitor, fake_llm: FakeLLM, rows: Rows
) -> None:
    name = str(uuid4())
    first = await visitor.ask(AGAIN, id=name)

    again = await visitor.ask(AGAIN, id=name)

    assert again["message"]["id"] == first["message"]["id"]
    assert len(rows(STORED)) == 4


async def test_only_so_many_conversations_are_known(
    visitor: Visitor, http: httpx.AsyncClient, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "KEPT", 1)
    another = Visitor(http, business.slug)
    await another.open()
    await another.ask(QUESTION)

    assert list(ahead._visitors) == [UUID(another.conversation_id)]
    assert len(ahead._expected) == 1


async def test_nor_for_long_where_nobody_writes_any_more(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_timer", None)
    monkeypatch.setattr(ahead, "KEPT_FOR", 0.01)
    ahead._look_again()

    async def gone() -> bool:
        return not ahead._expected and not ahead._visitors

    await until(gone)


async def test_after_a_tool_the_model_is_asked_ahead_too(visitor: Visitor, fake_llm: FakeLLM, held) -> None:
    fake_llm.will(tool="search_knowledge", arguments={"query": "limpieza"})
    await visitor.ask(AGAIN)
    fake_llm.requests.clear()

    async with held(visitor):
        asking = asyncio.create_task(visitor.ask(QUESTION))
        await until(asked(fake_llm))

    assert (await asking).text == ANSWER
    assert len(fake_llm.requests) == 1


async def test_what_a_skill_remembers_makes_nothing_sure(
    visitor: Visitor, fake_llm: FakeLLM, rows: Rows
) -> None:
    fake_llm.will(tool="save_contact", arguments={"name": "Lucía Pérez", "need": "una limpieza"})

    await visitor.ask("Soy Lucía Pérez, ¿me pueden llamar por una limpieza?")

    assert rows("select count(*) from skill_states where org_id = %(org)s") == [(1,)]
    assert not ahead._expected
