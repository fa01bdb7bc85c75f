"""What the outbox holds for WhatsApp goes out in order, in Meta's shapes, each message once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.channels.whatsapp.sending.conftest import DELIVERIES, OUTBOX, Queue, Rows, deliver
from tests.connected import PHONE, Chat, Line, a_chat
from tests.fakes.graph import FakeGraph
from vulkn_app.channels import outbox
from vulkn_app.settings import settings

BSUID = "MX.13491208655302741918"


async def test_an_answer_leaves_as_one_bubble_and_is_noted(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph
) -> None:
    row = queued(chat, "La **limpieza** cuesta $650.")
    await deliver()

    [taken] = fake_graph.taken
    assert (taken.to, taken.said, taken.tracker) == (PHONE, "La *limpieza* cuesta $650.", f"{row}:0")
    assert rows("select state, provider_id, parts from outbox where id = %s", row) == [
        ("sent", taken.wamid, 1)
    ]
    assert rows("select wamid, state from message_deliveries where outbox_id = %s", row) == [
        (taken.wamid, "accepted")
    ]


async def test_a_name_without_a_number_is_written_to_by_its_id(
    database_url: str, line: Line, queued: Queue, fake_graph: FakeGraph
) -> None:
    queued(a_chat(database_url, line, phone="", bsuid=BSUID))
    await deliver()

    [taken] = fake_graph.taken
    assert taken.body["recipient"] == BSUID
    assert "to" not in taken.body


async def test_a_long_answer_is_several_messages_in_order(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph
) -> None:
    paragraphs = [f"{letter * 1500}." for letter in "abcdef"]
    row = queued(chat, "\n\n".join(paragraphs))
    await deliver()

    assert [len(text) for text in fake_graph.said] == [3004, 3004, 3004]
    assert "\n\n".join(fake_graph.said) == "\n\n".join(paragraphs)
    assert rows(DELIVERIES, row) == [(n, "accepted", None) for n in range(3)]


async def test_choices_are_buttons(chat: Chat, queued: Queue, fake_graph: FakeGraph) -> None:
    choices = [{"id": "slot:1", "title": "Mar 24, 4:00 p.m."}, {"id": "slot:2", "title": "Mar 24, 5:30 p.m."}]
    queued(chat, "¿Qué hora te queda?", payload={"channel": "whatsapp", "choices": choices})
    await deliver()

    buttons = fake_graph.taken[0].body["interactive"]["action"]["buttons"]
    assert [button["reply"] for button in buttons] == choices


@pytest.mark.parametrize(
    ("phone", "wants", "kind"),
    [
        (PHONE, "place", "location_request_message"),
        ("", "phone", "request_contact_info"),
        (PHONE, "phone", ""),
    ],
)
async def test_what_a_skill_asks_for_is_a_tap(
    database_url: str, line: Line, queued: Queue, fake_graph: FakeGraph, phone: str, wants: str, kind: str
) -> None:
    queued(
        a_chat(database_url, line, phone=phone, bsuid=BSUID),
        "¿Dónde te entregamos?",
        payload={"wants": wants},
    )
    await deliver()

    [taken] = fake_graph.taken
    assert taken.said == "¿Dónde te entregamos?"
    assert taken.body.get("interactive", {}).get("type", "") == kind


async def test_a_persons_reply_quotes_and_keeps_its_own_signs(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph
) -> None:
    [(asked,)] = rows(
        "insert into messages (org_id, conversation_id, sender, body, external_id)"
        " values (%s, %s, 'visitor', '¿Cuánto?', 'wamid.IN1') returning id",
        chat.line.agent.org_id,
        chat.id,
    )
    queued(chat, "Son *$650* con 2*1", kind="reply", reply_to_id=asked)
    await deliver()

    [taken] = fake_graph.taken
    assert taken.said == "Son *$650* con 2*1"
    assert taken.body["context"] == {"message_id": "wamid.IN1"}


async def test_what_a_person_took_over_is_not_answered_by_the_agent(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph
) -> None:
    answer, reply = queued(chat), queued(chat, "Soy Ana", kind="reply")
    rows("update conversations set status = 'human', handoff_at = now() where id = %s", chat.id)
    await deliver()

    assert fake_graph.said == ["Soy Ana"]
    assert rows(OUTBOX, answer)[0][0] == "cancelled"
    assert rows(OUTBOX, reply)[0][0] == "sent"


async def test_one_conversation_goes_in_order_and_never_two_at_once(
    database_url: str, line: Line, queued: Queue, fake_graph: FakeGraph
) -> None:
    chats = [a_chat(database_url, line, phone=f"52155123456{n:02}") for n in range(4)]
    for n in range(3):
        for chat in chats:
            queued(chat, f"{n}")

    async def worker() -> None:
        while len(fake_graph.taken) < 12:
            await outbox.deliver_due()

    async with asyncio.timeout(60):
        await asyncio.gather(*(worker() for _ in range(5)))
    await outbox.deliver_due()

    assert len(fake_graph.taken) == 12
    for n in range(4):
        assert [m.said for m in fake_graph.taken if m.to == f"52155123456{n:02}"] == ["0", "1", "2"]


async def test_a_slow_conversation_holds_up_itself_alone(
    database_url: str,
    line: Line,
    chat: Chat,
    queued: Queue,
    fake_graph: FakeGraph,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = a_chat(database_url, line, phone="573001234567")
    fake_graph.will(fault="hang")
    queued(chat, "uno")
    stuck = asyncio.create_task(outbox.deliver_due())
    while not fake_graph.requests:  # noqa: ASYNC110 - the fake has no event for a request that it never answers
        await asyncio.sleep(0.01)
    queued(chat, "dos")
    queued(other, "otra")
    await deliver()

    assert fake_graph.said == ["otra"]
    stuck.cancel()


async def test_the_bell_sends_at_once(chat: Chat, queued: Queue, fake_graph: FakeGraph) -> None:
    from vulkn_app import live

    courier = asyncio.create_task(outbox.Courier().serve())
    await asyncio.sleep(0)
    queued(chat, "uno")
    queued(chat, "dos")
    live.publish(live.Ring(chat.line.agent.org_id, "outbox", chat.id))

    await fake_graph.until(2)
    courier.cancel()
    await asyncio.gather(courier, return_exceptions=True)
    assert fake_graph.said == ["uno", "dos"]


async def test_after_the_window_an_answer_needs_a_template_and_a_person_is_told(
    database_url: str, line: Line, queued: Queue, rows: Rows, fake_graph: FakeGraph
) -> None:
    row = queued(a_chat(database_url, line, window=timedelta(seconds=-1)))
    await deliver()

    assert fake_graph.requests == []
    assert rows(OUTBOX, row) == [("failed", "window", 1)]
    assert rows("select detail ->> 'why' from alerts where key = %s", str(row)) == [("window",)]


async def test_who_opted_out_is_answered(
    database_url: str, line: Line, queued: Queue, fake_graph: FakeGraph
) -> None:
    queued(a_chat(database_url, line, opted_out=True))
    await deliver()

    assert len(fake_graph.taken) == 1


# ---- what Meta does not say -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop", "drop_after", "500", "garbled", "hang"])
async def test_where_the_answer_is_lost_nothing_is_sent_twice(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(settings, "outside_call_timeout", timedelta(seconds=0.3))
    fake_graph.will(fault=fault)
    row = queued(chat)
    await deliver()
    await deliver()

    assert rows(OUTBOX, row)[0][0] == "unknown"
    assert rows(DELIVERIES, row) == [(0, "sending", None)]
    assert len(fake_graph.requests) == 1
    assert rows("select detail ->> 'state' from alerts where key = %s", str(row)) == [("unknown",)]


async def test_where_nobody_took_the_connection_it_is_tried_again(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(chat)
    monkeypatch.setattr(settings, "whatsapp_graph_url", "http://127.0.0.1:9")
    await outbox.deliver_due()
    assert rows(OUTBOX, row) == [("ready", "away", 1)]
    monkeypatch.setattr(settings, "whatsapp_graph_url", fake_graph.url)
    now_due()
    await deliver()

    assert len(fake_graph.taken) == 1
    assert rows(OUTBOX, row)[0][0] == "sent"


async def test_parts_that_are_there_are_not_repeated(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due: Callable[[], None]
) -> None:
    row = queued(chat, "\n\n".join(letter * 4000 for letter in "abc"))
    fake_graph.will(seconds=0, fault="slow")
    fake_graph.will(code=131000)
    await outbox.deliver_due()
    assert rows(DELIVERIES, row) == [(0, "accepted", None), (1, "failed", 131000)]
    now_due()
    await deliver()

    assert [text[0] for text in fake_graph.said] == ["a", "b", "c"]
    assert rows(OUTBOX, row)[0][0] == "sent"
