"""The channels and their templates, driven through their handlers."""

import pytest

from state.channels import ChannelsState
from state.templates import TemplatesState
from tests.connected import a_chat, a_number
from tests.exchanged import a_template
from tests.factories import a_business
from tests.fakes.graph import TOKEN, FakeGraph
from tests.state.conftest import OpenPage, run
from vulkn_app.channels.whatsapp.board import people_of
from vulkn_app.errors import NotAllowed

NUMBER, WABA = "104512345678901", "102290129340398"


async def test_what_meta_refuses_is_a_sentence_and_what_it_takes_is_a_card(
    page: OpenPage, database_url: str, fake_graph: FakeGraph
) -> None:
    fake_graph.numbers[WABA] = [NUMBER]
    channels = await page(ChannelsState, a_business(database_url).owner)
    await run(ChannelsState.load, channels)
    await run(ChannelsState.begin, channels, "")
    form = {"phone_number_id": f" {NUMBER[:5]} {NUMBER[5:]}", "waba": WABA, "token": "EAA-of-nobody"}

    await run(ChannelsState.connect, channels, form)
    assert channels.problem.startswith("El token no sirve")
    assert channels.wants
    await run(ChannelsState.connect, channels, {**form, "token": f"{TOKEN}\n"})

    assert (channels.problem, channels.wants) == ("", False)
    assert [(one.state, one.quality, one.people) for one in channels.numbers] == [
        ("active", "green", "1,000")
    ]
    assert TOKEN not in str(channels.dict())


async def test_a_number_is_paused_and_goes_on(
    page: OpenPage, database_url: str, fake_graph: FakeGraph
) -> None:
    business = a_business(database_url)
    line = a_number(database_url, business)
    channels = await page(ChannelsState, business.owner)
    await run(ChannelsState.load, channels)

    await run(ChannelsState.pause, channels, str(line.channel_id), True)
    assert channels.numbers[0].paused
    await run(ChannelsState.pause, channels, str(line.channel_id), False)

    assert not channels.numbers[0].paused
    theirs = a_number(database_url, a_business(database_url))
    with pytest.raises(NotAllowed):
        await run(ChannelsState.pause, channels, str(theirs.channel_id), True)


async def test_a_disconnected_number_is_shown_with_its_way_back(
    page: OpenPage, database_url: str, fake_graph: FakeGraph
) -> None:
    business = a_business(database_url)
    line = a_number(database_url, business)
    channels = await page(ChannelsState, business.owner)
    await run(ChannelsState.load, channels)
    assert channels.connected

    await run(ChannelsState.ask_to_leave, channels, str(line.channel_id))
    await run(ChannelsState.disconnect, channels)

    assert not channels.connected
    assert [one.problem for one in channels.numbers] == ["disconnected"]
    await run(ChannelsState.begin, channels, str(line.channel_id))
    assert channels.given_waba == WABA


async def test_a_template_of_ours_goes_to_meta_and_leaves_the_offer(
    page: OpenPage, database_url: str, fake_graph: FakeGraph
) -> None:
    business = a_business(database_url)
    line = a_number(database_url, business)
    a_template(database_url, a_chat(database_url, line), "promo", "Hola", status="rejected", reason="Vende")
    templates = await page(TemplatesState, business.owner)
    await run(TemplatesState.load, templates)
    offered = {row.purpose for row in templates.pack}

    await run(TemplatesState.use, templates, "reply_waiting", "es")

    assert offered - {row.purpose for row in templates.pack} == {"reply_waiting"}
    assert {(row.name, row.status.value) for row in templates.rows} == {
        ("promo", "rejected"),
        ("vulkn_reply_waiting_1", "pending"),
    }
    assert [one["name"] for one in fake_graph.templates] == ["vulkn_reply_waiting_1"]


async def test_without_a_number_there_are_no_templates(page: OpenPage, database_url: str) -> None:
    templates = await page(TemplatesState, a_business(database_url).owner)

    await run(TemplatesState.load, templates)

    assert (templates.loaded, templates.channel_id, templates.rows, templates.pack) == (True, "", [], [])


@pytest.mark.parametrize(
    ("tier", "people"),
    [("TIER_250", "250"), ("TIER_1K", "1,000"), ("TIER_100K", "100,000"), ("2000", "2,000"),
     ("TIER_UNLIMITED", "unlimited"), ("", ""), ("TIER_NOT_SET", "")],
)  # fmt: skip
def test_a_tier_is_a_number_of_people(tier: str, people: str) -> None:
    assert people_of(tier) == people
