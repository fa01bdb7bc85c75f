"""A conversation of WhatsApp as people read it."""

from datetime import timedelta

import psycopg
import pytest

from tests.connected import Chat, a_chat, a_number
from tests.conversing import a_conversation
from tests.exchanged import PNG, a_delivery, a_file, a_message, a_reaction, some_past
from tests.factories import Business, a_business
from vulkn_app.conversations import threads
from vulkn_app.conversations.rows import MessageRow

pytestmark = pytest.mark.usefixtures("deployment")


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def chat(database_url: str, business: Business) -> Chat:
    return a_chat(database_url, a_number(database_url, business))


async def last(business: Business, chat: Chat) -> MessageRow:
    return (await threads.thread(business.owner, chat.id)).messages[-1]


async def test_a_message_brings_its_file_its_quote_and_its_reactions(
    business: Business, chat: Chat, database_url: str
) -> None:
    asked = a_message(database_url, chat, "¿Cuánto cuesta este?")
    photo = a_message(
        database_url, chat, "[foto] Este", kind="image", content={"caption": "Este"}, reply_to=asked
    )
    file = a_file(database_url, chat, photo, "image", PNG, filename="foto.png")
    a_reaction(database_url, chat, photo, "❤️", side="business")

    message = await last(business, chat)

    assert [(one.id, one.state, one.weight) for one in message.files] == [(file, "stored", "1 KB")]
    assert message.quote
    assert (message.quote.sender, message.quote.text) == ("visitor", "¿Cuánto cuesta este?")
    assert [(one.emoji, one.side) for one in message.reactions] == [("❤️", "business")]
    assert (message.text, message.worded) == ("Este", True)


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        (["sending"], "sending"),
        (["accepted"], "sent"),
        (["delivered", "read"], "delivered"),
        (["played"], "read"),
        (["read", "failed"], "failed"),
        ([], None),
    ],
)
async def test_of_several_parts_the_last_one_counts_and_one_that_failed_most(
    business: Business, chat: Chat, database_url: str, states: list[str], shown: str | None
) -> None:
    said = a_message(database_url, chat, "Una respuesta larga", sender="agent")
    for part, state in enumerate(states):
        a_delivery(database_url, chat, said, state, part=part, code=131047 if state == "failed" else None)

    sending = (await last(business, chat)).sending

    assert (sending.state if sending else None) == shown
    assert (sending.code if sending else None) == (131047 if shown == "failed" else None)


async def test_what_waits_in_the_outbox_is_on_its_way(
    business: Business, chat: Chat, database_url: str
) -> None:
    said = a_message(database_url, chat, "Voy", sender="human")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "insert into outbox (org_id, kind, dedupe_key, conversation_id, message_id) values (%s, 'reply', 'x', %s, %s)",
            (business.org_id, chat.id, said),
        )

    sending = (await last(business, chat)).sending

    assert sending
    assert sending.state == "sending"


@pytest.mark.parametrize(
    ("window", "state", "shut", "away"),
    [
        (timedelta(hours=1), "active", False, False),
        (timedelta(seconds=-1), "active", True, False),
        (None, "active", True, False),
        (timedelta(hours=1), "reauth", False, True),
    ],
)
async def test_whether_one_may_write_is_said_with_the_conversation(
    business: Business, database_url: str, window: timedelta | None, state: str, shut: bool, away: bool
) -> None:
    chat = a_chat(database_url, a_number(database_url, business, state=state), window=window)
    a_message(database_url, chat, "Hola")

    row = (await threads.thread(business.owner, chat.id)).conversation

    assert (row.channel, row.shut, row.away) == ("whatsapp", shut, away)


async def test_the_list_can_show_one_channel(business: Business, chat: Chat, database_url: str) -> None:
    a_message(database_url, chat, "Hola por WhatsApp")
    with psycopg.connect(database_url, autocommit=True) as admin:
        web = admin.execute(
            "select id from channels where org_id = %s and kind = 'web'", (business.org_id,)
        ).fetchone()
        contact = admin.execute(
            "insert into contacts (org_id) values (%s) returning id", (business.org_id,)
        ).fetchone()
        assert web
        assert contact
        admin.execute(
            "with c as (insert into conversations (org_id, channel_id, contact_id) values (%s, %s, %s) returning id)"
            " insert into messages (org_id, conversation_id, sender, body) select %s, id, 'visitor', 'Hola' from c",
            (business.org_id, web[0], contact[0], business.org_id),
        )

    async def shown(channel: threads.Channel) -> set[str]:
        return {row.channel for row in await threads.list_conversations(business.owner, channel=channel)}

    assert (await shown(""), await shown("web"), await shown("whatsapp")) == (
        {"web", "whatsapp"},
        {"web"},
        {"whatsapp"},
    )


async def test_what_was_said_before_is_read_apart(business: Business, chat: Chat, database_url: str) -> None:
    a_message(database_url, chat, "Hola")
    some_past(database_url, chat, (False, "¿Abren el sábado?"), (True, "Sí, de 9 a 2"))
    stranger = a_business(database_url).owner

    thread = await threads.thread(business.owner, chat.id)
    past = await threads.past(business.owner, chat.id)

    assert (len(thread.messages), thread.past) == (1, 2)
    assert [(row.ours, row.text) for row in past] == [(False, "¿Abren el sábado?"), (True, "Sí, de 9 a 2")]
    assert await threads.past(stranger, chat.id) == []


async def test_a_conversation_of_the_web_has_none_of_it(business: Business, database_url: str) -> None:
    conversation = a_conversation(database_url, business, "Hola", "¡Hola!")

    thread = await threads.thread(business.owner, conversation)

    assert (thread.conversation.channel, thread.conversation.shut, thread.conversation.away) == (
        "web",
        False,
        False,
    )
    assert all(message.sending is None and message.more is None for message in thread.messages)
