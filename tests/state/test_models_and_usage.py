"""Which model answers, what was used this month, and answers in exactly these words: through the handlers."""

from datetime import date

import psycopg
import pytest
from pydantic import SecretStr

from state.knowledge import KnowledgeState
from state.knowledge_sheet import KnowledgeSheetState
from state.providers import ProvidersState
from state.secrets import SecretsState
from state.usage import UsageState
from tests.factories import a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.settings import settings


@pytest.fixture
def two_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "anthropic_api_key", SecretStr("sk-ant-fake"))
    monkeypatch.setattr(settings, "openai_api_key", SecretStr("sk-fake"))


async def test_only_models_of_this_deployment_are_offered(page: OpenPage, database_url: str) -> None:
    models = await page(ProvidersState, a_business(database_url).owner)

    await run(ProvidersState.load, models)

    assert (models.loaded, models.rows) == (True, [])


async def test_the_order_is_the_organization_s_own_and_can_be_given_back(
    page: OpenPage, database_url: str, two_models: None
) -> None:
    models = await page(ProvidersState, a_business(database_url).owner)
    await run(ProvidersState.load, models)
    assert [row.key for row in models.rows] == ["claude", "openai"]

    await run(ProvidersState.put_first, models, "openai")
    assert ([row.key for row in models.rows], models.own_order) == (["openai", "claude"], True)
    await run(ProvidersState.back_to_usual, models)

    assert ([row.key for row in models.rows], models.own_order) == (["claude", "openai"], False)


async def test_a_model_s_name_is_checked_before_it_is_kept(
    page: OpenPage, database_url: str, two_models: None
) -> None:
    models = await page(ProvidersState, a_business(database_url).owner)
    await run(ProvidersState.load, models)

    await run(ProvidersState.save, models, {"model": "claude sonnet; drop"})
    assert models.problem
    await run(ProvidersState.save, models, {"model": "claude-sonnet-5-5"})

    assert (models.problem, models.model) == ("", "claude-sonnet-5-5")


async def test_the_month_is_measured_against_the_plan(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update organizations set plan = 'free', timezone = 'UTC' where id = %s", (business.org_id,)
        )
        admin.execute(
            "insert into usage_months (org_id, month, turns, cost_micro_usd)"
            " values (%s, date_trunc('month', now() at time zone 'UTC'), 170, 1234567)",
            (business.org_id,),
        )
    month = await page(UsageState, business.owner)

    await run(UsageState.load, month)

    assert (month.now.turns, month.now.most_turns, month.now.percent) == (170, 200, 85)
    assert (month.now.cost, month.now.near, month.now.over) == ("1.23", True, False)
    assert month.now.month.day == date(2026, 11, 1).day


async def test_an_answer_can_be_given_in_exactly_these_words(page: OpenPage, database_url: str) -> None:
    entries = await page(KnowledgeState, a_business(database_url).owner)
    await run(KnowledgeState.load, entries)
    sheet = await entries.get_state(KnowledgeSheetState)
    await run(KnowledgeSheetState.begin, sheet)
    form = {"title_es": "¿Dan factura?", "body_es": "Sí, el mismo día.", "examples_es": ""}

    await run(KnowledgeSheetState.save, sheet, form | {"exact": "on"})
    kept = next(row for row in entries.rows if row.title == "¿Dan factura?")
    assert kept.exact
    await run(KnowledgeSheetState.open, sheet, str(kept.id))
    await run(KnowledgeSheetState.save, sheet, form)

    assert not next(row for row in entries.rows if row.title == "¿Dan factura?").exact


async def test_a_secret_is_named_and_never_shown(page: OpenPage, database_url: str) -> None:
    secrets = await page(SecretsState, a_business(database_url).owner)

    await run(SecretsState.put, secrets, {"name": "shop_key", "value": "correcto-caballo"})

    assert [row.name for row in secrets.rows] == ["shop_key"]
    assert "correcto-caballo" not in str(secrets.dict())
    await run(SecretsState.remove, secrets, "shop_key")
    assert secrets.rows == []


async def test_a_secret_with_a_wrong_name_is_said_beside_the_field(page: OpenPage, database_url: str) -> None:
    secrets = await page(SecretsState, a_business(database_url).owner)

    await run(SecretsState.put, secrets, {"name": "Shop Key", "value": "correcto-caballo"})

    assert secrets.problem
    assert secrets.rows == []
