"""The queue: procrastinate in its own schema of the same PostgreSQL, so that a job is enqueued in the
transaction that decided it. What the jobs do is written where their business lives; worker.py names them."""

from functools import cache

from procrastinate import App, PsycopgConnector
from procrastinate.schema import SchemaManager
from psycopg import AsyncConnection

from vulkn_app.db import login_dsn, session_dsn

SCHEMA = "queue"


@cache
def queue() -> App:
    """The process' queue; the database is asked when it is opened, not before."""
    dsn = session_dsn(login_dsn("vulkn_engine"))
    return App(connector=PsycopgConnector(conninfo=dsn, min_size=1, max_size=4, configure=_find_tables))


async def _find_tables(connection: AsyncConnection) -> None:
    """A statement of its own: poolers drop or refuse the `options` of a connection."""
    await connection.execute(f"set search_path = {SCHEMA}".encode())
    if not connection.autocommit:
        await connection.commit()


async def install(connection: AsyncConnection) -> None:
    """The library's own tables, once, beside the product's; the two roles that enqueue and work may use them."""
    found = await connection.execute("select to_regclass(%s) is not null", (f"{SCHEMA}.procrastinate_jobs",))
    if await found.fetchone() == (True,):
        return
    async with connection.transaction():
        await connection.execute(f"create schema if not exists {SCHEMA}".encode())
        await connection.execute(f"set local search_path = {SCHEMA}".encode())
        await connection.execute(SchemaManager.get_schema().encode())
        for grant in (
            "usage on schema {schema}",
            "select, insert, update, delete on all tables in schema {schema}",
            "usage, select on all sequences in schema {schema}",
            "execute on all functions in schema {schema}",
        ):
            await connection.execute(
                f"grant {grant.format(schema=SCHEMA)} to vulkn_engine, vulkn_web".encode()
            )
