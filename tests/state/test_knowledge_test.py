"""The room where the search is tried."""

import pytest

from state.knowledge_test import KnowledgeTestState
from tests.conversing import a_conversation
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run

PATH = "/app/knowledge/test/"


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


async def test_a_question_shows_what_was_found_and_whether_it_is_enough(
    page: OpenPage, business: Business
) -> None:
    room = await page(KnowledgeTestState, business.owner, PATH)
    await run(KnowledgeTestState.load, room)

    await run(KnowledgeTestState.ask, room, {"question": "  cuanto cuesta la limpiesa dental "})

    assert (room.question, room.looking, room.answers, room.verdict) == (
        "cuanto cuesta la limpiesa dental",
        False,
        True,
        "sure",
    )
    assert (room.rows[0].title, room.rows[0].enough) == ("Precio de la limpieza dental", True)
    assert "$650" in room.evidence


async def test_an_address_may_ask(page: OpenPage, business: Business) -> None:
    room = await page(KnowledgeTestState, business.owner, f"{PATH}?q=alberca")
    await run(KnowledgeTestState.load, room)

    assert (room.question, room.answers) == ("alberca", False)


async def test_a_real_question_is_replayed_and_the_language_changed(
    page: OpenPage, business: Business, database_url: str
) -> None:
    a_conversation(database_url, business, "¿Cuánto cuesta la limpieza?", outcome="answered")
    room = await page(KnowledgeTestState, business.owner, PATH)
    await run(KnowledgeTestState.load, room)

    await run(KnowledgeTestState.replay, room, room.asked[0].question)
    heard = room.heard
    await run(KnowledgeTestState.pick_language, room, "en")

    assert (room.asked[0].outcome, heard, room.heard) == ("answered", "es", "en")


async def test_an_empty_question_clears_the_room(page: OpenPage, business: Business) -> None:
    room = await page(KnowledgeTestState, business.owner, PATH)
    await run(KnowledgeTestState.ask, room, {"question": "limpieza dental"})

    await run(KnowledgeTestState.ask, room, {"question": "   "})

    assert (room.verdict, room.rows) == ("", [])
