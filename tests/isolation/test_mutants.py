"""The tests are tested: a realistic mistake in the schema must be noticed by the layer that is there for it."""

from collections.abc import Callable

import psycopg
import pytest
from _pytest.outcomes import Failed

from tests.isolation import (
    test_rights_of_people,
    test_rights_of_support,
    test_rights_of_the_house,
    test_rights_of_turns,
)
from tests.isolation.actors import ACTORS
from tests.isolation.arena import Arena, sentences
from tests.isolation.attacks import ATTACKS
from tests.isolation.inventory import RULES, broken
from tests.isolation.mutants import MUTANTS, SURVIVORS, Mutant
from tests.isolation.tenants import Tenants

pytestmark = pytest.mark.slow

RIGHTS: dict[str, Callable[[Tenants], None]] = {
    name: test
    for module in (
        test_rights_of_people,
        test_rights_of_support,
        test_rights_of_the_house,
        test_rights_of_turns,
    )
    for name, test in vars(module).items()
    if name.startswith("test_")
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mistake_is_noticed(tenants: Tenants, mutant: Mutant) -> None:
    assert _noticed(tenants, mutant), f"nobody notices: {mutant}"


@pytest.mark.parametrize("mutant", SURVIVORS, ids=str)
def test_a_mistake_is_harmless(tenants: Tenants, mutant: Mutant) -> None:
    assert not _noticed(tenants, mutant), f"{mutant} is noticed now: move it to MUTANTS"


def _noticed(tenants: Tenants, mutant: Mutant) -> bool:
    try:
        with psycopg.connect(tenants.url) as connection:
            mutant.inject(connection)
        return LAYERS[mutant.layer](tenants, mutant.caught_by)
    finally:
        if mutant.undo:
            tenants.root(mutant.undo)


def _by_rule(tenants: Tenants, rule: str) -> bool:
    assert rule in RULES
    with psycopg.connect(tenants.url, autocommit=True) as connection:
        return bool(broken(connection, rule))


def _by_attack(tenants: Tenants, name: str) -> bool:
    arena = Arena(tenants.url)
    table = next(table for table in arena.tables if table.name == name)
    try:
        return any(
            sentence
            for actor in ACTORS
            for attack in ATTACKS
            for sentence in sentences(arena, attack(arena, actor, table))
        )
    finally:
        arena.close()


def _by_right(tenants: Tenants, name: str) -> bool:
    try:
        RIGHTS[name](tenants)
    except (AssertionError, Failed, psycopg.Error, TypeError, KeyError):
        return True
    return False


LAYERS = {"rule": _by_rule, "attack": _by_attack, "right": _by_right}
