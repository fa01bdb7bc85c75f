"""One embedded PostgreSQL for the whole run; every test module gets its own copy of the migrated database."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier, Literal
from pydantic import SecretStr

from vulkn_app.local.bootstrap import bootstrap
from vulkn_app.local.folder import Keys
from vulkn_app.local.postgres import SUPERUSER, Postgres
from vulkn_app.local.supabase import Supabase, install
from vulkn_app.migrate import migrate

TEMPLATE = "template_vulkn"
SECRET_KEY = "a key for tests only"
# A test's data need not survive a power cut, and what it is refused need not be in a log.
IN_A_HURRY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "scram_iterations": "1",
    "log_min_messages": "fatal",
    "max_connections": "300",
}
MEMORY = Path("/dev/shm")
ENOUGH = 3 * 2**30  # bytes; a database has 13 MB, and those of a module are gone when it is over


@pytest.fixture(scope="session")
def keys() -> Keys:
    """The keys of this run's stack."""
    return Keys(vulkn_secret_key=SecretStr(SECRET_KEY))


@pytest.fixture(scope="session")
def postgres(keys: Keys) -> Iterator[Postgres]:
    """The server, with the migrated template in it.

    Its folder is its own: pytest's are cleaned up by whichever run comes fourth, while this one may still go on."""
    with tempfile.TemporaryDirectory(
        prefix="vulkn-tests-", dir=_quickest(), ignore_cleanup_errors=True
    ) as folder:
        yield from _served(Path(folder), keys)


def _quickest() -> Path | None:
    """In memory, where there is enough of it: a copy of a database is hundreds of small files."""
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free > ENOUGH and os.access(MEMORY, os.W_OK) else None
    except FileNotFoundError:
        return None


def _served(home: Path, keys: Keys) -> Iterator[Postgres]:
    home.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
    server = Postgres(
        home / "data", password=keys.postgres_password, log=home / "postgres.log", settings=IN_A_HURRY
    )
    asyncio.run(server.start())
    try:
        asyncio.run(_make_template(server, keys))
        yield server
    finally:
        asyncio.run(server.stop())


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> Callable[[], str]:
    """Copies the template; gives the superuser's DSN of the copy."""
    return lambda: copied(postgres.url(TEMPLATE))


@pytest.fixture(scope="module")
def database_url(new_database: Callable[[], str]) -> Iterator[str]:
    """The superuser's DSN of this module's database."""
    url = new_database()
    yield url
    dropped(url)


def copied(template: str) -> str:
    """The DSN of a new database like this one."""
    name = f"t_{uuid4().hex[:12]}"
    original = conninfo_to_dict(template)["dbname"]
    _as_server(template, f"create database {name} template {original} strategy file_copy")
    return urlsplit(template)._replace(path=f"/{name}").geturl()


def dropped(url: str) -> None:
    """Whoever is still in it, is not."""
    _as_server(url, f"drop database {conninfo_to_dict(url)['dbname']} with (force)")


def _as_server(url: str, statement: str) -> None:
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(scope="session")
def supabase_home() -> Path:
    """Where the local Supabase's node packages are, installed if they were not."""
    return asyncio.run(install())


@pytest.fixture(scope="module")
async def local_supabase(
    database_url: str, keys: Keys, supabase_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Supabase]:
    """Auth and REST over this module's database; its mail is in `.mail`."""
    folder = tmp_path_factory.mktemp("supabase")
    server = Supabase(
        supabase_home,
        database_url=database_url,
        keys=keys,
        site_url="http://127.0.0.1:8000",
        mail=folder / "mail",
        log=folder / "supabase.log",
    )
    await server.start()
    yield server
    await server.stop()


async def _make_template(server: Postgres, keys: Keys) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"create database {TEMPLATE}".encode())
        # initdb made it dear to check: four thousand rounds for each of ten thousand connections.
        again = SQL("alter role {} password {}").format(
            Identifier(SUPERUSER), Literal(keys.postgres_password.get_secret_value())
        )
        connection.execute(again)
    await bootstrap(server.url(TEMPLATE), auth_password=keys.auth_password)
    await migrate(server.url(TEMPLATE), secret_key=keys.vulkn_secret_key.get_secret_value())
