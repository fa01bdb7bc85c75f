"""The overview, driven through its handlers."""

from state.overview import NOTHING, OverviewState
from tests.conversing import a_conversation
from tests.factories import a_business
from tests.state.conftest import OpenPage, run


async def test_a_new_business_sees_its_first_steps(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url, knowledge=(), live=False)
    overview = await page(OverviewState, business.owner)

    await run(OverviewState.load, overview)

    assert (overview.start.knows, overview.start.tried, overview.start.live) == (False, False, False)
    assert overview.new_here
    assert (overview.alone, overview.speed) == (NOTHING, NOTHING)


async def test_a_conversation_shows_after_the_bell(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    overview = await page(OverviewState, business.owner)
    await run(OverviewState.load, overview)
    a_conversation(database_url, business, "¿Abren hoy?", name="Ana")

    await run(OverviewState.ring, overview)

    assert overview.today == 1
    assert [row.name for row in overview.recent] == ["Ana"]
    assert not overview.new_here
