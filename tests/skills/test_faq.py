"""Looking up: what is found is told as found, and nothing found is not filled in."""

from uuid import uuid4

from tests.skilled import a_loose_turn
from vulkn_app.knowledge.index import Entry, Index
from vulkn_app.skills.base import ToolResult
from vulkn_app.skills.faq import SKILL, FaqConfig, Question, search_knowledge

INDEX = Index.build(
    [
        Entry(uuid4(), "Precio de la limpieza dental", "La limpieza dental cuesta $650 pesos.", "es"),
        Entry(uuid4(), "Price of a dental cleaning", "A dental cleaning costs $650 pesos.", "en"),
        Entry(uuid4(), "Estacionamiento", "Hay estacionamiento gratuito atrás.", "es"),
    ]
)


async def looked_up(question: str, *, language: str = "es", **config: int) -> ToolResult:
    turn = a_loose_turn(language="en" if language == "en" else "es", look_up=INDEX.search)
    return await search_knowledge(turn, FaqConfig(**config), Question(question=question))


async def test_what_is_found_is_evidence() -> None:
    result = await looked_up("precio de la limpieza dental")

    assert "$650" in result.text
    assert any("$650" in fact for fact in result.facts)
    assert result.say == "La limpieza dental cuesta $650 pesos."


async def test_the_entry_in_the_customers_language_is_said() -> None:
    assert (
        await looked_up("dental cleaning price", language="en")
    ).say == "A dental cleaning costs $650 pesos."


async def test_nothing_found_is_said_as_such() -> None:
    result = await looked_up("renta de helicópteros")

    assert result.text.startswith("Nothing in the knowledge")
    assert (result.say, result.facts) == ("", ())


async def test_no_more_entries_than_the_owner_allows() -> None:
    assert (await looked_up("limpieza dental cleaning", entries=1)).text.count("##") == 1


async def test_a_turn_without_knowledge_finds_nothing() -> None:
    result = await search_knowledge(a_loose_turn(), FaqConfig(), Question(question="precio"))

    assert result.facts == ()
    assert await SKILL.rehearse(a_loose_turn("precio"), FaqConfig()) is None
