"""A populated database, and a way to act in it as anybody: each call is one committed transaction."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg

from tests.isolation.world import claims, uid

Rows = list[tuple[Any, ...]]


class Tenants:
    def __init__(self, url: str) -> None:
        self.url = url

    def root(self, statement: str, *values: object) -> Rows:
        """As the superuser, whom no policy binds."""
        with psycopg.connect(self.url) as connection:
            return _rows(connection.execute(statement.encode(), values))

    def person(
        self, who: str | None, statement: str, *values: object, session: object = "", aal: str = "aal2"
    ) -> Rows:
        with psycopg.connect(self.url) as connection:
            self.become(connection, "vulkn_web", who, session=session, aal=aal)
            return _rows(connection.execute(statement.encode(), values))

    def agent(self, org: str | None, statement: str, *values: object) -> Rows:
        with psycopg.connect(self.url) as connection:
            self.become(connection, "vulkn_engine", org=org)
            return _rows(connection.execute(statement.encode(), values))

    def operator(self, org: str | None, statement: str, *values: object) -> Rows:
        with psycopg.connect(self.url) as connection:
            self.become(connection, "vulkn_maint", org=org)
            return _rows(connection.execute(statement.encode(), values))

    @contextmanager
    def open_transaction(self, who: str, *, session: object = ""):
        with psycopg.connect(self.url) as connection:
            self.become(connection, "vulkn_web", who, session=session)
            yield connection

    def become(
        self,
        connection: psycopg.Connection,
        role: str,
        who: str | None = None,
        *,
        session: object = "",
        org: str | None = None,
        aal: str = "aal2",
    ) -> None:
        connection.execute(
            "select set_config('request.jwt.claims', %s, true), set_config('app.imp_session', %s, true),"
            " set_config('app.org_id', %s, true), set_config('role', %s, true)",
            (claims(who, role, aal=aal), str(session), str(uid(f"org {org}")) if org else "", role),
        )

    def number(self, statement: str, *values: object) -> int:
        return self.root(statement, *values)[0][0]

    def role_of(self, who: str, org: str) -> str | None:
        found = self.root(
            "select role from memberships where user_id = %s and org_id = %s", uid(who), uid(f"org {org}")
        )
        return found[0][0] if found else None


def done_or_waiting(tenants: Tenants, other: Future[Any]) -> None:
    """Returns once `other` has finished or stands behind somebody's lock: the order of two is then certain."""
    waiting = (
        "select pg_sleep(0.01), count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    for _ in range(500):
        if other.done() or tenants.root(waiting)[0][1]:
            return
    raise TimeoutError("neither done nor waiting")


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """`act(0)` .. `act(count - 1)` started in the same moment; a refusal comes back as its SQLSTATE."""
    barrier = Barrier(count)

    def one(number: int) -> Any:
        barrier.wait(10)
        try:
            return act(number)
        except psycopg.Error as refusal:
            return refusal.sqlstate or type(refusal).__name__

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def new_id(rows: Rows) -> UUID:
    return rows[0][0]


def _rows(cursor: psycopg.Cursor[Any]) -> Rows:
    return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]
