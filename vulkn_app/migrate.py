"""Applies supabase/migrations as `supabase db push` does, and records them where it looks.

Each file is one transaction; two runs at once wait for each other. Then the login roles get the passwords
that every process derives from VULKN_SECRET_KEY.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import AsyncConnection, sql

from vulkn_app import jobs
from vulkn_app.db import login_password, session_dsn

MIGRATIONS = Path(__file__).parent.parent / "supabase" / "migrations"
LOGINS = ("vulkn_web", "vulkn_engine", "vulkn_maint")
FILE_NAME = re.compile(r"(?P<version>\d{14})_(?P<name>[a-z0-9_]+)\.sql")
# One semicolon, or anything in which a semicolon means nothing.
TOKEN = re.compile(
    r"""--[^\n]* | /\*.*?\*/ | [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
      | \$(?P<tag>[a-zA-Z_]\w*|)\$.*?\$(?P=tag)\$ | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)
COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


class MigrationFailed(Exception):
    """Names the file, the line and what the database said."""


@dataclass(frozen=True)
class Migration:
    path: Path
    version: str
    name: str


@dataclass(frozen=True)
class Statement:
    text: str
    line: int


async def migrate(database_url: str, *, secret_key: str, folder: Path = MIGRATIONS) -> list[str]:
    """The file names that it applied, oldest first. Raises MigrationFailed; files before the bad one stay."""
    async with await connect(database_url) as connection:
        await connection.execute("set lock_timeout = '5min'")
        await connection.execute("select pg_advisory_lock(hashtext('vulkn migrations'))")
        await connection.execute("set lock_timeout = 0")
        await _create_history(connection)
        missing = await _missing(connection, folder)
        for migration in missing:
            await _apply(connection, migration)
        if folder == MIGRATIONS:
            await jobs.install(connection)
        await set_login_passwords(connection, secret_key)
    return [migration.path.name for migration in missing]


async def pending(database_url: str, *, folder: Path = MIGRATIONS) -> list[str]:
    """The file names that `migrate` would apply; changes nothing."""
    async with await connect(database_url) as connection:
        return [migration.path.name for migration in await _missing(connection, folder)]


async def set_login_passwords(connection: AsyncConnection, secret_key: str) -> None:
    """Hashed before it is sent: servers log DDL."""
    exists = await connection.execute("select rolname from pg_roles where rolname = any(%s)", [list(LOGINS)])
    for (login,) in await exists.fetchall():
        password = login_password(login, secret_key)
        hashed = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
        await connection.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(login), sql.Literal(hashed.decode()))
        )


async def connect(database_url: str) -> AsyncConnection:
    """As the owner of the schema, which nothing but migrations does."""
    try:
        return await AsyncConnection.connect(session_dsn(database_url), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise MigrationFailed(f"DATABASE_URL does not answer: {str(error).splitlines()[0]}") from error


def statements(script: str) -> list[Statement]:
    """Split at the semicolons that end statements; `line` counts from 1."""
    found: list[Statement] = []
    start = 0
    ends = [match.start() for match in TOKEN.finditer(script) if match["end"]]
    for end in [*ends, len(script)]:
        piece = script[start:end]
        text = piece.strip()
        if COMMENTS.sub("", text).strip():
            offset = start + len(piece) - len(piece.lstrip())
            found.append(Statement(text, script.count("\n", 0, offset) + 1))
        start = end + 1
    return found


def read(folder: Path) -> list[Migration]:
    """All files of the folder in the order they apply."""
    found: dict[str, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        named = FILE_NAME.fullmatch(path.name)
        if named is None:
            raise MigrationFailed(f"{path.name} is not named YYYYMMDDHHMMSS_words.sql.")
        if named["version"] in found:
            raise MigrationFailed(f"{path.name} has the version of {found[named['version']].path.name}.")
        found[named["version"]] = Migration(path, named["version"], named["name"])
    return list(found.values())


async def _create_history(connection: AsyncConnection) -> None:
    async with connection.transaction():
        await connection.execute("set local client_min_messages = warning")
        await connection.execute("create schema if not exists supabase_migrations")
        await connection.execute(
            "create table if not exists supabase_migrations.schema_migrations (version text not null primary key)"
        )
        for column in ("statements text[]", "name text"):
            await connection.execute(
                sql.SQL(
                    "alter table supabase_migrations.schema_migrations add column if not exists {}"
                ).format(sql.SQL(column))
            )


async def _missing(connection: AsyncConnection, folder: Path) -> list[Migration]:
    known = await connection.execute(
        "select to_regclass('supabase_migrations.schema_migrations') is not null"
    )
    applied: set[str] = set()
    if await known.fetchone() == (True,):
        rows = await connection.execute("select version from supabase_migrations.schema_migrations")
        applied = {version for (version,) in await rows.fetchall()}
    return [migration for migration in read(folder) if migration.version not in applied]


async def _apply(connection: AsyncConnection, migration: Migration) -> None:
    script = statements(migration.path.read_text(encoding="utf-8"))
    async with connection.transaction():
        for statement in script:
            try:
                await connection.execute(statement.text.encode())
            except psycopg.Error as error:
                raise MigrationFailed(_where(error, migration, statement)) from error
        await connection.execute(
            "insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, %s)",
            (migration.version, migration.name, [statement.text for statement in script]),
        )


def _where(error: psycopg.Error, migration: Migration, statement: Statement) -> str:
    position = error.diag.statement_position
    line = statement.line + (statement.text.count("\n", 0, int(position) - 1) if position else 0)
    hint = f" ({error.diag.message_hint})" if error.diag.message_hint else ""
    return f"{migration.path.name}, line {line}: {error.diag.message_primary or error}{hint}"
