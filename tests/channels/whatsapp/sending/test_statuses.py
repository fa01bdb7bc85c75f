"""Meta's news of what we sent, in any order; and what a killed process leaves is settled by it."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from tests.channels.whatsapp.sending.conftest import DELIVERIES, OUTBOX, Queue, Rows, deliver
from tests.connected import Chat, Line
from tests.fakes.graph import FakeGraph
from tests.fakes.graph_webhooks import Taken, status
from tests.faults.processes import environment, script
from vulkn_app.channels import outbox
from vulkn_app.channels.whatsapp import statuses
from vulkn_app.db import AgentKey
from vulkn_app.settings import settings


@dataclass(frozen=True)
class Happened:
    agent: AgentKey
    channel_id: UUID | None
    payload: dict[str, Any]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


async def news(
    line: Line, message: Taken, state: str, *, tracked: bool = True, code: int | None = None
) -> None:
    """As wa's inbound half hands it over."""
    body = status(message, state, number=line.phone_number_id, code=code)
    [item] = body["entry"][0]["changes"][0]["value"]["statuses"]
    if not tracked:
        item.pop("biz_opaque_callback_data")
    await statuses.handle(Happened(line.agent, line.channel_id, {"item": item}))


async def test_news_in_any_order_ends_at_the_farthest(
    chat: Chat, line: Line, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due: Callable[[], None]
) -> None:
    for order in permutations(("sent", "delivered", "read", "failed")):
        row = queued(chat)
        await deliver()
        for state in order:
            await news(line, fake_graph.taken[-1], state, code=131026 if state == "failed" else None)
            await news(line, fake_graph.taken[-1], state, code=131026 if state == "failed" else None)

        assert rows("select state from message_deliveries where outbox_id = %s", row) == [("read",)], order
        assert rows(OUTBOX, row)[0][0] == "sent", order
        now_due()


@pytest.mark.parametrize("code", [131047, 131026, 131049])
async def test_a_later_failure_ends_it_and_is_told(
    chat: Chat, line: Line, queued: Queue, rows: Rows, fake_graph: FakeGraph, code: int
) -> None:
    row = queued(chat)
    await deliver()
    await news(line, fake_graph.taken[0], "sent")
    await news(line, fake_graph.taken[0], "failed", code=code)
    await deliver()

    assert rows(DELIVERIES, row) == [(0, "failed", code)]
    assert rows(OUTBOX, row)[0][0] == "failed"
    assert rows("select count(*) from alerts where key = %s", str(row)) == [(1,)]
    [(is_open,)] = rows("select window_until > now() from conversations where id = %s", chat.id)
    assert is_open == (code != 131047)
    assert len(fake_graph.taken) == 1


async def test_a_passing_failure_goes_once_more(
    chat: Chat, line: Line, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due: Callable[[], None]
) -> None:
    row = queued(chat)
    await deliver()
    await news(line, fake_graph.taken[0], "failed", code=131000)
    assert rows(OUTBOX, row)[0][0] == "ready"
    now_due()
    await deliver()
    await news(line, fake_graph.taken[1], "delivered")

    assert len(fake_graph.taken) == 2
    assert rows(DELIVERIES, row) == [(0, "delivered", None)]


@pytest.mark.parametrize("tracked", [True, False])
async def test_a_lost_answer_is_settled_by_metas_word(
    chat: Chat, line: Line, queued: Queue, rows: Rows, fake_graph: FakeGraph, tracked: bool
) -> None:
    fake_graph.will(fault="drop_after")
    row = queued(chat)
    await deliver()
    assert rows(OUTBOX, row)[0][0] == "unknown"
    if not tracked:  # nothing says whose it is: it is asked again, in case we are about to learn it
        with pytest.raises(statuses.NotYet):
            await news(line, fake_graph.taken[0], "sent", tracked=False)
    await news(line, fake_graph.taken[0], "delivered")
    await deliver()

    assert rows(DELIVERIES, row) == [(0, "delivered", None)]
    assert rows("select state, provider_id from outbox where id = %s", row) == [
        ("sent", fake_graph.taken[0].wamid)
    ]
    assert rows("select seen_at is not null from alerts where key = %s", str(row)) == [(True,)]
    assert len(fake_graph.taken) == 1


