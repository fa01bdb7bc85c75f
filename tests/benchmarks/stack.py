"""PostgreSQL with the product's schema, for a benchmark: the embedded server, durable as in production."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from pydantic import SecretStr

from vulkn_app.local.bootstrap import bootstrap
from vulkn_app.local.folder import Keys
from vulkn_app.local.postgres import Postgres
from vulkn_app.migrate import migrate


@dataclass(frozen=True)
class Stack:
    database_url: str
    env: dict[str, str]


@contextmanager
def stack_in(folder: Path) -> Iterator[Stack]:
    """Migrated and ready; `env` is what a web process needs. Nobody signs in, so there is no Supabase."""
    keys = Keys(vulkn_secret_key=SecretStr("a key for benchmarks only"))
    folder.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
    server = Postgres(folder / "postgres", password=keys.postgres_password, log=folder / "postgres.log")
    asyncio.run(server.start())
    try:
        secret = keys.vulkn_secret_key.get_secret_value()
        asyncio.run(bootstrap(server.url(), auth_password=keys.auth_password))
        asyncio.run(migrate(server.url(), secret_key=secret))
        env = {
            "DATABASE_URL": server.url(),
            "SUPABASE_URL": "http://127.0.0.1:9",
            "SUPABASE_PUBLISHABLE_KEY": "none",
            "VULKN_SECRET_KEY": secret,
            "VULKN_DATA_DIR": str(folder),
            "LOG_JSON": "true",
            "PYTHONPATH": os.pathsep.join(
                [str(Path(__file__).parent.parent.parent), os.environ.get("PYTHONPATH", "")]
            ),
        }
        yield Stack(server.url(), env)
    finally:
        asyncio.run(server.stop())


def without_limits(database_url: str) -> None:
    """A benchmark asks more than any plan includes."""
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "update app.plans set monthly_turns = null, monthly_micro_usd = null, daily_visitor_turns = null,"
            " members = null, entries = null, numbers = null"
        )
