"""Shadow mode: the customer hears once that the team has it, a person sends the draft, once; and it ends by itself."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.factories import Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from vulkn_app.conversations import inbox, shadow
from vulkn_app.conversations.inbox import ReplyForm, WindowClosed
from vulkn_app.conversations.shadow import DraftGone, DraftRow
from vulkn_app.db import Member
from vulkn_app.errors import NotAllowed, NotFound

PRICE = "¿Cuánto cuesta una limpieza?"
ANSWER = "La limpieza dental cuesta $650 pesos y dura 40 minutos."
WAITS = "Recibimos tu mensaje y ya lo tiene el equipo. Te responden por aquí."
Ask = Callable[..., list[tuple]]


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def ask(database_url: str, business: Business) -> Ask:
    def asked(statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(database_url) as admin:
            found = admin.execute(statement.encode(), (business.org_id, *values))
            return found.fetchall() if found.description else []

    return asked


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business, no_model: None) -> Visitor:
    """In a business that is in shadow mode."""
    await shadow.begin(business.owner)
    visitor = Visitor(http, business.slug)
    await visitor.open()
    return visitor


async def waiting(business: Business, visitor: Visitor) -> DraftRow:
    found = await shadow.draft(business.owner, UUID(visitor.conversation_id))
    assert found
    return found


def said(ask: Ask) -> list[tuple]:
    return ask("select sender, body from messages where org_id = %s order by seq")


async def test_the_customer_is_told_once_and_sees_nothing_of_the_draft(
    visitor: Visitor, business: Business, ask: Ask
) -> None:
    first = await visitor.ask(PRICE)
    second = await visitor.ask("¿Tienen estacionamiento?")

    assert first["message"]["text"] == WAITS
    assert "650" not in str(first.events)
    assert second.names[-1] == "handoff"
    assert "estacionamiento gratuito" not in str(second.events)
    assert said(ask) == [("visitor", PRICE), ("agent", WAITS), ("visitor", "¿Tienen estacionamiento?")]
    draft = await waiting(business, visitor)
    assert "estacionamiento gratuito" in draft.body
    assert draft.sources[0]["title"] == "Estacionamiento"
    assert ask("select state, count(*) from shadow_drafts where org_id = %s group by 1 order by 1") == [
        ("superseded", 1),
        ("waiting", 1),
    ]
    assert ask("select kind, detail ->> 'reason' from alerts where org_id = %s") == [("handoff", "shadow")]
    assert ask("select count(*) from leads where org_id = %s") == [(1,)]


async def test_two_who_tap_at_once_send_one_message(visitor: Visitor, business: Business, ask: Ask) -> None:
    await visitor.ask(PRICE)
    draft = await waiting(business, visitor)

    taps = await asyncio.gather(
        *(shadow.send(business.owner, draft.id) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(tap).__name__ for tap in taps) == ["DraftGone", "DraftGone", "DraftGone", "NoneType"]
    assert said(ask)[-1] == ("human", draft.body)
    assert ask("select count(*) from messages where org_id = %s and sender = 'human'") == [(1,)]
    [(sources, author)] = ask(
        "select jsonb_array_length(sources), author_id from messages where org_id = %s and sender = 'human'"
    )
    assert (sources, author) == (1, business.owner.user_id)


async def test_after_it_was_sent_the_agent_goes_on_drafting(
    visitor: Visitor, business: Business, ask: Ask
) -> None:
    await visitor.ask(PRICE)
    await shadow.send(business.owner, (await waiting(business, visitor)).id)

    await visitor.ask("¿Y qué horario tienen?")

    assert "9:00" in (await waiting(business, visitor)).body
    assert ask("select status from conversations where org_id = %s") == [("open",)]


async def test_how_good_it_was_is_counted(visitor: Visitor, business: Business) -> None:
    await visitor.ask(PRICE)
    await shadow.send(business.owner, (await waiting(business, visitor)).id)
    await visitor.ask("¿Tienen estacionamiento?")
    await shadow.send(business.owner, (await waiting(business, visitor)).id, "Sí, atrás.")
    await visitor.ask("¿Qué horario tienen?")
    await shadow.discard(business.owner, (await waiting(business, visitor)).id)
    await visitor.ask(PRICE)
    reply = ReplyForm(text="Yo te atiendo.", draft=uuid4().hex)
    await inbox.reply(business.owner, UUID(visitor.conversation_id), reply)

    score = (await shadow.read(business.owner)).score

    assert score
    assert (score.sent, score.edited, score.discarded, score.waiting, score.percent) == (1, 1, 2, 0, 25)
    assert await shadow.draft(business.owner, UUID(visitor.conversation_id)) is None


async def test_a_draft_that_the_customer_went_on_from_is_not_sent(
    visitor: Visitor, business: Business, ask: Ask
) -> None:
    await visitor.ask(PRICE)
    draft = await waiting(business, visitor)
    ask(
        "insert into messages (org_id, conversation_id, sender, body) values (%s, %s, 'visitor', 'Mejor otra cosa')",
        visitor.conversation_id,
    )

    with pytest.raises(DraftGone) as refused:
        await shadow.send(business.owner, draft.id)

    assert refused.value.code == "shadow_newer"
    assert (await waiting(business, visitor)).newer
    assert said(ask)[-1][0] == "visitor"


async def test_whatsapps_window_holds_when_it_is_sent(visitor: Visitor, business: Business, ask: Ask) -> None:
    await visitor.ask(PRICE)
    draft = await waiting(business, visitor)
    ask("update channels set kind = 'whatsapp', external_id = '1' || left(id::text, 8) where org_id = %s")
    ask(
        "insert into whatsapp_numbers (org_id, channel_id, waba, state) select org_id, id, '100000000000001', 'active' from channels where org_id = %s"
    )
    ask("update conversations set window_until = now() - interval '1 hour' where org_id = %s")

    with pytest.raises(WindowClosed):
        await shadow.send(business.owner, draft.id)

    assert (await waiting(business, visitor)).id == draft.id
    ask("update conversations set window_until = now() + interval '1 hour' where org_id = %s")
    await shadow.send(business.owner, draft.id)
    assert ask("select kind, count(*) from outbox where org_id = %s group by 1") == [("reply", 1)]


async def test_what_nothing_stands_behind_is_in_no_draft(
    http: httpx.AsyncClient, business: Business, fake_llm: FakeLLM
) -> None:
    await shadow.begin(business.owner)
    visitor = Visitor(http, business.slug)
    await visitor.open()
    for _ in range(2):
        fake_llm.will(text="La limpieza dental cuesta $1,999 pesos.")

    await visitor.ask(PRICE)

    assert "1,999" not in (await waiting(business, visitor)).body


async def test_it_ends_by_itself_with_how_good_it_was(visitor: Visitor, business: Business, ask: Ask) -> None:
    await visitor.ask(PRICE)
    await shadow.send(business.owner, (await waiting(business, visitor)).id)
    assert await shadow.over() == 0
    ask(
        "update agents set shadow_since = now() - interval '3 days', shadow_until = now() - interval '1 hour'"
        " where org_id = %s"
    )
    # Past its hour and before anybody ended it, still nothing is said by itself.
    assert (await visitor.ask("¿Tienen estacionamiento?")).names[-1] == "handoff"

    assert await shadow.over() == 1
    assert await shadow.over() == 0

    assert ask("select live, shadow_until from agents where org_id = %s") == [(False, None)]
    [(detail,)] = ask("select detail from alerts where org_id = %s and kind = 'shadow'")
    assert (detail["sent"], detail["waiting"]) == (1, 1)
    last = await shadow.read(business.owner)
    assert (last.on, last.score and last.score.sent) == (False, 1)


async def test_ended_by_hand_the_agent_answers_by_itself(
    visitor: Visitor, business: Business, ask: Ask
) -> None:
    await shadow.end(business.owner)

    answer = await visitor.ask(PRICE)

    assert "$650" in answer.text
    assert ask("select count(*) from shadow_drafts where org_id = %s") == [(0,)]


async def test_nobody_elses_draft_is_sent_or_seen(
    visitor: Visitor, business: Business, database_url: str, ask: Ask
) -> None:
    await visitor.ask(PRICE)
    draft = await waiting(business, visitor)
    stranger = Member(a_business(database_url).owner.user_id, business.org_id, "owner")

    with pytest.raises(NotFound):
        await shadow.send(stranger, draft.id)
    with pytest.raises(DraftGone):
        await shadow.discard(stranger, draft.id)
    for act in (shadow.begin, shadow.end):
        with pytest.raises(NotAllowed):
            await act(stranger)

    assert await shadow.draft(stranger, UUID(visitor.conversation_id)) is None
    assert (await waiting(business, visitor)).id == draft.id
    until = (await shadow.read(business.owner)).until
    assert until
    assert timedelta(hours=47) < until - draft.at
