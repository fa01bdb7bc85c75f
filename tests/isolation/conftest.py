"""Databases with three organizations in them: one for all attacks, a fresh one for each behaviour."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.isolation.arena import Arena
from tests.isolation.tenants import Tenants
from tests.isolation.world import populate
from tests.plugins.database import copied, dropped

Clone = Callable[[], str]


@pytest.fixture(scope="session")
def populated(new_database: Clone) -> str:
    """The database that all of these are copies of; nobody is connected to it."""
    url = new_database()
    with psycopg.connect(url) as connection:
        populate(connection)
    return url


@pytest.fixture
def tenants(populated: str) -> Iterator[Tenants]:
    url = copied(populated)
    yield Tenants(url)
    dropped(url)


@pytest.fixture(scope="module")
def arena(populated: str) -> Iterator[Arena]:
    url = copied(populated)
    arena = Arena(url)
    yield arena
    arena.close()
    dropped(url)
