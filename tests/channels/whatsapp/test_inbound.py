"""What becomes of what customers send, in the real database, through the real engine."""

from tests.channels.whatsapp.meta import (
    Line,
    a_message,
    delivery,
    happens,
    samples,
)

SAMPLES = {sample["name"]: sample for sample in samples()}
QUESTION = "¿Cuánto cuesta una limpieza dental?"


async def test_a_message_is_answered_through_the_outbox(line: Line) -> None:
    news = await happens(delivery(line, a_message(QUESTION, id="wamid.1")))

    assert news == 1
    assert [who for who, _ in line.said()] == ["visitor", "agent"]
    assert "650" in line.said()[1][1]
    assert line.rows("select kind, state from outbox where org_id = :org") == [("answer", "ready")]
    [(name, phone, source, window)] = line.rows(
        "select k.name, k.phone, l.source, c.window_until > now() + interval '23 hours' from contacts k"
        " join leads l on l.contact_id = k.id join conversations c on c.contact_id = k.id where k.org_id = :org"
    )
    assert (name, phone, source, window) == ("Lucía Hernández", "+5215512345678", "whatsapp", True)


async def test_the_same_delivery_again_is_nothing_new(line: Line) -> None:
    raw = delivery(line, a_message(QUESTION, id="wamid.1"))
    await happens(raw)
    line.run("update whatsapp_events set received_at = now() - interval '7 days' where org_id = :org")
    said = line.said()

    again = await happens(raw) + await happens(delivery(line, a_message("otra cosa", id="wamid.1")))

    assert again == 0
    assert line.said() == said
    assert line.rows("select count(*) from whatsapp_envelopes where org_id = :org") == [(2,)]


async def test_who_only_opened_the_chat_is_greeted_as_the_owner_wrote_it(line: Line) -> None:
    line.run("update agents set greeting_es = '¡Hola! Soy Luna, de Clínica Sol.' where org_id = :org")

    await happens(delivery(line, a_message(type="request_welcome")))

    assert line.said() == [("visitor", "[abrió el chat]"), ("agent", "¡Hola! Soy Luna, de Clínica Sol.")]


async def test_who_shares_their_number_is_known_by_it(line: Line) -> None:
    named = {"user_id": "MX.13491208655302741918"}
    card = {"phones": [{"phone": "+52 1 55 1234 5678", "wa_id": "5215512345678", "type": "CELL"}]}
    await happens(delivery(line, a_message("Hola", person=named), person=named))

    await happens(delivery(line, a_message(person=named, type="contacts", contacts=[card]), person=named))

    assert line.rows("select phone from contacts where org_id = :org") == [("+5215512345678",)]
    assert ("visitor", "+5215512345678") in line.said()


async def test_a_friend_s_card_is_nobody_s_number(line: Line) -> None:
    named = {"user_id": "MX.13491208655302741918"}
    card = {"name": {"formatted_name": "Ana Ruiz"}, "phones": [{"phone": "+52 1 55 8765 4321"}]}

    await happens(delivery(line, a_message(person=named, type="contacts", contacts=[card]), person=named))

    assert line.rows("select phone from contacts where org_id = :org") == [(None,)]
