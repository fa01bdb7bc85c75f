"""The inbox, driven through its handlers."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from state.inbox import InboxState
from state.inbox_details import InboxDetailsState
from state.inbox_template import InboxTemplateState
from tests.connected import Chat, a_chat, a_number
from tests.conversing import a_conversation
from tests.exchanged import a_message, a_template, some_past
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.errors import NotFound


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


async def test_a_hand_over_says_why_and_what_to_know(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    conversation = a_conversation(database_url, business, "Quiero hablar con alguien")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update conversations set status = 'human', handoff_reason = 'asked', handoff_summary = 'Quiere factura'"
            " where id = %s",
            (conversation,),
        )
    inbox = await page(InboxState, business.owner, f"/app/inbox/?c={conversation}")

    await run(InboxState.load, inbox)
    assert (inbox.handoff.reason, inbox.handoff.summary) == ("asked", "Quiere factura")
    await run(InboxState.hand, inbox, "open")

    assert inbox.handoff is None


async def test_an_answer_shows_where_its_figures_stand_and_how_it_was_made(
    page: OpenPage, database_url: str
) -> None:
    business = a_business(database_url)
    conversation = a_conversation(
        database_url, business, "¿Precio?", "Cuesta $650 y dura 40 minutos.", outcome="answered"
    )
    figure = {
        "text": "$650",
        "kind": "price",
        "start": 7,
        "end": 11,
        "source_kind": "tool",
        "entry_id": None,
        "title": "",
    }
    step = {"tool": "search_knowledge", "ms": 3, "how": "done"}
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update messages set figures = %s where conversation_id = %s and sender = 'agent'",
            (Jsonb([figure]), conversation),
        )
        admin.execute(
            "update turns set trace = %s, answer_id ="
            " (select id from messages where conversation_id = %s and sender = 'agent') where conversation_id = %s",
            (Jsonb([step]), conversation, conversation),
        )
    inbox = await page(InboxState, business.owner, f"/app/inbox/?c={conversation}")

    await run(InboxState.load, inbox)

    answer = inbox.messages[-1]
    assert [(piece.text, piece.source_kind) for piece in answer.pieces] == [
        ("Cuesta ", ""),
        ("$650", "tool"),
        (" y dura 40 minutos.", ""),
    ]
    assert [(step.name, step.how) for step in answer.trace] == [("search_knowledge", "done")]


def a_chat_of_whatsapp(url: str, business: Business, **more: Any) -> Chat:
    chat = a_chat(url, a_number(url, business), **more)
    a_message(url, chat, "Hola")
    return chat


async def test_what_was_said_before_is_read_when_somebody_looks(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    chat = a_chat_of_whatsapp(database_url, business)
    some_past(database_url, chat, (False, "¿Abren el sábado?"), (True, "Sí"))
    inbox = await page(InboxState, business.owner, f"/app/inbox/?c={chat.id}")
    await run(InboxState.load, inbox)
    assert (inbox.past, inbox.past_rows, inbox.has_whatsapp) == (2, [], True)

    await run(InboxState.see_past, inbox)

    assert [row.ours for row in inbox.past_rows] == [False, True]


async def test_a_channel_that_does_not_exist_shows_all(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    a_chat_of_whatsapp(database_url, business)
    inbox = await page(InboxState, business.owner)

    await run(InboxState.pick_channel, inbox, "web")
    assert inbox.rows == []
    await run(InboxState.pick_channel, inbox, "telegram")

    assert (inbox.channel, len(inbox.rows)) == ("", 1)


@pytest.mark.parametrize(
    ("window", "can"), [(timedelta(hours=1), True), (timedelta(hours=-1), False), (None, False)]
)
async def test_one_reacts_only_while_one_may_write(
    page: OpenPage, database_url: str, window: timedelta | None, can: bool
) -> None:
    business = a_business(database_url)
    chat = a_chat_of_whatsapp(database_url, business, window=window)
    inbox = await page(InboxState, business.owner, f"/app/inbox/?c={chat.id}")

    await run(InboxState.load, inbox)

    assert inbox.can_react == can


async def test_what_is_answered_is_seen_quoted_and_let_go_with_the_reply(
    page: OpenPage, database_url: str
) -> None:
    business = a_business(database_url)
    chat = a_chat_of_whatsapp(database_url, business)
    asked = a_message(database_url, chat, "¿A qué hora abren?")
    a_message(database_url, chat, "Gracias")
    inbox = await page(InboxState, business.owner, f"/app/inbox/?c={chat.id}")
    await run(InboxState.load, inbox)

    await run(InboxState.quote, inbox, str(asked))
    assert inbox.quoting.text == "¿A qué hora abren?"
    form = {"text": "A las 9", "draft": inbox.draft_id, "reply_to": str(asked)}
    await run(InboxState.send, inbox, form)

    assert inbox.quoting is None
    assert inbox.messages[-1].quote.text == "¿A qué hora abren?"
    await run(InboxState.quote, inbox, "nonsense")
    assert inbox.quoting is None


async def test_a_template_is_filled_in_sight(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    chat = a_chat_of_whatsapp(database_url, business, window=None)
    known = a_template(database_url, chat, "aviso", "Hola {{1}}, tu pedido {{2}} está listo.")
    a_template(database_url, chat, "otra", "Hola", status="rejected")
    sheet = await page(InboxTemplateState, business.owner)
    await run(InboxTemplateState.begin, sheet, str(chat.id))
    assert [row.name for row in sheet.rows] == ["aviso"]

    await run(InboxTemplateState.pick, sheet, str(known))
    assert sheet.preview.body == "Hola Lucía, tu pedido [ 2 ] está listo."
    assert not sheet.complete
    await run(InboxTemplateState.fill, sheet, "2", "A-7")

    assert (sheet.preview.body, sheet.complete) == ("Hola Lucía, tu pedido A-7 está listo.", True)


async def test_the_details_of_another_business_s_conversation_stay_there(
    page: OpenPage, database_url: str
) -> None:
    chat = a_chat_of_whatsapp(database_url, a_business(database_url))
    details = await page(InboxDetailsState, a_business(database_url).owner)

    with pytest.raises(NotFound):
        await run(InboxDetailsState.begin, details, str(chat.id))

    assert details.found is None
