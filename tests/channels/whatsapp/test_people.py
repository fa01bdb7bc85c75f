"""One person is one contact, by whichever of their names they come."""

import asyncio
from typing import Any

import pytest

from tests.channels.whatsapp.meta import Line, a_line, a_message, delivery, happens
from vulkn_app.channels.whatsapp import people
from vulkn_app.channels.whatsapp.people import Person

BSUID, OTHER = "MX.13491208655302741918", "MX.20000000000000000002"
PHONE = "5215512345678"


async def person(line: Line, **names: Any) -> Person:
    known: dict[str, Any] = {"user_id": "", "parent_user_id": "", "phone": "", "username": "", "name": ""}
    found = await people.person(line.agent, line.channel_id, **(known | names))
    assert found
    return found


async def test_an_id_and_a_number_are_linked_when_they_come_together(line: Line) -> None:
    by_phone = await person(line, phone=PHONE)
    both = await person(line, user_id=BSUID, phone="525512345678")
    by_id = await person(line, user_id=BSUID)

    assert by_phone.contact_id == both.contact_id == by_id.contact_id
    assert by_phone.conversation_id == by_id.conversation_id
    assert line.rows("select phone from contacts where org_id = :org") == [("+5215512345678",)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("5215512345678", "525512345678"), ("5491123456789", "541123456789"), ("5511987654321", "551187654321")],
)
async def test_a_number_written_in_two_ways_is_one_person(line: Line, one: str, other: str) -> None:
    assert (await person(line, phone=one)).contact_id == (await person(line, phone=other)).contact_id


async def test_a_landline_and_a_mobile_of_the_same_digits_are_two_people(line: Line) -> None:
    one, other = await person(line, phone="551132345678"), await person(line, phone="5511932345678")

    assert one.contact_id != other.contact_id


async def test_twenty_deliveries_about_a_stranger_make_one_contact(line: Line) -> None:
    found = await asyncio.gather(*(person(line, user_id=BSUID, phone=PHONE) for _ in range(20)))

    assert len({one.contact_id for one in found}) == 1
    assert line.rows("select count(*) from contacts where org_id = :org") == [(1,)]
    assert line.rows("select count(*) from conversations where org_id = :org") == [(1,)]


async def test_who_wrote_under_a_name_and_under_a_number_is_joined_later(line: Line) -> None:
    named, numbered = await person(line, user_id=BSUID), await person(line, phone=PHONE)
    assert named.contact_id != numbered.contact_id

    both = await person(line, user_id=BSUID, phone=PHONE)

    assert both.contact_id == named.contact_id
    assert (await person(line, phone=PHONE)).contact_id == named.contact_id


async def writes(line: Line, text: str, who: dict[str, Any]) -> None:
    await happens(delivery(line, a_message(text, person=who), person=who))


async def test_both_pasts_of_one_person_are_theirs_once_both_names_come_together(line: Line) -> None:
    await writes(line, "¿Abren hoy?", {"wa_id": PHONE})
    await writes(line, "¿Y mañana?", {"user_id": BSUID})
    line.run("update conversations set window_until = now() + interval '5 hours' where org_id = :org")
    line.run("update contacts set email = 'lu@ejemplo.mx' where org_id = :org and phone is not null")

    await writes(line, "Gracias", {"user_id": BSUID, "wa_id": PHONE})

    assert line.rows("select phone, email from contacts where org_id = :org") == [
        (f"+{PHONE}", "lu@ejemplo.mx")
    ]
    assert line.rows("select count(*) from leads where org_id = :org") == [(1,)]
    threads = line.rows(
        "select c.status, array_agg(m.body order by m.seq) filter (where m.sender = 'visitor') from conversations c"
        " join messages m on m.conversation_id = c.id where c.org_id = :org group by c.id order by min(m.created_at)"
    )
    assert threads == [("closed", ["¿Abren hoy?"]), ("open", ["¿Y mañana?", "Gracias"])]
    assert line.rows(
        "select window_until > now() + interval '23 hours' from conversations where org_id = :org and status = 'open'"
    ) == [(True,)]


async def test_a_number_that_was_given_out_again_joins_nobody(line: Line) -> None:
    first = await person(line, user_id=BSUID, phone=PHONE)
    await person(line, user_id=OTHER)
    second = await person(line, user_id=OTHER, phone=PHONE)

    assert first.contact_id != second.contact_id


