"""The agent's settings, driven through their handlers."""

import psycopg
import pytest

from state.agent import AgentState
from tests.factories import a_business
from tests.state.conftest import OpenPage, run

FORM = {
    "name": "Luna",
    "tone": "direct",
    "instructions": "Sé breve.",
}


async def test_the_embed_code_names_the_business(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    settings = await page(AgentState, business.owner)

    await run(AgentState.load, settings)

    assert (
        settings.embed
        == f'<script src="http://here.test/vulkn-widget.js" data-org="{business.slug}"></script>'
    )
    assert settings.chat_url == f"http://here.test/c/{business.slug}"


async def test_a_changed_voice_is_kept(page: OpenPage, database_url: str) -> None:
    settings = await page(AgentState, a_business(database_url).owner)
    await run(AgentState.load, settings)
    greetings = settings.agent.model_dump(include={"greeting_es", "greeting_en"})

    await run(AgentState.save, settings, FORM)

    await run(AgentState.load, settings)
    assert settings.agent.model_dump(include=FORM.keys()) == FORM
    assert settings.agent.model_dump(include=greetings.keys()) == greetings  # these have a page of their own


async def test_a_tone_that_does_not_exist_is_refused(page: OpenPage, database_url: str) -> None:
    settings = await page(AgentState, a_business(database_url).owner)
    await run(AgentState.load, settings)

    await run(AgentState.save, settings, FORM | {"tone": "rude"})

    assert settings.problem
    await run(AgentState.load, settings)
    assert settings.agent.name != "Luna"


async def test_the_switch_pauses_the_agent(page: OpenPage, database_url: str) -> None:
    settings = await page(AgentState, a_business(database_url, live=True).owner)
    await run(AgentState.load, settings)

    await run(AgentState.go_live, settings, False)

    assert settings.agent.live is False


async def test_a_site_is_added_once_and_removed(page: OpenPage, database_url: str) -> None:
    settings = await page(AgentState, a_business(database_url).owner)
    await run(AgentState.load, settings)

    await run(AgentState.allow, settings, {"site": "MiTienda.mx/contacto"})
    await run(AgentState.allow, settings, {"site": "https://mitienda.mx"})
    assert settings.sites == ["https://mitienda.mx"]
    await run(AgentState.disallow, settings, "https://mitienda.mx")

    assert settings.sites == []


async def test_what_is_no_site_is_said_beside_the_field(page: OpenPage, database_url: str) -> None:
    settings = await page(AgentState, a_business(database_url).owner)

    await run(AgentState.allow, settings, {"site": "esto no"})

    assert settings.site_problem


async def test_suggestions_are_one_a_line_and_leave_the_rest_of_the_look_alone(
    page: OpenPage, database_url: str
) -> None:
    business = a_business(database_url)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            """update organizations set branding = '{"color": "#123456"}' where id = %s""", (business.org_id,)
        )
    settings = await page(AgentState, business.owner)
    await run(AgentState.load, settings)

    await run(
        AgentState.save, settings, FORM | {"suggestions_es": "¿Qué horario\ttienen?\n\n ¿Dónde están? "}
    )

    await run(AgentState.load, settings)
    assert settings.agent.suggestions_es == ["¿Qué horario tienen?", "¿Dónde están?"]
    assert settings.agent.suggestions_en == []
    with psycopg.connect(database_url) as admin:
        kept = admin.execute("select branding->>'color' from organizations where id = %s", (business.org_id,))
        assert kept.fetchone() == ("#123456",)


@pytest.mark.parametrize("typed", ["a\nb\nc\nd\ne", "x" * 81], ids=["too many", "too long"])
async def test_suggestions_that_would_not_fit_change_nothing(
    page: OpenPage, database_url: str, typed: str
) -> None:
    settings = await page(AgentState, a_business(database_url).owner)
    await run(AgentState.load, settings)
    before = settings.agent

    await run(AgentState.save, settings, FORM | {"suggestions_en": typed})

    assert settings.problem
    await run(AgentState.load, settings)
    assert settings.agent == before