async def test_what_was_lost_in_the_middle_goes_on_where_it_was(
    chat: Chat, line: Line, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due: Callable[[], None]
) -> None:
    fake_graph.will(fault="drop_after")
    row = queued(chat, "\n\n".join(letter * 4000 for letter in "abc"))
    await deliver()
    await news(line, fake_graph.taken[0], "sent")
    now_due()
    await deliver()

    assert [text[0] for text in fake_graph.said] == ["a", "b", "c"]
    assert rows(OUTBOX, row)[0][0] == "sent"


async def test_news_of_what_is_not_ours_change_nothing(
    chat: Chat, line: Line, queued: Queue, rows: Rows, fake_graph: FakeGraph
) -> None:
    row = queued(chat)
    await deliver()
    other = Taken("wamid.other", {"to": "573001234567", "type": "text", "text": {"body": "x"}}, 0)
    await news(line, other, "read")
    other.body["biz_opaque_callback_data"] = "somebody's own tracker"
    await news(line, other, "read")
    foreign = Happened(AgentKey(UUID(int=1)), line.channel_id, {"item": {"id": "wamid.x", "status": "read"}})
    await statuses.handle(foreign)
    for odd in (
        {},
        {"status": "read"},
        {"id": "wamid.x", "status": 7},
        {"id": 1, "status": "failed", "errors": [3]},
    ):
        await statuses.handle(Happened(line.agent, line.channel_id, {"item": odd}))

    assert rows(DELIVERIES, row) == [(0, "accepted", None)]


# ---- processes that die ---------------------------------------------------------------------------------------

DIES = """
import asyncio, os, signal, sys
from vulkn_app.channels import outbox
from vulkn_app.channels.whatsapp import graph, sending

def die():
    os.kill(os.getpid(), signal.SIGKILL)

when = sys.argv[1]
send = graph.Graph.send
async def dying(self, body):
    if when == "before":
        die()
    wamid = await send(self, body)
    if when == "after":
        die()
    return wamid
graph.Graph.send = dying
if when == "claimed":
    async def begun(*_):
        die()
    sending._begun = begun

asyncio.run(outbox.deliver_due())
"""


@pytest.mark.slow
@pytest.mark.parametrize("when", ["claimed", "before", "after"])
async def test_a_killed_process_is_followed_by_no_second_message(
    database_url: str,
    chat: Chat,
    line: Line,
    queued: Queue,
    rows: Rows,
    fake_graph: FakeGraph,
    tmp_path: Any,
    when: str,
) -> None:
    row = queued(chat)
    env = environment(database_url, "http://127.0.0.1:9", tmp_path, WHATSAPP_GRAPH_URL=fake_graph.url)
    process = script(DIES, env, when)
    assert await asyncio.to_thread(process.wait, 120) == -signal.SIGKILL
    rows("update outbox set lease_until = now() - interval '1 second' where id = %s", row)
    await asyncio.gather(*(deliver() for _ in range(3)))

    if when == "claimed":  # nobody had called Meta: nothing is lost
        assert rows(OUTBOX, row)[0][0] == "sent"
    else:
        assert rows(OUTBOX, row)[0][0] == "unknown"
    assert len(fake_graph.taken) == (0 if when == "before" else 1)
    if when == "after":
        await news(line, fake_graph.taken[0], "delivered")
        assert rows(OUTBOX, row)[0][0] == "sent"
        assert rows(DELIVERIES, row) == [(0, "delivered", None)]


async def test_a_delivery_that_takes_too_long_in_its_pause_was_no_try(
    chat: Chat,
    queued: Queue,
    rows: Rows,
    fake_graph: FakeGraph,
    monkeypatch: pytest.MonkeyPatch,
    now_due: Callable[[], None],
) -> None:
    monkeypatch.setattr(settings, "delivery_timeout", timedelta(seconds=0.2))
    row = queued(chat)
    rows("update whatsapp_numbers set paced_until = now() + interval '2.8 seconds'")
    await outbox.deliver_due()
    assert rows(OUTBOX, row)[0][0] == "ready"
    monkeypatch.setattr(settings, "delivery_timeout", timedelta(seconds=15))
    now_due()
    await deliver()

    assert len(fake_graph.taken) == 1
