"""Reactions, edits and messages taken back; answers to older messages; and where the agent keeps quiet."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.channels.whatsapp.meta import Line, a_message, delivery, happens
from tests.fakes.llm import FakeLLM
from tests.waiting import until
from vulkn_app.channels.whatsapp import events, receive, work
from vulkn_app.conversations import engine
from vulkn_app.settings import settings

QUESTION = "¿Cuánto cuesta una limpieza dental?"


def a_reaction(to: str, emoji: str | None, **more: Any) -> dict[str, Any]:
    told = {"message_id": to} | ({"emoji": emoji} if emoji is not None else {})
    return a_message(type="reaction", reaction=told, **more)


def we_said(line: Line, text: str, wamid: str) -> None:
    """The last word of the conversation is ours, and this is its id at Meta."""
    line.run(
        "with m as (insert into messages (org_id, conversation_id, sender, body)"
        " select :org, id, 'agent', %s from conversations where org_id = :org returning id)"
        " insert into message_deliveries (org_id, message_id, wamid, state) select :org, id, %s, 'delivered' from m",
        text,
        wamid,
    )


def reactions(line: Line) -> list[tuple]:
    return line.rows("select side, emoji from message_reactions where org_id = :org")


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "✅", "❤️"])
async def test_a_thumb_to_our_question_is_a_yes(line: Line, emoji: str) -> None:
    await happens(delivery(line, a_message("Hola")))
    we_said(line, "¿Confirmas tu cita de mañana?", "wamid.OUT.1")

    await happens(delivery(line, a_reaction("wamid.OUT.1", emoji, id="wamid.r")))

    assert reactions(line) == [("customer", emoji)]
    assert [text for who, text in line.said() if who == "visitor"] == ["Hola", "sí"]
    assert line.said()[-1][0] == "agent"
    [(content,)] = line.rows("select content from messages where org_id = :org and external_id = 'wamid.r'")
    assert content["reaction"] == emoji


@pytest.mark.parametrize(
    ("text", "emoji"),
    [("Te esperamos mañana.", "👍"), ("¿Confirmas tu cita?", "😢"), ("¿Confirmas tu cita?", "👎")],
)
async def test_any_other_reaction_is_shown_and_no_answer(line: Line, text: str, emoji: str) -> None:
    await happens(delivery(line, a_message("Hola")))
    we_said(line, text, "wamid.OUT.1")
    said = line.said()

    await happens(delivery(line, a_reaction("wamid.OUT.1", emoji)))

    assert reactions(line) == [("customer", emoji)]
    assert line.said() == said


async def test_a_thumb_to_an_old_question_is_no_answer(line: Line) -> None:
    await happens(delivery(line, a_message("Hola")))
    we_said(line, "¿Confirmas tu cita de mañana?", "wamid.OUT.1")
    await happens(delivery(line, a_message(QUESTION)))
    said = line.said()

    await happens(delivery(line, a_reaction("wamid.OUT.1", "👍")))

    assert line.said() == said


async def test_a_reaction_is_changed_and_taken_back(line: Line) -> None:
    await happens(delivery(line, a_message("Hola", id="wamid.1")))

    await happens(delivery(line, a_reaction("wamid.1", "👍"), a_reaction("wamid.1", "😂")))
    assert reactions(line) == [("customer", "😂")]
    await happens(delivery(line, a_reaction("wamid.1", None), a_reaction("wamid.unknown", "👍")))

    assert reactions(line) == []
    assert set(line.states().values()) == {"done"}


def an_edit(of: str, text: str, **more: Any) -> dict[str, Any]:
    message = {"type": "text", "text": {"body": text}}
    return a_message(type="edit", edit={"original_message_id": of, "message": message}, **more)


async def test_an_edit_changes_what_is_stored_and_answers_nothing_twice(line: Line) -> None:
    await happens(delivery(line, a_message("Hola", id="wamid.1")))

    await happens(delivery(line, an_edit("wamid.1", "Hola, buenas")))

    assert line.said()[0] == ("visitor", "Hola, buenas")
    assert len(line.said()) == 2
    [(edited, last)] = line.rows(
        "select m.edited_at is not null, c.last_text from messages m join conversations c on c.id = m.conversation_id"
        " where m.org_id = :org and m.external_id = 'wamid.1'"
    )
    assert edited
    assert last != "Hola, buenas"  # ours is the last


async def test_an_edit_before_the_answer_is_what_is_answered(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "burst_patience", 0.5)
    await receive.take(delivery(line, a_message("Hola, una pregunta", id="wamid.1")))
    await work.due()

    await happens(delivery(line, an_edit("wamid.1", QUESTION)))

    assert line.said()[0] == ("visitor", QUESTION)
    assert "$650" in line.said()[1][1]
    assert len(line.said()) == 2


async def test_an_edit_while_the_answer_is_made_begins_it_again(line: Line, fake_llm: FakeLLM) -> None:
    fake_llm.fixed = "La limpieza dental cuesta $650 pesos y dura 40 minutos."
    fake_llm.first_token = 1.5
    await receive.take(delivery(line, a_message("¿Cuánto cuesta una corona?", id="wamid.1")))
    await work.due()
    await until(lambda: _asked(fake_llm))
    fake_llm.first_token = 0.0

    with capture_logs() as logs:
        await happens(
            delivery(line, an_edit("wamid.1", "¿Y una limpieza?", ago=9), an_edit("wamid.1", QUESTION))
        )

    assert line.said() == [("visitor", QUESTION), ("agent", fake_llm.fixed)]
    assert QUESTION in str(fake_llm.requests[-1].body)
    assert "turn.failed" not in {entry["event"] for entry in logs}
    assert line.rows("select attempt - edits, state from turns where org_id = :org") == [(1, "done")]


async def test_an_edited_caption_is_what_is_shown(line: Line) -> None:
    photo = {"type": "image", "image": {"id": "77", "mime_type": "image/jpeg", "caption": "¿Este?"}}
    await happens(delivery(line, a_message(id="wamid.1", **photo)))

    await happens(delivery(line, an_edit("wamid.1", "¿Este diseño?")))

    assert line.rows(
        "select content ->> 'caption' from messages where org_id = :org and external_id = 'wamid.1'"
    ) == [("¿Este diseño?",)]


async def _asked(fake: FakeLLM) -> bool:
    return bool(fake.requests)


def a_revoke(of: str) -> dict[str, Any]:
    return a_message(type="revoke", revoke={"original_message_id": of})


async def test_what_is_taken_back_is_not_kept_and_not_answered(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "burst_patience", 0.5)
    await receive.take(delivery(line, a_message("algo muy privado", id="wamid.1")))
    await work.due()

    await happens(delivery(line, a_revoke("wamid.1"), an_edit("wamid.1", "otra vez")))

    assert line.said() == [("visitor", "[mensaje eliminado]")]
    assert line.rows(
        "select last_text, revoked_at is not null from conversations c join messages m"
        " on m.conversation_id = c.id where c.org_id = :org"
    ) == [("[mensaje eliminado]", True)]
    assert line.rows("select state from turns where org_id = :org") == [("superseded",)]


async def test_the_rest_of_a_burst_is_answered_without_what_was_taken_back(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "burst_patience", 0.5)
    await receive.take(delivery(line, a_message("espera", id="wamid.1"), a_message(QUESTION, id="wamid.2")))
    await work.due()

    await happens(delivery(line, a_revoke("wamid.1")))

    assert [text for who, text in line.said() if who == "visitor"] == ["[mensaje eliminado]", QUESTION]
    assert "$650" in line.said()[-1][1]


async def test_an_answer_to_an_older_message_says_to_which(line: Line) -> None:
    await happens(delivery(line, a_message(QUESTION, id="wamid.1")))
    await happens(delivery(line, a_message("Hola")))

    await happens(delivery(line, a_message("¿sigue igual?", context={"id": "wamid.1", "from": "x"})))

    [(body, words, quoted)] = line.rows(
        "select m.body, m.content ->> 'text', q.external_id from messages m join messages q on q.id = m.reply_to_id"
        " where m.org_id = :org"
    )
    assert (words, quoted) == ("¿sigue igual?", "wamid.1")
    assert QUESTION in body
    assert body.endswith("¿sigue igual?")


async def test_a_person_who_has_the_conversation_gets_the_message(line: Line) -> None:
    await happens(delivery(line, a_message("Hola")))
    line.run("update conversations set status = 'human', handoff_at = now() where org_id = :org")

    await happens(
        delivery(
            line, a_message(QUESTION), a_message(type="unsupported"), a_message(type="sticker", sticker={})
        )
    )

    assert [who for who, _ in line.said()] == ["visitor", "agent", "visitor", "visitor", "visitor"]
    assert line.rows("select unread from conversations where org_id = :org") == [(4,)]


@pytest.mark.parametrize(
    "off",
    [
        "update channels set status = 'paused' where org_id = :org and kind = 'whatsapp'",
        "update agents set live = false where org_id = :org",
        "update organizations set status = 'suspended' where id = :org",
    ],
)
async def test_where_the_agent_is_off_messages_are_kept_and_not_answered(line: Line, off: str) -> None:
    line.run(off)

    await happens(delivery(line, a_message(QUESTION), a_message(type="unsupported")))

    assert [who for who, _ in line.said()] == ["visitor", "visitor"]
    assert set(line.states().values()) == {"done"}


async def test_what_is_older_than_a_day_is_kept_and_not_answered(line: Line) -> None:
    old = 25 * 3600
    await happens(
        delivery(line, a_message(QUESTION, ago=old), a_message(type="unsupported", timestamp="1700000000"))
    )

    assert [who for who, _ in line.said()] == ["visitor", "visitor"]
    assert line.rows("select window_until < now() from conversations where org_id = :org") == [(True,)]


async def test_the_window_never_goes_back(line: Line) -> None:
    await happens(delivery(line, a_message("Hola")))
    [(before,)] = line.rows("select window_until from conversations where org_id = :org")

    await happens(delivery(line, a_message("de ayer", ago=20 * 3600)))

    assert line.rows("select window_until from conversations where org_id = :org") == [(before,)]


async def test_what_is_meant_for_another_is_kept_and_not_answered(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def takes_it(happened: events.Happened, person: object) -> bool:
        return happened.item["text"]["body"] == "para otro"

    monkeypatch.setattr(events, "LISTENERS", events.LISTENERS)
    events.LISTENERS.append(takes_it)
    try:
        await happens(delivery(line, a_message("para otro"), a_message(QUESTION)))
    finally:
        events.LISTENERS.remove(takes_it)

    assert [who for who, _ in line.said()] == ["visitor", "visitor", "agent"]


async def test_a_stranger_who_only_wants_no_messages_is_no_lead(line: Line) -> None:
    leads = "select count(*) from leads where org_id = :org"

    await happens(delivery(line, a_message("BAJA")))

    assert line.rows(leads) == [(0,)]

    await happens(delivery(line, a_message(QUESTION)))

    assert line.rows(leads) == [(1,)]


async def test_the_first_ad_is_what_the_lead_came_by(line: Line) -> None:
    await happens(delivery(line, a_message("Hola")))
    for number in (1, 2):
        ad = {
            "source_id": str(number),
            "source_type": "ad",
            "headline": "Promo",
            "source_url": "https://fb.me/x",
        }
        await happens(delivery(line, a_message("Quiero información", referral=ad)))

    assert line.rows("select source, source_detail ->> 'source_id' from leads where org_id = :org") == [
        ("ad", "1")
    ]


async def test_nothing_of_a_message_gets_into_the_log(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    await happens(delivery(line, a_message("mi secreto es 1234"), a_message(type="hologram", id="wamid.h")))
    await happens(delivery(line, an_edit("wamid.h", "otro secreto")))
    assert engine

    told = capsys.readouterr()

    for private in ("secreto", "5215512345678", "525512345678", "Lucía", "MX.1349"):
        assert private not in told.out + told.err
