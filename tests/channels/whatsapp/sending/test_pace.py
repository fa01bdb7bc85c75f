"""How many messages one person and one number take, and what becomes of those that have to wait."""

from collections.abc import Callable

import pytest

from tests.channels.whatsapp.sending.conftest import DELIVERIES, OUTBOX, Queue, Rows, deliver
from tests.connected import Chat, Line, a_chat
from tests.fakes.graph import FakeGraph
from vulkn_app.channels import outbox


async def test_many_messages_to_one_person_keep_metas_pace_and_lose_nothing(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due: Callable[[], None]
) -> None:
    ids = [queued(chat, f"{n}") for n in range(7)]
    await deliver()

    assert fake_graph.said == ["0", "1", "2", "3", "4"]
    [(state, error, tries)] = rows(OUTBOX, ids[5])
    assert (state, error, tries) == ("ready", "pace", 0)
    [(seconds,)] = rows("select extract(epoch from available_at - now()) from outbox where id = %s", ids[5])
    assert 3 < seconds <= 6
    now_due()
    await deliver()
    assert fake_graph.said == [str(n) for n in range(7)]


@pytest.mark.parametrize(("mode", "rate"), [("cloud", 80), ("coexistence", 20)])
async def test_a_number_keeps_its_rate(
    database_url: str, line: Line, queued: Queue, rows: Rows, mode: str, rate: int
) -> None:
    chat = a_chat(database_url, line)
    queued(chat)
    rows("update whatsapp_numbers set mode = %s where channel_id = %s", mode, line.channel_id)
    await deliver()

    [(late,)] = rows(
        "select extract(epoch from paced_until - created_at) from whatsapp_numbers n join message_deliveries d"
        " on d.org_id = n.org_id where n.channel_id = %s",
        line.channel_id,
    )
    assert float(late) == pytest.approx(1 / rate, abs=0.02)


async def test_a_retry_after_is_obeyed_by_the_whole_number(
    database_url: str, line: Line, chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph
) -> None:
    fake_graph.will(code=130429, retry_after=40)
    row = queued(chat)
    await outbox.deliver_due()
    other = queued(a_chat(database_url, line, phone="573001234567"))
    await deliver()

    assert fake_graph.taken == []
    [(seconds,)] = rows("select extract(epoch from available_at - now()) from outbox where id = %s", row)
    assert 35 < seconds <= 51
    assert rows(OUTBOX, other)[0][0] == "ready"


async def refused(chat: Chat, queued: Queue, fake_graph: FakeGraph, *texts: str, **more: object) -> list:
    """Several messages wait, and Meta refuses the first one for its pace."""
    ids = [queued(chat, text, **more) for text in texts]
    fake_graph.will(code=131056)
    await outbox.deliver_due()
    return ids


async def test_after_a_refusal_for_the_pace_what_waits_is_one_bubble_in_order(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due: Callable[[], None]
) -> None:
    ids = await refused(chat, queued, fake_graph, "Uno.", "Dos.", "Tres.")
    assert fake_graph.taken == []
    now_due()
    await deliver()

    [taken] = fake_graph.taken
    assert taken.said == "Uno.\n\nDos.\n\nTres."
    assert {rows("select state, provider_id from outbox where id = %s", row)[0] for row in ids} == {
        ("sent", taken.wamid)
    }
    assert rows(DELIVERIES, ids[0]) == [(0, "accepted", None)]


async def test_what_is_more_than_words_goes_by_itself_and_so_does_what_stands_behind_it(
    chat: Chat, queued: Queue, fake_graph: FakeGraph, now_due: Callable[[], None]
) -> None:
    choices = {"choices": [{"id": "a", "title": "Sí"}, {"id": "b", "title": "No"}]}
    await refused(chat, queued, fake_graph, "Uno.", "Dos.")
    queued(chat, "¿Tres?", payload=choices)
    queued(chat, "Cuatro.")
    queued(chat, "Soy Ana.", kind="reply")
    now_due()
    await deliver()
    now_due()
    await deliver()

    assert fake_graph.said == ["Uno.\n\nDos.", "¿Tres?", "Cuatro.", "Soy Ana."]


@pytest.mark.parametrize("code", [131026, 131009])
async def test_what_waits_is_not_lost_with_the_one_that_says_it(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due: Callable[[], None], code: int
) -> None:
    first, second = await refused(chat, queued, fake_graph, "Uno.", "Dos.")
    fake_graph.will(code=code)
    now_due()
    await outbox.deliver_due()
    now_due()
    await deliver()

    assert rows(OUTBOX, first)[0][0] == "failed"
    assert fake_graph.said == ["Dos."]
    assert rows(OUTBOX, second)[0][0] == "sent"


async def test_an_answer_that_got_lost_leaves_none_of_them_to_be_sent_twice(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due: Callable[[], None]
) -> None:
    ids = await refused(chat, queued, fake_graph, "Uno.", "Dos.")
    fake_graph.will(fault="drop_after")
    now_due()
    await deliver()
    now_due()
    await deliver()

    assert fake_graph.said == ["Uno.\n\nDos."]
    assert [rows(OUTBOX, row)[0][0] for row in ids] == ["unknown", "unknown"]


async def test_who_takes_over_meanwhile_is_alone_in_the_conversation(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due: Callable[[], None]
) -> None:
    ids = await refused(chat, queued, fake_graph, "Uno.", "Dos.")
    rows("update conversations set status = 'human', handoff_at = now() where id = %s", chat.id)
    now_due()
    await deliver()

    assert fake_graph.taken == []
    assert {rows(OUTBOX, row)[0][0] for row in ids} == {"cancelled"}
