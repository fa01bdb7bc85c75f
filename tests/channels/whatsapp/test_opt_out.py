"""One exact word ends what nobody asked for, is confirmed once, and takes nothing else away."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.connected import Chat, a_chat, a_number
from tests.factories import Business, a_business
from vulkn_app.channels.whatsapp import opt_out
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.channels.whatsapp.people import Person


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def chat(deployment: None, database_url: str, business: Business) -> Chat:
    return a_chat(database_url, a_number(database_url, business))


def a_text(chat: Chat, text: str, *, wamid: str = "", kind: str = "text") -> Happened:
    item = {"id": wamid or f"wamid.{uuid4().hex}", "type": kind}
    item[kind] = {"body": text} if kind == "text" else {"text": text, "payload": text}  # pyright: ignore[reportArgumentType]
    line = chat.line
    return Happened(
        line.agent, uuid4(), line.channel_id, "", "message", datetime.now(UTC), {"item": item, "contact": {}}
    )


def who(chat: Chat) -> Person:
    return Person(chat.contact_id, chat.id, chat.visitor, opted_out=False, status="open")


async def hear(chat: Chat, text: str, **more: str) -> bool:
    return await opt_out.heard(a_text(chat, text, **more), who(chat))


def sql(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def said(url: str, chat: Chat) -> list[tuple[str, str]]:
    return sql(url, "select sender, body from messages where conversation_id = %s order by seq", chat.id)


def is_out(url: str, chat: Chat) -> bool:
    return sql(url, "select opted_out_at is not null from contacts where id = %s", chat.contact_id)[0][0]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("BAJA", "es"), ("  baja. ", "es"), ("¡Baja!", "es"), ("baja 🙏", "es"), ("No más mensajes", "es"),
        ("CANCELAR SUSCRIPCIÓN", "es"), ("alto", "es"), ("stop", "en"), ("STOP!!", "en"), ("🛑 Stop", "en"),
        ("unsubscribe", "en"), ("PARAR", "pt"), ("sair", "pt"), ("Não quero mais mensagens", "pt"),
    ],
)  # fmt: skip
def test_the_word_alone_is_an_opt_out(text: str, language: str) -> None:
    found = opt_out.wish(text)

    assert found
    assert (found.out, found.language) == (True, language)


@pytest.mark.parametrize(
    "text",
    [
        "dame de baja mañana la cita", "cancelar", "Cancelar mi cita", "cancel", "quiero parar en la tienda",
        "baja de precio?", "el volumen alto o bajo", "stop by tomorrow?", "", "👍", "bajas", "no", "alto " * 40,
    ],
)  # fmt: skip
def test_a_sentence_with_the_word_is_none(text: str) -> None:
    assert opt_out.wish(text) is None


async def test_it_is_confirmed_once_and_a_second_one_says_nothing_more(chat: Chat, database_url: str) -> None:
    assert await hear(chat, "BAJA")
    assert await hear(chat, "baja")

    assert is_out(database_url, chat)
    assert [sender for sender, _ in said(database_url, chat)] == ["visitor", "agent", "visitor"]
    assert "ALTA" in said(database_url, chat)[1][1]
    rows = sql(database_url, "select kind, state from outbox where conversation_id = %s", chat.id)
    assert rows == [("reply", "ready")]
    assert sql(
        database_url,
        "select granted, wording, about from consents where contact_id = %s",
        chat.contact_id,
    ) == [(False, "BAJA", "messages")]


async def test_no_turn_begins_and_the_lead_is_not_touched(chat: Chat, database_url: str) -> None:
    before = sql(
        database_url, "select score, last_message_at from leads where contact_id = %s", chat.contact_id
    )

    await hear(chat, "stop")

    assert sql(database_url, "select count(*) from turns where conversation_id = %s", chat.id) == [(0,)]
    assert (
        sql(database_url, "select score, last_message_at from leads where contact_id = %s", chat.contact_id)
        == before
    )


async def test_alta_restores_and_says_so_once(chat: Chat, database_url: str) -> None:
    await hear(chat, "Unsubscribe")
    assert await hear(chat, "Start")

    assert not is_out(database_url, chat)
    texts = [body for _, body in said(database_url, chat)]
    assert "START" in texts[1]
    assert texts[3].startswith("Thank you!")
    granted = sql(
        database_url,
        "select granted from consents where contact_id = %s order by created_at",
        chat.contact_id,
    )
    assert granted == [(False,), (True,)]


async def test_alta_of_somebody_who_never_left_is_an_ordinary_message(chat: Chat, database_url: str) -> None:
    assert not await hear(chat, "alta")

    assert said(database_url, chat) == []


async def test_the_same_message_told_again_changes_nothing(chat: Chat, database_url: str) -> None:
    told = a_text(chat, "BAJA", wamid="wamid.ONE")

    assert all(await asyncio.gather(*(opt_out.heard(told, who(chat)) for _ in range(5))))
    await hear(chat, "ALTA")
    assert await opt_out.heard(told, who(chat))

    assert not is_out(database_url, chat)
    assert len(said(database_url, chat)) == 4


async def test_where_a_person_has_the_conversation_the_confirmation_goes_out_too(
    chat: Chat, database_url: str
) -> None:
    sql(database_url, "update conversations set status = 'human' where id = %s", chat.id)

    assert await hear(chat, "PARAR")

    assert [sender for sender, _ in said(database_url, chat)] == ["visitor", "system"]
    assert "VOLTAR" in said(database_url, chat)[1][1]
    assert sql(database_url, "select language from consents where contact_id = %s", chat.contact_id) == [
        ("pt",)
    ]


async def test_a_word_of_everybody_s_is_answered_in_the_conversation_s_language(
    chat: Chat, database_url: str
) -> None:
    sql(database_url, "update conversations set language = 'es' where id = %s", chat.id)

    await hear(chat, "STOP", kind="button")

    assert said(database_url, chat)[1][1].startswith("Listo")


async def test_whatsapp_s_own_switch_is_silent(chat: Chat, database_url: str) -> None:
    agent = chat.line.agent

    assert await opt_out.silently(agent, chat.contact_id, out=True, wording="131050")
    assert not await opt_out.silently(agent, chat.contact_id, out=True, wording="131050")

    assert is_out(database_url, chat)
    assert said(database_url, chat) == []


async def test_another_business_cannot_be_spoken_for(chat: Chat, database_url: str) -> None:
    stranger = a_business(database_url)
    foreign = Chat(a_number(database_url, stranger), chat.id, chat.contact_id, chat.visitor)

    assert not await hear(foreign, "BAJA")
    assert not await opt_out.silently(foreign.line.agent, UUID(str(chat.contact_id)), out=True, wording="x")

    assert not is_out(database_url, chat)
