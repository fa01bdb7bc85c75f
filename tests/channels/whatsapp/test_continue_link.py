"""A visitor of the website who goes on in WhatsApp is one person, whoever they were there before."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.channels.whatsapp.meta import Line, a_line, a_message
from tests.channels.whatsapp.test_rules import tell, write
from tests.factories import Visitor
from vulkn_app.channels.whatsapp import continue_link, people
from vulkn_app.channels.whatsapp.events import Happened

# Whatever points to a contact follows; a table that is not here would be left behind.
FOLLOWS = {
    "conversations",
    "leads",
    "skill_states",
    "bookings",
    "consents",
    "intake_answers",
    "contact_identities",
    "history_messages",
}


@pytest.fixture
def shown(line: Line) -> Line:
    line.run("update whatsapp_numbers set display_phone = '+52 55 5000 1111' where org_id = :org")
    return line


@pytest.fixture
async def visitor(http: httpx.AsyncClient, shown: Line) -> Visitor:
    """Asked something on the website, told a name and an address, and is in the middle of a form."""
    one = Visitor(http, shown.business.slug)
    await one.open()
    await one.ask("¿Cuánto cuesta la limpieza dental? Me llamo Ana Ruiz, ana@correo.mx")
    contact = "(select contact_id from conversations where org_id = :org and id = %s)"
    shown.run(
        f"insert into skill_states (org_id, contact_id, skill, state, expires_at)"
        f" values (:org, {contact}, 'intake', '{{\"step\": 2}}', now() + interval '1 day')",
        one.conversation_id,
    )
    shown.run(
        f"insert into consents (org_id, contact_id, granted, wording, language) values (:org, {contact}, true, '¿Aceptas?', 'es')",
        one.conversation_id,
    )
    return one


async def a_link(visitor: Visitor) -> str:
    answer = await visitor.http.post(
        f"/api/widget/{visitor.slug}/whatsapp-link", headers={"authorization": f"Bearer {visitor.token}"}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["url"]


def text_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["text"][0]


def contacts(line: Line) -> list[tuple[Any, ...]]:
    return line.rows("select name, email from contacts where org_id = :org")


async def test_the_link_opens_whatsapp_with_a_code_that_can_be_read(visitor: Visitor) -> None:
    url = await a_link(visitor)

    assert url.startswith("https://wa.me/525550001111?text=")
    assert re.search(r"VK-[A-Z2-9]{5}-[A-Z2-9]{5}", text_of(url))
    assert text_of(url) != text_of(await a_link(visitor))


async def test_a_new_person_on_whatsapp_is_the_visitor(visitor: Visitor, shown: Line) -> None:
    await write(shown, text_of(await a_link(visitor)))

    assert contacts(shown) == [("Ana Ruiz", "ana@correo.mx")]
    assert shown.rows("select count(*) from leads where org_id = :org") == [(1,)]
    assert shown.rows("select source from leads where org_id = :org") == [("web",)]
    assert shown.rows("select skill, state from skill_states where org_id = :org and skill = 'intake'") == [
        ("intake", {"step": 2})
    ]
    assert len(shown.rows("select distinct contact_id from conversations where org_id = :org")) == 1
    assert shown.rows(
        "select count(*) from consents c join contacts k on k.id = c.contact_id where c.org_id = :org"
    ) == [(1,)]
    kinds = shown.rows("select kind from contact_identities where org_id = :org order by 1")
    assert kinds == [("bsuid",), ("phone",)]
    said = [text for sender, text in shown.said() if sender == "visitor"]
    assert said[-1] == "Hola, sigo aquí la conversación de su sitio."


async def test_a_known_person_keeps_their_name_and_what_they_were(visitor: Visitor, shown: Line) -> None:
    await write(shown, "Hola, ¿abren hoy?")
    shown.run(
        "update leads set notes = 'VIP', stage = 'won', score = 90 where org_id = :org and source = 'whatsapp'"
    )

    await write(shown, text_of(await a_link(visitor)))
    await write(shown, "¿Y mañana?")

    assert contacts(shown) == [("Lucía Hernández", "ana@correo.mx")]
    assert shown.rows("select stage, score, notes from leads where org_id = :org") == [("won", 90, "VIP")]
    assert shown.rows("select count(*) from conversations where org_id = :org") == [(2,)]


async def test_a_code_counts_once_even_for_two_at_once(visitor: Visitor, shown: Line) -> None:
    text = text_of(await a_link(visitor))
    await write(shown, text)
    thief = {"wa_id": "5215599998888", "user_id": "MX.777", "profile": {"name": "Otro"}}
    await tell(shown, "messages", {"contacts": [thief], "messages": [a_message(text, person=thief)]})

    assert len(contacts(shown)) == 2
    assert ("Otro", None) in contacts(shown)


async def test_two_who_bring_the_same_code_at_once_are_not_both_the_visitor(
    visitor: Visitor, shown: Line
) -> None:
    text = text_of(await a_link(visitor))
    persons = [
        await people.person(
            shown.agent,
            shown.channel_id,
            user_id=f"MX.{n}",
            parent_user_id="",
            phone="",
            username="",
            name=f"P{n}",
        )
        for n in range(4)
    ]
    told = Happened(shown.agent, uuid4(), shown.channel_id, "", "message", datetime.now(UTC), {})

    await asyncio.gather(*(continue_link.taken(told, one, text) for one in persons if one))

    assert sum(email == "ana@correo.mx" for _, email in contacts(shown)) == 1
    assert len(contacts(shown)) == 4


async def test_an_old_code_joins_nobody_and_is_not_shown(visitor: Visitor, shown: Line) -> None:
    text = text_of(await a_link(visitor))
    shown.run("update app.continue_links set expires_at = now() - interval '1 second' where org_id = :org")

    await write(shown, text)

    assert len(contacts(shown)) == 2
    assert "VK-" not in shown.said()[-2][1]


async def test_a_code_of_nobody_s_is_a_customer_s_own_words(shown: Line) -> None:
    await write(shown, "Mi pedido es VK-ABCDE-FGHJK")

    assert ("visitor", "Mi pedido es VK-ABCDE-FGHJK") in shown.said()


async def test_another_business_s_code_is_nothing_here(
    visitor: Visitor, shown: Line, database_url: str
) -> None:
    other = a_line(database_url)

    await write(other, text_of(await a_link(visitor)))

    assert contacts(other) == [("Lucía Hernández", None)]
    assert shown.rows("select used_at from app.continue_links where org_id = :org") == [(None,)]


async def test_a_person_who_has_the_case_has_it_on_whatsapp_too(visitor: Visitor, shown: Line) -> None:
    shown.run(
        "update conversations set status = 'human', handoff_reason = 'complaint' where org_id = :org and id = %s",
        visitor.conversation_id,
    )

    await write(shown, text_of(await a_link(visitor)))

    assert shown.rows(
        "select status, handoff_reason from conversations where org_id = :org and channel_id = %s",
        shown.channel_id,
    ) == [("human", "complaint")]


async def test_an_appointment_to_come_is_spoken_of_on_whatsapp(visitor: Visitor, shown: Line) -> None:
    shown.run(
        "with s as (insert into services (org_id, name_es, minutes) values (:org, 'Corte', 30) returning id),"
        " r as (insert into resources (org_id, name) values (:org, 'Laura') returning id)"
        " insert into bookings (org_id, code, conversation_id, contact_id, service_id, resource_id, starts_at, ends_at,"
        " occupied, name) select :org, 'K7MQ2X', c.id, c.contact_id, s.id, r.id, t, t + interval '30 minutes',"
        " tstzrange(t, t + interval '30 minutes'), 'Ana' from s, r, conversations c,"
        " (values (now() + interval '2 days')) v (t) where c.id = %s",
        visitor.conversation_id,
    )

    await write(shown, text_of(await a_link(visitor)))

    ((channel,),) = shown.rows(
        "select c.channel_id from bookings b join conversations c on c.id = b.conversation_id where b.org_id = :org"
    )
    assert channel == shown.channel_id
    assert shown.rows("select name from bookings where org_id = :org") == [("Ana",)]


@pytest.mark.parametrize("state", ["down", "reauth", "connecting"])
async def test_without_a_number_that_takes_messages_there_is_no_link(
    visitor: Visitor, shown: Line, state: str
) -> None:
    shown.run("update whatsapp_numbers set state = %s where org_id = :org", state)

    answer = await visitor.http.post(
        f"/api/widget/{visitor.slug}/whatsapp-link", headers={"authorization": f"Bearer {visitor.token}"}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "whatsapp_no_link")


async def test_a_stranger_gets_no_link(visitor: Visitor) -> None:
    for headers in ({}, {"authorization": "Bearer nobody"}):
        answer = await visitor.http.post(f"/api/widget/{visitor.slug}/whatsapp-link", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "visitor_unknown")


def test_everything_that_points_to_a_contact_follows(database_url: str) -> None:
    with psycopg.connect(database_url) as admin:
        found = admin.execute(
            "select conrelid::regclass::text from pg_constraint where contype = 'f'"
            " and confrelid = 'public.contacts'::regclass"
        ).fetchall()

    assert {name for (name,) in found} == FOLLOWS
