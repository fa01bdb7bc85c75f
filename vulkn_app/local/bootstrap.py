"""Makes a fresh database of the embedded server what a Supabase project is before our first migration."""

from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

SCRIPT = Path(__file__).with_name("bootstrap.sql")
AUTH_LOGIN = "supabase_auth_admin"


async def bootstrap(database_url: str, *, auth_password: SecretStr) -> None:
    """May run again on every start. The local Supabase logs in with `auth_password`."""
    async with await psycopg.AsyncConnection.connect(database_url, connect_timeout=10) as connection:
        await connection.execute("set local client_min_messages = warning")
        await connection.execute(SCRIPT.read_bytes())
        await connection.execute(
            sql.SQL("alter role {} password {}").format(
                sql.Identifier(AUTH_LOGIN), sql.Literal(auth_password.get_secret_value())
            )
        )


def auth_url(database_url: str, *, auth_password: SecretStr) -> str:
    """The same database as the local Supabase may use it: as the owner of auth, of nothing else."""
    parts = conninfo_to_dict(database_url)
    host, port, name = parts["host"], parts["port"], parts["dbname"]
    password = quote(auth_password.get_secret_value(), safe="")
    return f"postgresql://{AUTH_LOGIN}:{password}@{host}:{port}/{name}"
