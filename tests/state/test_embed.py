"""How the widget gets onto a site, driven through its handlers."""

import psycopg

from state.embed import EmbedState
from tests.factories import a_business
from tests.state.conftest import OpenPage, run


def shown(database_url: str, org_id: object, page: str) -> None:
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "insert into widget_events (org_id, id, kind, page) values (%s, gen_random_uuid(), 'impression', %s)",
            (org_id, page),
        )


async def test_both_codes_name_the_business_and_this_server(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url, live=True)
    steps = await page(EmbedState, business.owner)

    await run(EmbedState.load, steps)

    assert (
        steps.code == f'<script src="http://here.test/vulkn-widget.js" data-org="{business.slug}"></script>'
    )
    assert "chat.src = 'http://here.test/vulkn-widget.js'" in steps.by_manager
    assert f"'data-org', '{business.slug}'" in steps.by_manager
    assert not steps.paused


async def test_a_site_is_seen_once_its_visitors_saw_the_widget_and_our_own_page_is_no_site(
    page: OpenPage, database_url: str
) -> None:
    business = a_business(database_url, live=False)
    steps = await page(EmbedState, business.owner)
    shown(database_url, business.org_id, f"http://here.test/c/{business.slug}")
    await run(EmbedState.load, steps)
    assert (steps.page, steps.paused) == ("", True)

    shown(database_url, business.org_id, "https://sonrisa.mx/precios")
    await run(EmbedState.look, steps)

    assert steps.page == "https://sonrisa.mx/precios"
    assert steps.looked
