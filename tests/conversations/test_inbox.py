"""What people see of conversations, and what they do in them."""

from uuid import UUID, uuid4

import pytest

from models.conversations import ConversationStatus
from tests.conversing import a_conversation
from tests.factories import Business, a_business
from vulkn_app import live
from vulkn_app.conversations import inbox, threads
from vulkn_app.conversations.inbox import ReplyForm
from vulkn_app.errors import NotFound

pytestmark = pytest.mark.usefixtures("deployment")


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


async def test_a_stranger_sees_and_changes_nothing(business: Business, database_url: str) -> None:
    conversation = a_conversation(database_url, business, "Hola")
    stranger = a_business(database_url).owner

    assert await threads.list_conversations(stranger) == []
    with pytest.raises(NotFound):
        await threads.thread(stranger, conversation)
    with pytest.raises(NotFound):
        await inbox.reply(stranger, conversation, a_reply())
    with pytest.raises(NotFound):
        await inbox.set_status(stranger, conversation, ConversationStatus.CLOSED)

    assert len((await threads.thread(business.owner, conversation)).messages) == 1


async def test_a_panel_that_was_only_opened_is_no_conversation(business: Business, database_url: str) -> None:
    a_conversation(database_url, business)

    assert await threads.list_conversations(business.owner) == []


async def test_unread_ones_can_be_listed_alone(business: Business, database_url: str) -> None:
    read = a_conversation(database_url, business, "Hola")
    unread = a_conversation(database_url, business, "Buenas")
    await threads.thread(business.owner, read)

    assert [row.id for row in await threads.list_conversations(business.owner, filter="unread")] == [unread]


@pytest.mark.parametrize(
    ("words", "found"), [("ANA", 1), ("ana@correo", 1), ("precio", 1), ("%", 0), ("_na", 0)]
)
async def test_the_search_finds_words_and_nothing_else(
    business: Business, database_url: str, words: str, found: int
) -> None:
    a_conversation(database_url, business, "¿Qué precio tiene?", name="Ana", email="ana@correo.mx")

    assert len(await threads.list_conversations(business.owner, search=words)) == found


async def test_a_reply_silences_the_agent_and_rings(business: Business, database_url: str) -> None:
    conversation = a_conversation(database_url, business, "Hola")
    heard: list[live.Ring] = []

    with live.listening(business.org_id, heard.append):
        await inbox.reply(business.owner, conversation, a_reply("Soy Ana"))

    thread = await threads.thread(business.owner, conversation)
    assert thread.conversation.status == ConversationStatus.HUMAN
    assert [(message.sender, message.text, message.author) for message in thread.messages][1:] == [
        ("human", "Soy Ana", "Ana")
    ]
    assert heard == [live.Ring(business.org_id, "message", conversation)]


async def test_the_same_draft_is_one_message_without_a_gap(business: Business, database_url: str) -> None:
    conversation = a_conversation(database_url, business, "Hola")
    draft = a_reply("Soy Ana")
    await inbox.reply(business.owner, conversation, draft)

    await inbox.reply(business.owner, conversation, draft)
    await inbox.reply(business.owner, conversation, a_reply("Dime"))

    said = (await threads.thread(business.owner, conversation)).messages
    assert [message.text for message in said] == ["Hola", "Soy Ana", "Dime"]


async def test_a_conversation_that_does_not_exist_is_not_found(business: Business) -> None:
    with pytest.raises(NotFound):
        await threads.thread(business.owner, UUID(int=1))


def a_reply(text: str = "Hola") -> ReplyForm:
    return ReplyForm(text=text, draft=uuid4().hex)
