"""The inbox, driven through its handlers."""

from uuid import UUID

import psycopg

from state.inbox import InboxState
from tests.conversing import a_conversation
from tests.factories import a_business
from tests.state.conftest import OpenPage, run


async def test_another_business_s_conversation_does_not_open(page: OpenPage, database_url: str) -> None:
    theirs = a_conversation(database_url, a_business(database_url), "un secreto")
    inbox = await page(InboxState, a_business(database_url).owner, f"/app/inbox/?c={theirs}")

    await run(InboxState.load, inbox)

    assert (inbox.open_id, inbox.messages, inbox.rows) == ("", [], [])


async def test_the_address_opens_a_conversation_and_reads_it(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    conversation = a_conversation(database_url, business, "Hola", "¡Hola!", name="Ana")
    inbox = await page(InboxState, business.owner, f"/app/inbox/?c={conversation}")

    await run(InboxState.load, inbox)

    assert [(message.sender, message.text) for message in inbox.messages] == [
        ("visitor", "Hola"),
        ("agent", "¡Hola!"),
    ]
    assert [(row.name, row.unread) for row in inbox.rows] == [("Ana", 0)]


async def test_nonsense_in_the_address_shows_the_list(page: OpenPage, database_url: str) -> None:
    inbox = await page(InboxState, a_business(database_url).owner, "/app/inbox/?c=nonsense")

    await run(InboxState.load, inbox)

    assert inbox.open_id == ""


async def test_a_double_click_sends_one_message(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    conversation = a_conversation(database_url, business, "Hola")
    inbox = await page(InboxState, business.owner, f"/app/inbox/?c={conversation}")
    await run(InboxState.load, inbox)
    form = {"text": "Te ayudo yo", "draft": inbox.draft_id}

    await run(InboxState.send, inbox, form)
    await run(InboxState.send, inbox, form)

    assert [message.text for message in inbox.messages] == ["Hola", "Te ayudo yo"]
    assert inbox.messages[-1].author == "Ana"
    assert inbox.conversation.status == "human"
    assert inbox.draft_id != form["draft"]


async def test_a_reply_that_is_too_long_keeps_the_form_and_says_so(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    conversation = a_conversation(database_url, business, "Hola")
    inbox = await page(InboxState, business.owner, f"/app/inbox/?c={conversation}")
    await run(InboxState.load, inbox)

    await run(InboxState.send, inbox, {"text": "x" * 5000, "draft": inbox.draft_id})

    assert inbox.problem
    assert not inbox.sending
    assert len(inbox.messages) == 1


async def test_the_agent_gets_the_conversation_back(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    conversation = a_conversation(database_url, business, "Hola")
    inbox = await page(InboxState, business.owner, f"/app/inbox/?c={conversation}")
    await run(InboxState.load, inbox)
    await run(InboxState.hand, inbox, "human")

    await run(InboxState.hand, inbox, "open")

    assert status_of(database_url, conversation) == "open"


async def test_a_filter_that_does_not_exist_shows_all(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    a_conversation(database_url, business, "Hola")
    inbox = await page(InboxState, business.owner)

    await run(InboxState.pick_filter, inbox, "'; drop table messages; --")

    assert inbox.filter == "all"
    assert len(inbox.rows) == 1


def status_of(url: str, conversation: UUID) -> str:
    with psycopg.connect(url) as admin:
        row = admin.execute("select status from conversations where id = %s", (conversation,)).fetchone()
    assert row
    return row[0]
