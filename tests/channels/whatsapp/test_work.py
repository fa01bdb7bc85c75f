"""The line of events: a person's one after another, no business in another's way, nothing lost, nothing twice."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from tests.channels.whatsapp.meta import Line, a_delivery, a_line, a_message, a_value, delivery, happens
from vulkn_app import live
from vulkn_app.channels.whatsapp import events, receive, work
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.db import as_system
from vulkn_app.settings import settings

PEOPLE = [{"wa_id": f"52155000000{number:02}", "profile": {"name": f"P{number}"}} for number in range(20)]
Handled = list[str]
Does = Callable[[Happened], Awaitable[None]]


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> Handled:
    """Messages are only written down here, in the order in which they were handled."""
    order: Handled = []

    async def note(happened: Happened) -> None:
        order.append(happened.item["id"])

    monkeypatch.setitem(events.HANDLERS, "message", note)
    return order


def does(monkeypatch: pytest.MonkeyPatch, what: Does) -> None:
    monkeypatch.setitem(events.HANDLERS, "message", what)


async def test_a_persons_messages_are_handled_in_the_order_in_which_they_happened(
    line: Line, handled: Handled
) -> None:
    for ago in (10, 50, 30, 40, 20):
        await receive.take(delivery(line, a_message("x", id=f"wamid.{ago}", ago=ago)))
    same_second = [a_message("x", id=f"wamid.z{number}", timestamp="1790000000") for number in range(5)]
    await receive.take(delivery(line, *same_second))

    await work.due()

    assert handled == [
        *(f"wamid.z{number}" for number in range(5)),
        *(f"wamid.{ago}" for ago in (50, 40, 30, 20, 10)),
    ]


async def test_a_person_is_never_handled_twice_at_once(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    busy: Counter[str] = Counter()
    most = 0

    async def slow(happened: Happened) -> None:
        nonlocal most
        who = happened.item["from"]
        busy[who] += 1
        most = max(most, busy[who])
        await asyncio.sleep(0.01)
        busy[who] -= 1

    does(monkeypatch, slow)
    for person in PEOPLE[:4]:
        messages = [a_message("x", person=person) for _ in range(4)]
        await receive.take(delivery(line, *messages, person=person))

    done = await asyncio.gather(*(work.due() for _ in range(5)))

    assert sum(done) == 16
    assert most == 1


async def test_a_flood_of_one_business_does_not_delay_another(
    line: Line, handled: Handled, database_url: str
) -> None:
    flood = [
        a_message("x", person=person, id=f"wamid.f{n}.{p}")
        for p, person in enumerate(PEOPLE)
        for n in range(10)
    ]
    for person in PEOPLE:
        mine = [m for m in flood if m["from"] == person["wa_id"]]
        await receive.take(delivery(line, *mine, person=person))
    other = a_line(database_url)
    await receive.take(delivery(other, a_message("x", id="wamid.other")))

    await work.due()

    assert handled.index("wamid.other") <= work.AT_ONCE
    assert len(handled) == 201


async def test_a_history_does_not_delay_a_customer(line: Line, handled: Handled) -> None:
    parts = [{"metadata": {"phase": 1, "chunk_order": number}, "threads": []} for number in range(50)]
    history = a_value(line, person=PEOPLE[0], history=parts)
    await receive.take(
        a_delivery((line, history, "history"), (line, a_value(line, a_message("x", id="wamid.1"))))
    )

    async with as_system("vulkn_engine") as connection:
        claimed = await (await connection.execute(work.CLAIM, (1, 1, 5, work.LEASE))).fetchall()

    assert [row[4] for row in claimed] == ["message"]


async def test_an_event_that_fails_is_tried_again_and_holds_up_nobody(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: Handled = []

    async def fails_on_the_first(happened: Happened) -> None:
        order.append(happened.item["id"])
        if happened.item["id"] == "wamid.1":
            raise ValueError("a text that is nobody's business")

    does(monkeypatch, fails_on_the_first)
    await receive.take(
        delivery(line, a_message("x", id="wamid.1", ago=2), a_message("y", id="wamid.2", ago=1))
    )
    await work.due()
    assert order == ["wamid.1", "wamid.2"]
    for _ in range(work.TRIES):
        line.run("update whatsapp_events set available_at = now() where org_id = :org")
        await work.due()

    assert order.count("wamid.1") == work.TRIES
    assert line.states() == {"wamid.1": "failed", "wamid.2": "done"}
    assert line.rows("select problem from whatsapp_events where key = 'wamid.1' and org_id = :org") == [
        ("ValueError",)
    ]
    assert line.rows("select kind from alerts where org_id = :org") == [("channel",)]


async def test_tries_are_further_and_further_apart(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(happened: Happened) -> None:
        raise ValueError

    does(monkeypatch, fails)
    await receive.take(delivery(line, a_message("x")))
    waits = []
    for _ in range(3):
        line.run("update whatsapp_events set available_at = now() where org_id = :org")
        await work.due()
        waits += line.rows(
            "select round(extract(epoch from available_at - now()))::int from whatsapp_events where org_id = :org"
        )

    assert [1, 7, 31] <= [wait for (wait,) in waits] == sorted(wait for (wait,) in waits)


async def test_a_handler_that_hangs_is_given_up(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(happened: Happened) -> None:
        await asyncio.Event().wait()

    does(monkeypatch, hangs)
    monkeypatch.setattr(work, "PATIENCE", 0.1)
    await receive.take(delivery(line, a_message("x", id="wamid.1")))

    await work.due()

    assert line.rows("select state, problem from whatsapp_events where org_id = :org") == [
        ("ready", "TimeoutError")
    ]


async def test_what_a_process_that_died_was_handling_is_handled_again_once(line: Line) -> None:
    await receive.take(delivery(line, a_message("¿Cuánto cuesta una limpieza dental?", id="wamid.1")))
    async with as_system("vulkn_engine") as connection:
        await connection.execute(work.CLAIM, (1, 1, 5, work.LEASE))
    await work.due()
    assert line.states() == {"wamid.1": "working"}
    line.run("update whatsapp_events set lease_until = now() - interval '1 second' where org_id = :org")

    await happens(b"{}")

    assert line.states() == {"wamid.1": "done"}
    assert [who for who, _ in line.said()] == ["visitor", "agent"]


async def test_what_kills_every_process_is_given_up_and_told(line: Line, handled: Handled) -> None:
    await receive.take(delivery(line, a_message("x", id="wamid.1")))
    line.run(
        "update whatsapp_events set state = 'working', attempt = 5, lease_until = now() - interval '1 second'"
        " where org_id = :org"
    )

    await work.due()

    assert handled == []
    assert line.states() == {"wamid.1": "failed"}
    assert line.rows("select kind from alerts where org_id = :org") == [("channel",)]


async def test_the_bell_wakes_the_work(line: Line, handled: Handled) -> None:
    serving = asyncio.create_task(work.serve())
    await asyncio.sleep(0)
    try:
        await receive.take(delivery(line, a_message("x", id="wamid.1")))
        async with asyncio.timeout(20):
            while handled != ["wamid.1"]:  # noqa: ASYNC110 - what is waited for is another task's list
                await asyncio.sleep(0.02)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await live.drain()


async def test_old_envelopes_and_payloads_are_forgotten(line: Line, handled: Handled) -> None:
    for id in ("wamid.old", "wamid.new"):
        await receive.take(delivery(line, a_message("x", id=id)))
    await work.due()
    line.run(
        "update whatsapp_envelopes set received_at = now() - interval '31 days' where org_id = :org and body like '%%wamid.old%%'"
    )
    line.run(
        "update whatsapp_events set received_at = now() - interval '91 days' where org_id = :org and key = 'wamid.old'"
    )

    await work.forget()

    assert line.rows("select count(*) from whatsapp_envelopes where org_id = :org") == [(1,)]
    assert line.rows("select key, payload = '{}' from whatsapp_events where org_id = :org order by key") == [
        ("wamid.new", False),
        ("wamid.old", True),
    ]
    assert await receive.take(delivery(line, a_message("x", id="wamid.old"))) == 0


async def test_a_conversation_with_a_burst_is_one_answer(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "burst_patience", 0.3)
    for text in ("Hola", "quiero una limpieza dental", "¿cuánto cuesta?"):
        await receive.take(delivery(line, a_message(text)))

    await happens(b"{}")

    assert [who for who, _ in line.said()] == ["visitor"] * 3 + ["agent"]
