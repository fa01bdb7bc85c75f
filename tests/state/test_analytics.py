"""The funnel's page, driven through its handlers."""

from state.analytics import AnalyticsState
from tests.factories import a_business
from tests.state.conftest import OpenPage, run
from tests.state.test_embed import shown


async def test_before_anybody_saw_the_widget_there_is_nothing(page: OpenPage, database_url: str) -> None:
    results = await page(AnalyticsState, a_business(database_url).owner)

    await run(AnalyticsState.load, results)

    assert results.nothing
    assert len(results.days) == 28


async def test_another_stretch_is_another_number_of_days(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    shown(database_url, business.org_id, "https://sonrisa.mx/precios")
    results = await page(AnalyticsState, business.owner)
    await run(AnalyticsState.load, results)

    await run(AnalyticsState.pick, results, "7")

    assert (len(results.days), results.total.impressions, results.busiest) == (7, 1, 1)
    assert not results.nothing
