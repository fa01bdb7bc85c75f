"""A hand-over ends by itself: never while a person writes, and no customer who waits is forgotten."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.conversing import a_conversation
from tests.factories import Business, a_business
from vulkn_app import db, live
from vulkn_app.conversations import engine, inbox, threads
from vulkn_app.conversations.inbox import ReplyForm
from vulkn_app.skills import hand_back

pytestmark = pytest.mark.usefixtures("deployment")
QUESTION = "¿Cuánto cuesta la limpieza dental?"


@pytest.fixture
def business(database_url: str) -> Business:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update conversations set status = 'closed'")  # of other tests
    return a_business(database_url)


class Chat:
    """A conversation that was handed over `ago`; every `wrote` is a message of so many hours before now."""

    def __init__(self, url: str, business: Business, *, ago: float = 20, language: str = "es") -> None:
        self.url, self.business = url, business
        self.id = a_conversation(
            url, business, "Quiero una persona", "Claro, le paso tu mensaje.", ago=timedelta(hours=ago)
        )
        self.sql("update conversations set status = 'human', language = %s where id = %s", language, self.id)
        self.sql(
            "update conversations set handoff_at = now() - make_interval(secs => %s) where id = %s",
            ago * 3600,
            self.id,
        )

    def wrote(self, sender: str, body: str = "hola", *, ago: float) -> None:
        place = "insert into messages (org_id, conversation_id, sender, body) values (%s, %s, %s, %s) returning id"
        ((message,),) = self.sql(place, self.business.org_id, self.id, sender, body)
        moment = "now() - make_interval(secs => %s)"
        self.sql(f"update messages set created_at = {moment} where id = %s", ago * 3600, message)
        self.sql(f"update conversations set last_message_at = {moment} where id = %s", ago * 3600, self.id)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as admin:
            cursor = admin.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    @property
    def status(self) -> str:
        return self.sql("select status from conversations where id = %s", self.id)[0][0]

    @property
    def said(self) -> list[tuple[str, str]]:
        return self.sql("select sender, body from messages where conversation_id = %s order by seq", self.id)


def rests_for(url: str, business: Business, hours: object) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "insert into agent_skills (org_id, key, enabled, published) values (%s, 'handoff', true, %s)",
            (business.org_id, json.dumps({"back_after_hours": hours})),
        )


@pytest.fixture
def chat(database_url: str, business: Business) -> Chat:
    return Chat(database_url, business)


async def test_what_a_person_settled_is_the_agents_again_after_the_pause(chat: Chat) -> None:
    chat.wrote("visitor", "¿Me llaman?", ago=19)
    chat.wrote("human", "Ya te llamamos.", ago=13)

    assert await hand_back.due() == 1

    assert chat.status == "open"
    assert chat.said[-1] == ("system", "El asistente volvió a atender esta conversación.")
    assert await hand_back.due() == 0


async def test_the_note_does_not_move_the_conversation_up_the_list(chat: Chat) -> None:
    chat.wrote("human", "Ya te llamamos.", ago=13)
    mark = "select last_text, last_sender, last_message_at < now() - interval '12 hours' from conversations where id = %s"

    await hand_back.due()

    assert chat.sql(mark, chat.id) == [("Ya te llamamos.", "human", True)]


async def test_a_customer_who_waits_for_a_person_stays_on_the_peoples_list(chat: Chat) -> None:
    chat.wrote("visitor", "¿Hay alguien?", ago=19)

    assert await hand_back.due() == 0
    assert chat.status == "human"


async def test_a_note_of_the_systems_hides_nobody_who_waits(chat: Chat) -> None:
    chat.wrote("human", "Ya te llamamos.", ago=19)
    chat.wrote("visitor", "No me han llamado.", ago=18)
    chat.wrote("system", "Recordatorio de tu cita.", ago=14)

    assert await hand_back.due() == 0
    assert chat.status == "human"


async def test_nor_is_one_given_back_that_nobody_answered_and_nobody_asked_again(chat: Chat) -> None:
    assert await hand_back.due() == 0
    assert chat.status == "human"


async def test_a_customer_who_writes_after_the_pause_is_answered(chat: Chat) -> None:
    chat.wrote("visitor", "¿Hay alguien?", ago=19)
    chat.wrote("visitor", "Hola de nuevo.", ago=0.02)
    chat.wrote("visitor", QUESTION, ago=0.01)

    assert await hand_back.due() == 1
    assert await engine.sweep() == 1

    assert chat.status == "open"
    *_, note, answer = chat.said
    assert note[0] == "system"
    assert answer[0] == "agent"
    assert "$650" in answer[1]
    burst = "select count(*) from messages m join turns t on t.id = m.turn_id where t.conversation_id = %s and m.sender = 'visitor'"
    assert chat.sql(burst, chat.id) == [(2,)]  # not what was for the person


async def test_a_person_who_wrote_lately_keeps_it(chat: Chat) -> None:
    chat.wrote("human", "Ahora lo reviso.", ago=11)
    chat.wrote("visitor", QUESTION, ago=0.01)

    assert await hand_back.due() == 0
    assert chat.status == "human"


async def test_a_person_who_took_it_just_now_keeps_it(database_url: str, business: Business) -> None:
    chat = Chat(database_url, business, ago=1)
    chat.wrote("visitor", QUESTION, ago=0.01)

    assert await hand_back.due() == 0


async def test_what_was_written_days_ago_is_not_answered_now(database_url: str, business: Business) -> None:
    chat = Chat(database_url, business, ago=80)
    chat.wrote("visitor", QUESTION, ago=30)

    assert await hand_back.due() == 0


@pytest.mark.parametrize(("hours", "given"), [(0, 0), (2, 1), (24, 0), ("pronto", 1)])
async def test_the_owner_says_how_long_it_rests(
    database_url: str, business: Business, hours: object, given: int
) -> None:
    rests_for(database_url, business, hours)
    chat = Chat(database_url, business)
    chat.wrote("human", "Listo.", ago=13)

    assert await hand_back.due() == given
    assert await hand_back.give_back(business.org_id, chat.id) is False  # not at all, or not twice


async def test_a_reply_in_between_wins(chat: Chat) -> None:
    """Between the worker's look and its lock."""
    chat.wrote("human", "Listo.", ago=13)
    reply = ReplyForm(text="Una cosa más.", draft=uuid4().hex)
    await inbox.reply(chat.business.owner, chat.id, reply)

    assert not await hand_back.give_back(chat.business.org_id, chat.id)
    assert chat.status == "human"


