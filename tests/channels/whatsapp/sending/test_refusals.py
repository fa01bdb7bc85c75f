"""What each of Meta's error codes does to a message, a number and a person."""

from collections.abc import Callable

import pytest

from models.whatsapp import NumberState
from tests.channels.whatsapp.sending.conftest import DELIVERIES, OUTBOX, Queue, Rows, deliver
from tests.connected import Chat, Line, a_chat, a_number
from tests.factories import Business
from tests.fakes.graph import FakeGraph
from vulkn_app.channels import outbox
from vulkn_app.channels.whatsapp import codes, numbers

EVERY = [
    *(0, 1, 2, 3, 4, 10, 100, 190, 200, 299, 368, 80007, 130429, 130472, 130497, 131000, 131008, 131009, 131016),
    *(131021, 131026, 131030, 131031, 131037, 131042, 131045, 131047, 131048, 131049, 131050, 131051, 131052, 131053),
    *(131056, 131057, 131062, 131063, 131064, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068),
    *(132069, 133010, 135000, 137000, 138001, 131200, 999999),
]  # fmt: skip


STATE_OF = {"reauth": "reauth", "down": "down", "quiet": "restricted"}


async def test_every_code_does_what_the_table_says(
    database_url: str,
    business: Business,
    line: Line,
    queued: Queue,
    rows: Rows,
    fake_graph: FakeGraph,
    now_due: Callable[[], None],
) -> None:
    rows("update app.plans set numbers = null")  # a number for each code: more than any plan has
    for code in EVERY:
        chat = a_chat(database_url, a_number(database_url, business), phone=f"52155{code:08}")
        rows("delete from alerts where org_id = %s", business.org_id)
        await _one_code(chat, queued, rows, fake_graph, code)
        [(state,)] = rows("select state from whatsapp_numbers where channel_id = %s", chat.line.channel_id)
        if codes.meaning(code).message in ("again", "wait", "media") and state == "active":
            now_due()
            await deliver()
            assert len(fake_graph.taken) == 1, code
        rows("update outbox set state = 'cancelled' where state = 'ready'")
        fake_graph.forget()


async def _one_code(chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, code: int) -> None:
    meaning, row = codes.meaning(code), queued(chat)
    fake_graph.will(code=code)
    await outbox.deliver_due()

    again = meaning.message in ("again", "wait", "media")
    tries = 0 if meaning.message == "wait" else 1
    assert (code, rows(OUTBOX, row)) == (code, [("ready" if again else "failed", meaning.why, tries)])
    assert fake_graph.taken == []
    assert rows(DELIVERIES, row) == [(0, "failed", code)]
    [(channel, problem)] = rows(
        "select state, problem_code from whatsapp_numbers where channel_id = %s", chat.line.channel_id
    )
    stops = meaning.channel in ("reauth", "down", "quiet", "payment")
    assert (code, channel, problem) == (
        code,
        STATE_OF.get(meaning.channel, "active"),
        code if stops else None,
    )
    alerts = rows("select kind from alerts where org_id = %s", chat.line.agent.org_id)
    assert (code, ("delivery",) in alerts) == (code, not again)
    assert (code, ("channel",) in alerts) == (code, meaning.alert and not meaning.template)
    assert (code, ("template",) in alerts) == (code, meaning.template)
    opted = rows("select opted_out_at is not null from contacts where id = %s", chat.contact_id)
    assert (code, opted) == (code, [(meaning.contact == "opted_out",)])


async def test_what_may_pass_is_tried_three_times_more(
    chat: Chat,
    queued: Queue,
    rows: Rows,
    fake_graph: FakeGraph,
    now_due: Callable[[], None],
) -> None:
    row = queued(chat)
    for _ in range(9):
        fake_graph.will(code=131016)
    for _ in range(9):
        await outbox.deliver_due()
        now_due()

    assert rows(OUTBOX, row) == [("failed", "transient", 4)]
    assert len(fake_graph.requests) == 4


async def test_what_cannot_be_tapped_is_text(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph
) -> None:
    fake_graph.will(code=131051)
    row = queued(
        chat,
        "¿Qué prefieres?",
        payload={"choices": [{"id": "a", "title": "Corte"}, {"id": "b", "title": "Tinte"}]},
    )
    await deliver()

    assert fake_graph.said == ["¿Qué prefieres?\n\n1. Corte\n2. Tinte"]
    assert rows(OUTBOX, row)[0][0] == "sent"


async def test_nobody_is_reminded_who_could_not_be_reached_twice(
    chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph
) -> None:
    for _ in range(2):
        fake_graph.will(code=131026)
        queued(chat)
        await deliver()
    row = queued(chat, kind="reminder")
    await deliver()

    assert fake_graph.taken == []
    assert rows(OUTBOX, row)[0][:2] == ("cancelled", "unreachable")


async def test_a_number_that_lost_its_token_keeps_every_row_until_it_is_back(
    database_url: str, line: Line, chat: Chat, queued: Queue, rows: Rows, fake_graph: FakeGraph, now_due
) -> None:
    other = a_chat(database_url, line, phone="573001234567")
    fake_graph.will(code=190)
    first, second = queued(chat, "uno"), queued(other, "dos")
    await outbox.deliver_due()
    await deliver()
    now_due()
    await deliver()
    sent_before = len(fake_graph.taken)

    assert rows(
        "select state, problem, problem_code from whatsapp_numbers where channel_id = %s", line.channel_id
    ) == [("reauth", "token", 190)]
    assert rows("select kind, detail ->> 'why' from alerts where org_id = %s", line.agent.org_id) == [
        ("channel", "token")
    ]
    states = {rows(OUTBOX, row)[0][0] for row in (first, second)}
    assert "failed" not in states
    assert "ready" in states
    await numbers.set_state(line.agent, line.channel_id, NumberState.ACTIVE)
    now_due()
    await deliver()
    assert sorted(fake_graph.said) == ["dos", "uno"]
    assert len(fake_graph.taken) == 2 >= sent_before


@pytest.mark.parametrize("code", [131062, 131063])
async def test_what_needs_a_number_asks_for_it_once_a_day(
    database_url: str, line: Line, queued: Queue, rows: Rows, fake_graph: FakeGraph, code: int
) -> None:
    chat = a_chat(database_url, line, phone="", bsuid="MX.13491208655302741918")
    ids = []
    for _ in range(2):
        fake_graph.will(code=code)
        ids.append(queued(chat))
        await deliver()

    assert [rows(OUTBOX, row)[0][:2] for row in ids] == [("failed", "needs_phone")] * 2
    [asked] = fake_graph.taken
    assert asked.body["interactive"]["type"] == "request_contact_info"
    assert asked.body["recipient"] == "MX.13491208655302741918"
