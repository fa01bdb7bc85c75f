"""What the rules say reaches the person, and what Meta says about it reaches the ledger."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.connected import Chat
from tests.fakes.graph import FakeGraph
from tests.fakes.graph_webhooks import status
from vulkn_app.channels import outbox
from vulkn_app.channels.whatsapp import handlers, opt_out
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.channels.whatsapp.people import Person


def sql(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def happened(chat: Chat, kind: str, item: dict[str, Any]) -> Happened:
    line = chat.line
    return Happened(
        line.agent, uuid4(), line.channel_id, "", kind, datetime.now(UTC), {"item": item, "contact": {}}
    )


@pytest.mark.parametrize("who", ["open", "human"])
async def test_the_confirmation_of_an_opt_out_goes_out_once_whoever_has_the_conversation(
    chat: Chat, fake_graph: FakeGraph, database_url: str, who: str
) -> None:
    sql(database_url, "update conversations set status = %s where id = %s", who, chat.id)
    person = Person(chat.contact_id, chat.id, chat.visitor, opted_out=False, status=who)
    for wamid in ("wamid.1", "wamid.2"):
        item = {"id": wamid, "type": "text", "text": {"body": "BAJA"}}
        assert await opt_out.heard(happened(chat, "message", item), person)
        await outbox.deliver_due()

    assert [message.said for message in fake_graph.taken] == [opt_out.WORDS["es"][0]]


async def test_what_meta_charges_for_an_answer_is_the_conversation_s(
    chat: Chat, fake_graph: FakeGraph, database_url: str, queued: Any
) -> None:
    queued(chat)
    await outbox.deliver_due()
    (sent,) = fake_graph.taken
    pricing = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    for state in ("read", "sent", "delivered"):
        body = status(sent, state, number=chat.line.phone_number_id, pricing=pricing)
        item = body["entry"][0]["changes"][0]["value"]["statuses"][0]
        await handlers.HANDLERS["status"](happened(chat, "status", item))

    assert sql(
        database_url,
        "select conversation_id, country, cost_micro_usd from message_costs where org_id = %s",
        chat.line.agent.org_id,
    ) == [(chat.id, "MX", 8500)]
