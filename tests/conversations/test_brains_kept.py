"""What a process keeps of organizations is bounded, by how much they know too."""

import pytest

from tests.factories import Business, a_business
from vulkn_app.conversations import brains, lookup


@pytest.fixture
def businesses(database_url: str) -> list[Business]:
    return [a_business(database_url) for _ in range(3)]


async def ask_all(businesses: list[Business]) -> None:
    for business in businesses:
        await lookup.look_up(business.owner, "¿cuánto cuesta la limpieza?")


async def test_the_least_recently_asked_goes_when_memory_is_full(
    businesses: list[Business], deployment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask_all(businesses)
    heaviest = max(brain.weight for brain in brains._brains.values())
    monkeypatch.setattr(brains, "KEPT_BYTES", 2 * heaviest)
    brains._brains.clear()

    await ask_all(businesses)

    assert list(brains._brains) == [business.org_id for business in businesses[1:]]


async def test_one_that_knows_more_than_fits_is_kept_alone(
    businesses: list[Business], deployment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brains, "KEPT_BYTES", 1)

    await ask_all(businesses)

    assert list(brains._brains) == [businesses[-1].org_id]
