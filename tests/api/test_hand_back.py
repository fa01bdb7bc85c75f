"""A customer with an open chat, where no person answers any more: the same message again brings the agent's answer."""

from uuid import uuid4

import httpx
import psycopg

from tests.factories import Visitor, a_business
from vulkn_app.conversations import engine
from vulkn_app.skills import hand_back

QUESTION = "¿Cuánto cuesta la limpieza dental?"


async def test_the_same_message_again_is_answered_once_the_agent_is_back(
    http: httpx.AsyncClient, database_url: str
) -> None:
    visitor = Visitor(http, a_business(database_url).slug)
    await visitor.open()
    await visitor.ask("Quiero hablar con una persona")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update conversations set handoff_at = now() - interval '13 hours' where id = %s",
            (visitor.conversation_id,),
        )
    id = str(uuid4())
    kept = await visitor.ask(QUESTION, id=id)

    assert await hand_back.due() == 1
    answered = await visitor.ask(QUESTION, id=id)

    assert kept.names == ["accepted", "handoff"]
    assert answered.names == ["accepted", "delta", "message", "done"]
    assert "$650" in answered["message"]["text"]
    assert await engine.sweep() == 0
    senders = [message["sender"] for message in await visitor.history()]
    assert senders == ["visitor", "agent", "visitor", "system", "agent"]
