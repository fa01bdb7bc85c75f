"""Migrations: in order, whole or not at all, recorded where `supabase db push` looks."""

import asyncio
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.plugins.database import SECRET_KEY
from vulkn_app.db import login_password
from vulkn_app.local.postgres import Postgres
from vulkn_app.migrate import LOGINS, MigrationFailed, migrate, pending, statements

RECORDED = "select version, name, statements from supabase_migrations.schema_migrations order by version"


@pytest.fixture
def empty(postgres: Postgres) -> str:
    """The DSN of a database without anything."""
    name = f"e_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute(f"create database {name}".encode())
    return postgres.url(name)


def write(folder: Path, **files: str) -> Path:
    """Files by number: `_1="..."` is 20260101000001_step.sql."""
    for number, script in files.items():
        (folder / f"202601010000{int(number[1:]):02}_step.sql").write_text(script)
    return folder


async def test_files_are_applied_once_in_order_and_recorded(empty: str, tmp_path: Path) -> None:
    write(tmp_path, _2="insert into a values (1);", _1="create table a (n int);\n-- done")

    first = await migrate(empty, secret_key=SECRET_KEY, folder=tmp_path)
    second = await migrate(empty, secret_key=SECRET_KEY, folder=tmp_path)

    assert first == ["20260101000001_step.sql", "20260101000002_step.sql"]
    assert second == []
    with psycopg.connect(empty) as admin:
        assert admin.execute(RECORDED).fetchall() == [
            ("20260101000001", "step", ["create table a (n int)"]),
            ("20260101000002", "step", ["insert into a values (1)"]),
        ]


async def test_a_bad_file_leaves_nothing_and_is_named_with_its_line(empty: str, tmp_path: Path) -> None:
    write(
        tmp_path, _1="create table a (n int);", _2="create table b (n int);\n\ninsert into b\nvalues ('x');"
    )

    with pytest.raises(MigrationFailed, match=r"20260101000002_step\.sql, line 4: invalid input syntax"):
        await migrate(empty, secret_key=SECRET_KEY, folder=tmp_path)

    with psycopg.connect(empty) as admin:
        assert admin.execute("select to_regclass('a'), to_regclass('b')").fetchone() == ("a", None)
    assert await pending(empty, folder=tmp_path) == ["20260101000002_step.sql"]


async def test_two_at_once_apply_each_file_once(empty: str, tmp_path: Path) -> None:
    write(tmp_path, _1="create table a (n int);", _2="insert into a select 1;")

    done = await asyncio.gather(*(migrate(empty, secret_key=SECRET_KEY, folder=tmp_path) for _ in range(3)))

    assert sorted(map(len, done)) == [0, 0, 2]
    with psycopg.connect(empty) as admin:
        assert admin.execute("select count(*) from a").fetchone() == (1,)


async def test_a_file_that_the_cli_would_not_read_is_refused(empty: str, tmp_path: Path) -> None:
    (tmp_path / "7_tables.sql").write_text("select 1;")

    with pytest.raises(MigrationFailed, match=r"7_tables\.sql is not named"):
        await migrate(empty, secret_key=SECRET_KEY, folder=tmp_path)


async def test_looking_for_what_is_pending_changes_nothing(empty: str, tmp_path: Path) -> None:
    write(tmp_path, _1="select 1;")

    assert await pending(empty, folder=tmp_path) == ["20260101000001_step.sql"]
    with psycopg.connect(empty) as admin:
        assert admin.execute("select to_regnamespace('supabase_migrations')").fetchone() == (None,)


async def test_a_database_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MigrationFailed, match="DATABASE_URL does not answer"):
        await migrate("postgresql://nobody:x@127.0.0.1:9/none", secret_key=SECRET_KEY, folder=tmp_path)


@pytest.mark.parametrize("login", LOGINS)
def test_a_login_role_opens_with_the_password_made_from_the_secret_key(database_url: str, login: str) -> None:
    with psycopg.connect(database_url, user=login, password=login_password(login, SECRET_KEY)) as connection:
        assert connection.execute("select current_user").fetchone() == (login,)


@pytest.mark.parametrize(
    "statement",
    [
        "select ';'",
        "select 'it''s; fine'",
        r"select E'\';'",
        'select 1 as "a;b"',
        "select $$;$$",
        "do $body$ begin perform 1; execute $x$ select 1; $x$; end $body$",
        "select 1 -- a; comment",
        "select /* ; */ 1",
    ],
)
def test_a_semicolon_inside_does_not_split(statement: str) -> None:
    found = statements(f"select 0;\n{statement}\n;\n-- the end;\n")

    assert [(one.text, one.line) for one in found] == [("select 0", 1), (statement, 2)]
