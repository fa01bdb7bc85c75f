"""Every actor attacks every table of the catalogue with every verb, and gets exactly what is theirs."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.isolation.actors import ACTORS, Actor
from tests.isolation.arena import Arena, sentences
from tests.isolation.attacks import ATTACKS, Attack
from tests.isolation.chance import by_chance
from tests.isolation.escalation import API_ROLES, LOGINS, escalating
from tests.isolation.inventory import broken
from tests.isolation.matrix import CLOSED, KNOWN
from tests.isolation.tenants import Tenants
from tests.plugins.database import SECRET_KEY
from vulkn_app.db import login_password

WITHOUT_POLICY = "select schemaname || '.' || tablename from pg_policies"


def test_every_table_says_in_the_matrix_who_may_do_what(arena: Arena) -> None:
    unknown = [table.name for table in arena.tables if table.name not in KNOWN]

    assert not unknown, f"tests/isolation/matrix.py does not say who may do what with {', '.join(unknown)}"


def test_every_table_has_a_policy_or_is_closed_to_all(arena: Arena) -> None:
    guarded = {name for (name,) in arena.connection.execute(WITHOUT_POLICY).fetchall()}
    open_ = [t.name for t in arena.tables if t.path not in guarded and t.name not in CLOSED and not t.is_view]

    assert not open_, f"no policy says who may touch {', '.join(open_)}"


def test_a_table_that_somebody_forgot_is_noticed(tenants: Tenants) -> None:
    tenants.root("create table public.notes (id uuid primary key, org_id uuid not null, body text)")
    arena = Arena(tenants.url)

    assert [table.name for table in arena.tables if table.name not in KNOWN] == ["notes"]
    assert broken(arena.connection, "every table has row level security") == ["notes"]
    arena.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("actor", ACTORS, ids=str)
def test_an_actor_gets_exactly_what_is_theirs(arena: Arena, actor: Actor, attack: Attack) -> None:
    wrong = [sentence for table in arena.tables for sentence in sentences(arena, attack(arena, actor, table))]

    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("role", [*LOGINS, *API_ROLES])
def test_a_role_does_not_outgrow_itself(arena: Arena, tenants: Tenants, role: str) -> None:
    password = login_password(role, SECRET_KEY) if role in LOGINS else None
    url = make_conninfo(tenants.url, user=role, password=password) if password else tenants.url

    with psycopg.connect(url, autocommit=True) as connection:
        grown = list(escalating(connection, role, arena.tables))

    assert not grown, "\n".join(grown[:20])


def test_statements_by_chance_show_and_change_nothing_of_others(arena: Arena) -> None:
    wrong = list(sentences(arena, by_chance(arena, count=3_000, seed=1)))

    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_many_more_statements_by_chance_show_and_change_nothing_of_others(arena: Arena, seed: int) -> None:
    wrong = list(sentences(arena, by_chance(arena, count=5_000, seed=seed)))

    assert not wrong, "\n".join(wrong[:20])