async def test_another_organizations_conversation_cannot_be_given_back(chat: Chat, database_url: str) -> None:
    chat.wrote("human", "Listo.", ago=13)

    assert not await hand_back.give_back(a_business(database_url).org_id, chat.id)
    assert chat.status == "human"


async def test_one_that_cannot_be_given_back_holds_up_nobody(
    chat: Chat, database_url: str, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Chat(database_url, business)
    for each in (chat, other):
        each.wrote("human", "Listo.", ago=13)
    real = hand_back.give_back

    async def breaks(org_id: UUID, conversation_id: UUID) -> bool:
        if conversation_id == chat.id:
            raise RuntimeError
        return await real(org_id, conversation_id)

    monkeypatch.setattr(hand_back, "give_back", breaks)

    assert await hand_back.due() == 1
    assert (chat.status, other.status) == ("human", "open")


async def test_it_is_in_the_audit_log_as_the_agents_own_act(chat: Chat) -> None:
    chat.wrote("human", "Listo.", ago=13)

    await hand_back.due()

    rows = chat.sql(
        "select actor_kind, detail from audit_log where entity = 'conversations' and entity_id = %s"
        " order by seq desc limit 1",
        str(chat.id),
    )
    assert rows[0][0] == "engine"
    assert "status" in rows[0][1]["keys"]


async def test_english_speakers_read_it_in_english_and_the_inbox_hears_of_it(
    database_url: str, business: Business
) -> None:
    chat = Chat(database_url, business, language="en")
    chat.wrote("human", "Done.", ago=13)

    with live.subscription(business.org_id) as rings:
        await hand_back.due()
        assert rings.get_nowait().conversation_id == chat.id

    thread = await threads.thread(business.owner, chat.id)
    assert (thread.messages[-1].sender, thread.messages[-1].text) == (
        "system",
        "The assistant is back in this conversation.",
    )
    assert thread.handoff is None


async def test_only_the_agent_may_ask_which_are_over(deployment: None) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with db.as_system("vulkn_web") as connection:
            await connection.execute("select app.handovers_over(1)")
