"""A turn on WhatsApp, from the message to the phone: ticks, dots, one bubble, things to tap that mean what they say."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.channels.whatsapp.sending.conftest import Rows
from tests.connected import Chat, Line, a_chat
from tests.factories import Business
from tests.fakes.graph import FakeGraph
from vulkn_app.channels import outbox
from vulkn_app.channels.whatsapp import typing
from vulkn_app.conversations import engine
from vulkn_app.conversations.engine import Inbound
from vulkn_app.local import demo_calendar
from vulkn_app.settings import settings


@pytest.fixture
async def courier(no_model: None) -> AsyncIterator[None]:
    """As the worker has it."""
    working = asyncio.create_task(outbox.Courier().serve())
    await asyncio.sleep(0)
    yield
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def say(chat: Chat, text: str) -> None:
    inbound = Inbound(chat.line.agent, chat.visitor, f"wamid.{uuid4().hex}", text, "whatsapp")
    async for _ in (await engine.receive(inbound)).read():
        pass


def tapped(fake_graph: FakeGraph, place: int) -> str:
    """The title of what the last message offers."""
    action = fake_graph.taken[-1].body["interactive"]["action"]
    buttons = [button["reply"]["title"] for button in action.get("buttons", ())]
    rows = [row["title"] for section in action.get("sections", ()) for row in section["rows"]]
    return (buttons or rows)[place]


async def test_an_appointment_is_made_by_tapping(
    chat: Chat, business: Business, rows: Rows, fake_graph: FakeGraph, courier: None
) -> None:
    await demo_calendar.make(business.owner)
    await say(chat, "Hola, quiero una cita para limpieza dental el próximo martes")
    await fake_graph.until(1)
    second = tapped(fake_graph, 1)
    await say(chat, second)
    await fake_graph.until(2)

    [(starts,)] = rows(
        "select to_char(starts_at at time zone 'America/Mexico_City', 'FMDD, FMHH12:MI') from bookings"
        " where org_id = %s and state = 'booked'",
        business.org_id,
    )
    assert starts in second
    await asyncio.gather(*typing._tasks)
    assert len(fake_graph.read) == 2


@pytest.mark.parametrize("fault", [{"fault": "500"}, {"code": 131009}, {"fault": "drop"}])
async def test_a_read_receipt_that_fails_disturbs_nothing(
    chat: Chat, fake_graph: FakeGraph, courier: None, fault: dict
) -> None:
    fake_graph.will(on="read", **fault)
    await say(chat, "¿Hay estacionamiento?")
    await fake_graph.until(1)
    await asyncio.gather(*typing._tasks)

    assert "estacionamiento" in fake_graph.said[0]
    assert fake_graph.read == []


async def test_what_a_person_has_is_neither_read_nor_answered(
    database_url: str, line: Line, fake_graph: FakeGraph, courier: None
) -> None:
    await say(a_chat(database_url, line, status="human"), "¿Hay estacionamiento?")
    await asyncio.gather(*typing._tasks)

    assert fake_graph.requests == []


async def test_an_answer_to_several_messages_quotes_the_question(
    chat: Chat, rows: Rows, fake_graph: FakeGraph, courier: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "burst_patience", 0.5)
    await asyncio.gather(*(say(chat, text) for text in ("Hola", "¿Hay estacionamiento?", "gracias")))
    await fake_graph.until(1)

    [(asked, message)] = rows(
        "select external_id, id from messages where conversation_id = %s and body like '%%?' and sender = 'visitor'",
        chat.id,
    )
    assert fake_graph.taken[0].body["context"] == {"message_id": asked}
    assert rows(
        "select reply_to_id from messages where conversation_id = %s and sender = 'agent'", chat.id
    ) == [(message,)]


async def test_an_answer_right_below_its_question_quotes_nothing(
    chat: Chat, fake_graph: FakeGraph, courier: None
) -> None:
    for count, text in enumerate(("¿Hay estacionamiento?", "¿Cuánto cuesta la limpieza dental?"), 1):
        await say(chat, text)
        await fake_graph.until(count)

    assert ["context" in taken.body for taken in fake_graph.taken] == [False, False]
