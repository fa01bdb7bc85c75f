"""The embedded server: one DATABASE_URL for every client, and no way of dying that it does not survive."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import psycopg
import pytest
from pydantic import SecretStr

from vulkn_app.local.failure import StackFailed
from vulkn_app.local.postgres import Postgres

PASSWORD = SecretStr("a password for tests only")


def a_server(home: Path, password: SecretStr = PASSWORD) -> Postgres:
    return Postgres(home / "data", password=password, log=home / "log", settings={"fsync": "off"})


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Postgres]:
    running = a_server(tmp_path)
    await running.start()
    yield running
    await running.stop()


def remember(server: Postgres, word: str) -> None:
    with psycopg.connect(server.url()) as admin:
        admin.execute("create table if not exists said (word text)")
        admin.execute("insert into said values (%s)", [word])


def remembered(server: Postgres) -> list[str]:
    with psycopg.connect(server.url()) as admin:
        return [word for (word,) in admin.execute("select word from said").fetchall()]


async def test_nobody_gets_in_without_the_password(server: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url(), password="guess")


async def test_spanish_letters_fold_their_case(server: Postgres) -> None:
    with psycopg.connect(server.url()) as admin:
        found = admin.execute("select lower('ÁÉÑ') = 'áéñ', 'ÁRBOL' ilike 'árb%'").fetchone()

    assert found == (True, True)


async def test_committed_rows_survive_a_killed_server(server: Postgres) -> None:
    remember(server, "hola")
    port = server.port
    assert server.child.pid

    os.kill(server.child.pid, signal.SIGKILL)
    await server.child.ended()
    await server.start()

    assert remembered(server) == ["hola"]
    assert server.port == port


async def test_a_server_left_by_a_killed_up_is_replaced(server: Postgres, tmp_path: Path) -> None:
    remember(server, "hola")
    left = psutil.Process(server.child.pid)

    successor = a_server(tmp_path)
    await successor.start()

    assert await server.child.ended() == 0
    assert not left.is_running()
    assert remembered(successor) == ["hola"]
    await successor.stop()


async def test_a_stale_note_that_names_a_living_stranger_harms_neither(
    server: Postgres, tmp_path: Path
) -> None:
    await server.stop()
    (tmp_path / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")

    await server.start()

    assert server.child.running


async def test_the_password_of_another_data_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    first = a_server(tmp_path)
    await first.start()
    await first.stop()

    with pytest.raises(StackFailed, match=r"secrets\.json does not open"):
        await a_server(tmp_path, SecretStr("another")).start()


async def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new" / "PG_VERSION").write_text("18")

    server = a_server(tmp_path)
    await server.start()

    assert server.child.running
    await server.stop()


async def test_a_cluster_of_another_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("16\n")

    with pytest.raises(StackFailed, match="made by PostgreSQL 16"):
        await a_server(tmp_path).start()
