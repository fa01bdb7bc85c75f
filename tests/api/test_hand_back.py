"""A customer with an open chat, where no person answers any more: whoever writes is answered by the agent at once."""

from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.factories import Visitor, a_business
from vulkn_app.conversations import engine
from vulkn_app.skills import hand_back

QUESTION = "¿Cuánto cuesta la limpieza dental?"


@pytest.fixture
async def visitor(http: httpx.AsyncClient, database_url: str) -> Visitor:
    """Handed over, long ago."""
    visitor = Visitor(http, a_business(database_url).slug)
    await visitor.open()
    await visitor.ask("Quiero hablar con una persona")
    handed_over(database_url, visitor, "13 hours")
    return visitor


def handed_over(url: str, visitor: Visitor, ago: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "update conversations set handoff_at = now() - %s::interval where id = %s",
            (ago, visitor.conversation_id),
        )


async def test_who_writes_where_nobody_answers_any_more_is_answered_at_once(visitor: Visitor) -> None:
    id = str(uuid4())

    answered = await visitor.ask(QUESTION, id=id)
    again = await visitor.ask(QUESTION, id=id)

    assert answered.names == ["accepted", "delta", "message", "done"]
    assert "$650" in answered["message"]["text"]
    assert again["message"]["id"] == answered["message"]["id"]
    assert (await hand_back.due(), await engine.sweep()) == (0, 0)
    senders = [message["sender"] for message in await visitor.history()]
    assert senders == ["visitor", "agent", "visitor", "system", "agent"]


async def test_who_writes_while_a_person_may_still_answer_waits_for_them(
    visitor: Visitor, database_url: str
) -> None:
    handed_over(database_url, visitor, "1 hour")

    kept = await visitor.ask(QUESTION)

    assert kept.names == ["accepted", "handoff"]
