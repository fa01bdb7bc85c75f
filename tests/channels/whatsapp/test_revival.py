"""A number that lost its way to Meta goes on by itself when Meta answers again, and says so."""

import pytest
from pydantic import ValidationError

from tests.channels.whatsapp.meta import Line, a_message, delivery, give_token, happens
from tests.factories import a_business
from tests.fakes.graph import FakeGraph
from tests.waiting import until
from vulkn_app.channels.whatsapp import numbers, revival, trying
from vulkn_app.channels.whatsapp.refusals import WhatsAppRefused
from vulkn_app.channels.whatsapp.trying import TestForm
from vulkn_app.db import Member
from vulkn_app.errors import NotAllowed, NotFound

STATE = "select state, problem from whatsapp_numbers where org_id = :org"
TOLD = "select detail ->> 'what' from alerts where org_id = :org and seen_at is null order by 1"


@pytest.fixture
def unwell(line: Line) -> Line:
    give_token(line)
    line.run(
        "update whatsapp_numbers set state = 'reauth', problem = 'token', problem_code = 190 where org_id = :org"
    )
    line.run(
        "insert into alerts (org_id, kind, key, detail) values (:org, 'channel', %s, '{\"what\": \"token\"}')",
        f"{line.channel_id}:token::2026-11-30",
    )
    numbers._known.clear()
    return line


async def test_it_is_looked_at_by_the_clock_and_is_well_once_meta_says_so(
    unwell: Line, fake_graph: FakeGraph
) -> None:
    fake_graph.tokens.clear()
    await revival.due()
    assert unwell.rows(STATE) == [("reauth", "token")]
    fake_graph.tokens.add("EAAtest")

    await revival.due()
    assert unwell.rows(STATE) == [("reauth", "token")]  # not that soon again
    unwell.run("update whatsapp_numbers set looked_at = now() - interval '11 minutes' where org_id = :org")
    await revival.due()

    assert unwell.rows(STATE) == [("active", None)]
    assert unwell.rows(TOLD) == [("back",)]


async def test_what_comes_in_makes_us_look(unwell: Line, fake_graph: FakeGraph) -> None:
    await happens(delivery(unwell, a_message("Hola")))

    async def well() -> bool:
        return unwell.rows(STATE) == [("active", None)]

    await until(well)


@pytest.mark.parametrize("facts", [{"status": "DISCONNECTED"}, {"status": "BANNED"}])
async def test_a_number_that_meta_does_not_call_connected_stays_down(
    unwell: Line, fake_graph: FakeGraph, facts: dict[str, str]
) -> None:
    fake_graph.facts |= facts

    await revival.due()

    assert unwell.rows(STATE) == [("reauth", "token")]


async def test_a_test_arrives_on_the_owner_s_phone_and_shows_that_the_number_lives(
    unwell: Line, fake_graph: FakeGraph
) -> None:
    owner = unwell.business.owner
    fake_graph.token_facts["expires_at"] = 1_900_000_000
    await trying.send(owner, unwell.channel_id, TestForm(phone="+52 55 1234 5678"))

    [taken] = fake_graph.taken
    assert (taken.to, taken.said) == ("+525512345678", "hello_world")
    assert unwell.rows(STATE) == [("active", None)]
    assert unwell.rows("select token_expires_at is not null from whatsapp_numbers where org_id = :org") == [
        (True,)
    ]
    fake_graph.will(code=131030)
    with pytest.raises(WhatsAppRefused):
        await trying.send(owner, unwell.channel_id, TestForm(phone="+52 55 1234 5678"))
    for nonsense in ("", "12", "hola"):
        with pytest.raises(ValidationError):
            TestForm(phone=nonsense)


async def test_nobody_sends_a_test_from_somebody_else_s_number(
    unwell: Line, fake_graph: FakeGraph, database_url: str
) -> None:
    stranger = a_business(database_url).owner
    for member in (stranger, Member(stranger.user_id, unwell.business.org_id)):
        with pytest.raises((NotAllowed, NotFound)):
            await trying.send(member, unwell.channel_id, TestForm(phone="+52 55 1234 5678"))

    assert fake_graph.requests == []


async def test_what_the_owner_disconnected_is_left_alone(unwell: Line, fake_graph: FakeGraph) -> None:
    unwell.run("update whatsapp_numbers set problem = 'disconnected' where org_id = :org")

    await revival.due()
    await happens(delivery(unwell, a_message("Hola")))

    assert unwell.rows(STATE) == [("reauth", "disconnected")]
    assert not any(unwell.number in request.path for request in fake_graph.requests)
