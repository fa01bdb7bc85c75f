"""The first page that asks for the widget's settings tells the owner that the code is in place; later ones cost nothing."""

import asyncio

import httpx
import psycopg
import pytest

from tests.factories import Business, a_business
from vulkn_app import live
from vulkn_app.channels import sightings

SITE = "https://mitienda.mx"


@pytest.fixture
def business(database_url: str) -> Business:
    sightings._noted.clear()
    return a_business(database_url)


async def ask(http: httpx.AsyncClient, business: Business, origin: str | None) -> int:
    headers = {"origin": origin} if origin else {}
    answer = await http.get(f"/api/widget/{business.slug}/config", headers=headers)
    await sightings.settled()
    return answer.status_code


async def test_a_page_that_asks_is_seen_at_once_and_its_owner_is_told(
    http: httpx.AsyncClient, business: Business
) -> None:
    with live.subscription(business.org_id) as rings:
        assert await ask(http, business, SITE) == 200
        ring = await asyncio.wait_for(rings.get(), 5)

    [seen] = await sightings.latest(business.owner)
    assert ring.kind == "sighting"
    assert (seen.origin, seen.first_at) == (SITE, seen.last_at)


async def test_a_busy_page_is_not_a_write_a_request(
    http: httpx.AsyncClient, business: Business, database_url: str
) -> None:
    await ask(http, business, SITE)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update widget_sightings set first_at = now() - interval '1 day', last_at = now() - interval '1 day'"
            " where org_id = %s",
            [business.org_id],
        )
    [first] = await sightings.latest(business.owner)

    for _ in range(5):
        await ask(http, business, SITE)
    assert await sightings.latest(business.owner) == [first]
    for key in sightings._noted:
        sightings._noted[key] -= sightings.AGAIN
    await ask(http, business, SITE)

    [again] = await sightings.latest(business.owner)
    assert again.first_at == first.first_at
    assert again.last_at > first.last_at


async def test_our_own_pages_and_those_that_may_not_carry_it_are_not_seen(
    http: httpx.AsyncClient, database_url: str
) -> None:
    business = a_business(database_url, origins=[SITE])

    for origin in (None, "null", str(http.base_url).rstrip("/"), "https://otra.mx"):
        await ask(http, business, origin)

    assert await sightings.latest(business.owner) == []


async def test_made_up_pages_push_out_the_oldest_and_no_more_is_kept(
    http: httpx.AsyncClient, business: Business
) -> None:
    for number in range(sightings.KEPT + 3):
        await ask(http, business, f"https://pagina-{number}.mx")

    seen = [one.origin for one in await sightings.latest(business.owner)]
    assert len(seen) == sightings.KEPT
    assert f"https://pagina-{sightings.KEPT + 2}.mx" in seen
    assert "https://pagina-0.mx" not in seen


async def test_another_organization_sees_nothing_of_it(
    http: httpx.AsyncClient, business: Business, database_url: str
) -> None:
    await ask(http, business, SITE)

    assert await sightings.latest(a_business(database_url).owner) == []
