"""Every actor attacks every table of the catalogue with every verb, on the real PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.isolation.actors import ACTORS, Actor
from tests.isolation.arena import Arena, sentences
from tests.isolation.attacks import ATTACKS, Attack
from tests.isolation.matrix import KNOWN

by_name = {"ids": str}


@pytest.fixture(scope="module")
def arena(database_url) -> Iterator[Arena]:
    import psycopg
    from tests.isolation.world import populate
    with psycopg.connect(database_url) as c: populate(c)
    arena = Arena(database_url)
    yield arena
    print(arena.attempts, arena.refusals)
    arena.close()


def test_every_table_says_who_may_do_what(arena: Arena) -> None:
    unknown = [t.name for t in arena.tables if t.name not in KNOWN]
    assert not unknown


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("actor", ACTORS, ids=str)
def test_actor(arena: Arena, actor: Actor, attack: Attack) -> None:
    wrong = [w for table in arena.tables for w in sentences(arena, attack(arena, actor, table))]

    assert not wrong, "\n".join(wrong[:20])
