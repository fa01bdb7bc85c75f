"""Trying the agent out costs what it costs and changes nothing else."""

import psycopg
import pytest
from limits import parse

from tests.factories import Business, a_business
from tests.fakes.llm import FakeLLM
from vulkn_app import limits
from vulkn_app.conversations.playground import Playground
from vulkn_app.errors import TooMuch

UNTOUCHED = (
    "conversations",
    "messages",
    "turns",
    "leads",
    "contacts",
    "usage_months",
    "alerts",
    "skill_states",
)


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


async def test_the_playground_answers_like_the_agent_and_shows_why(
    business: Business, deployment: None, fake_llm: FakeLLM, database_url: str
) -> None:
    fake_llm.will(text="La limpieza dental cuesta $650 pesos.")

    tried = await Playground(business.owner).ask("¿Cuánto cuesta una limpieza?")

    assert tried.text == "La limpieza dental cuesta $650 pesos."
    assert tried.evidence[0].title == "Precio de la limpieza dental"
    assert [figure["text"] for figure in tried.figures] == ["$650 pesos"]
    assert tried.cost_micro_usd > 0
    with psycopg.connect(database_url) as admin:
        for table in UNTOUCHED:
            found = admin.execute(
                f"select count(*) from {table} where org_id = %s".encode(), (business.org_id,)
            ).fetchone()
            assert found == (0,), table
        usage = admin.execute(
            "select channel, cost_micro_usd > 0 from usage_events where org_id = %s", (business.org_id,)
        ).fetchall()
    assert usage == [("playground", True)]


async def test_a_trial_conversation_goes_on_where_it_was(
    business: Business, deployment: None, fake_llm: FakeLLM
) -> None:
    playground = Playground(business.owner)
    fake_llm.will(text="La limpieza dental cuesta $650 pesos.")
    await playground.ask("¿Cuánto cuesta una limpieza?")
    await playground.ask("¿Y cuánto dura?")

    assert "La limpieza dental cuesta $650 pesos." in str(fake_llm.requests[1].body["messages"])


async def test_a_hand_over_is_shown_and_not_done(
    business: Business, deployment: None, no_model: None, database_url: str
) -> None:
    tried = await Playground(business.owner).ask("Quiero hablar con una persona")

    assert tried.handoff == "asked"
    with psycopg.connect(database_url) as admin:
        found = admin.execute("select count(*) from alerts where org_id = %s", (business.org_id,)).fetchone()
    assert found == (0,)


async def test_a_script_in_a_loop_spends_no_more_than_people_do(
    business: Business, deployment: None, no_model: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TRIALS", parse("2/hour"))
    for _ in range(2):
        await Playground(business.owner).ask("¿Cuánto cuesta una limpieza?")

    with pytest.raises(TooMuch):
        await Playground(business.owner).ask("¿Cuánto cuesta una limpieza?")
    assert (await Playground(a_business(database_url).owner).ask("¿Cuánto cuesta una limpieza?")).text


async def test_what_was_started_over_is_not_answered_side_by_side_for_ever(
    business: Business, deployment: None, no_model: None
) -> None:
    """Starting over frees the page at once, while the model may still be asked."""
    under_way = [Playground(business.owner).stream("¿Hola?") for _ in range(limits.TRYING.most)]
    for run in under_way:
        await anext(run)

    with pytest.raises(TooMuch):
        await Playground(business.owner).ask("¿Hola?")
    for run in under_way:
        await run.aclose()

    assert not limits.TRYING.held
    assert (await Playground(business.owner).ask("¿Hola?")).text