async def test_who_wrote_from_the_new_number_before_we_were_told_is_joined(line: Line) -> None:
    old, new = await person(line, phone=PHONE), await person(line, phone="5215587654321")

    await people.moved(
        line.agent, old_user="", old_phone=PHONE, new_user=BSUID, new_parent="", new_phone="5215587654321"
    )

    assert line.rows("select id from contacts where org_id = :org") == [(old.contact_id,)]
    assert {one.contact_id for one in (old, await person(line, user_id=BSUID))} == {old.contact_id}
    assert new.contact_id != old.contact_id


async def test_the_portfolios_id_links_the_ids_of_two_numbers(line: Line) -> None:
    one = await person(line, user_id=BSUID, parent_user_id="MX.ENT.1")
    other = await person(line, user_id=OTHER, parent_user_id="MX.ENT.1")

    assert one.contact_id == other.contact_id


async def test_a_username_changes_and_a_name_that_was_given_stays(line: Line) -> None:
    await person(line, user_id=BSUID, username="lu.hdz", name="Lucía")
    await person(line, user_id=BSUID, username="lucia.mx", name="Otra")
    await person(line, user_id=BSUID)

    assert line.rows("select username, name from contacts where org_id = :org") == [("lucia.mx", "Lucía")]


async def test_a_number_change_never_makes_a_second_person(line: Line) -> None:
    before = await person(line, user_id=BSUID, phone=PHONE)
    moved = {
        "old_user": BSUID, "old_phone": PHONE, "new_user": OTHER, "new_parent": "", "new_phone": "5215599990000",
    }  # fmt: skip
    for _ in range(2):
        assert await people.moved(line.agent, **moved)

    names = [
        {"user_id": OTHER, "phone": "525599990000"},
        {"phone": "5215599990000"},
        {"user_id": BSUID},
        {"phone": PHONE},
    ]
    for name in names:
        assert (await person(line, **name)).contact_id == before.contact_id
    assert line.rows("select phone from contacts where org_id = :org") == [("+5215599990000",)]


async def test_a_change_that_comes_after_the_new_number_wrote_joins_the_two(line: Line) -> None:
    before = await person(line, user_id=BSUID, phone=PHONE)
    await person(line, user_id=OTHER, phone="5215599990000")

    await people.moved(
        line.agent, old_user=BSUID, old_phone=PHONE, new_user=OTHER, new_parent="", new_phone="5215599990000"
    )

    assert (await person(line, user_id=OTHER, phone="5215599990000")).contact_id == before.contact_id


async def test_the_next_owner_of_a_left_number_is_a_stranger(line: Line) -> None:
    before = await person(line, user_id=BSUID, phone=PHONE)
    await people.moved(
        line.agent, old_user=BSUID, old_phone=PHONE, new_user="", new_parent="", new_phone="5215599990000"
    )

    stranger = await person(line, user_id=OTHER, phone=PHONE)

    assert stranger.contact_id != before.contact_id
    assert (await person(line, phone=PHONE)).contact_id == stranger.contact_id
    assert (await person(line, user_id=BSUID)).contact_id == before.contact_id


async def test_nobody_is_made_of_nothing_or_where_none_is_wanted(line: Line) -> None:
    none: dict[str, Any] = {"user_id": "", "parent_user_id": "", "phone": "", "username": "x", "name": "X"}

    assert await people.person(line.agent, line.channel_id, **none) is None
    assert await people.person(line.agent, line.channel_id, **{**none, "phone": PHONE}, create=False) is None
    assert line.rows("select count(*) from contacts where org_id = :org") == [(0,)]


async def test_two_numbers_of_a_business_are_two_conversations_of_one_person(
    line: Line, database_url: str
) -> None:
    second = a_line(database_url, line.business)
    one, other = await person(line, user_id=BSUID), await person(second, user_id=BSUID)

    assert one.contact_id == other.contact_id
    assert one.conversation_id != other.conversation_id


async def test_two_businesses_do_not_share_a_person(line: Line, database_url: str) -> None:
    other = a_line(database_url)
    for owner in (line, other):
        await happens(delivery(owner, a_message("Hola")))

    for owner in (line, other):
        assert owner.rows("select count(*) from contacts where org_id = :org") == [(1,)]
        assert [who for who, _ in owner.said()] == ["visitor", "agent"]
