"""The queue: procrastinate in its own schema of the same PostgreSQL, so that a job is enqueued in the
transaction that decided it. What the jobs do is written where their business lives; worker.py names them."""

from functools import cache

from procrastinate import App, PsycopgConnector
from psycopg.conninfo import make_conninfo

from vulkn_app.db import login_dsn

SCHEMA = "queue"


@cache
def queue() -> App:
    """The process' queue; the database is asked when it is opened, not before."""
    dsn = make_conninfo(login_dsn("vulkn_engine"), options=f"-c search_path={SCHEMA}")
    return App(connector=PsycopgConnector(conninfo=dsn, min_size=1, max_size=4))
