"""The schema keeps its own rules: what a careless migration would break is found before it is deployed."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.isolation.inventory import RULES, broken


@pytest.fixture(scope="module")
def catalogue(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("rule", RULES)
def test_the_schema_keeps_the_rule(catalogue: psycopg.Connection, rule: str) -> None:
    violations = broken(catalogue, rule)

    assert not violations, f"{rule}: broken by {', '.join(violations)}"
