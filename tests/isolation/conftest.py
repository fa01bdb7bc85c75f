"""Databases with three organizations in them: one for all attacks, a fresh one for each behaviour."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.isolation.arena import Arena
from tests.isolation.tenants import Tenants
from tests.isolation.world import populate

Clone = Callable[[], str]


@pytest.fixture(scope="session")
def clone(new_database: Callable[[], str]) -> Iterator[Clone]:
    """Copies a populated database; all copies are dropped at the end."""
    original = new_database()
    with psycopg.connect(original) as connection:
        populate(connection)
    template = conninfo_to_dict(original)["dbname"]
    server = make_conninfo(original, dbname="postgres")
    made: list[str] = []

    def copy() -> str:
        name = f"tenants_{uuid4().hex[:12]}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"create database {name} template {template} strategy file_copy".encode())
        made.append(name)
        return make_conninfo(original, dbname=name)

    yield copy
    with psycopg.connect(server, autocommit=True) as connection:
        for name in made:
            connection.execute(f"drop database if exists {name} with (force)".encode())


@pytest.fixture
def tenants(clone: Clone) -> Tenants:
    return Tenants(clone())


@pytest.fixture(scope="module")
def arena(clone: Clone) -> Iterator[Arena]:
    arena = Arena(clone())
    yield arena
    arena.close()
