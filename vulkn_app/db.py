"""Database sessions, each under one authority that row level security binds.

A person acts as `vulkn_web` with their claims, an agent as `vulkn_engine` in one organization, an
operator at the shell as `vulkn_maint` in one organization. `as_system` has no tenant and reaches only
the definer functions granted to its role: grep for it to see every such place. Only this file picks
a role; nobody here is a superuser, owns a table or bypasses a policy.
"""

import asyncio
import hashlib
import hmac
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, LiteralString
from uuid import UUID

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import event, exc, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from vulkn_app.errors import PLAN_FULL, DatabaseAway, NotAllowed, PlanFull
from vulkn_app.settings import settings

Login = Literal["vulkn_web", "vulkn_engine", "vulkn_maint"]
# What others deliver to us has connections of its own: it must be kept at once, however many customers are answered.
Line = Literal["ordinary", "deliveries"]
DELIVERY_POOL = 4

# Supabase's transaction pooler gives every transaction another connection: nothing may be prepared there, and nothing
# outlives a transaction. The same host keeps a connection for who comes to its other port.
# https://supabase.com/docs/guides/database/connecting-to-postgres
TRANSACTION_POOLER_PORT = "6543"
SESSION_PORT = "5432"

# Seconds and a count; the last one is milliseconds. A peer that a network lost is noticed within a minute also where we
# only listen; Linux alone asks after two hours. https://www.postgresql.org/docs/current/libpq-connect.html
PATIENCE: dict[str, int] = {
    "connect_timeout": 3,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

BECOME_MEMBER = text("select set_config('request.jwt.claims', :claims, true)")
# Reading is kept by the server for the whole transaction: no statement of a page, whatever it does, writes anything.
STAND_IN = (
    "select set_config('app.imp_session', %s, true),"
    " set_config('transaction_read_only', case when %s then 'on' else 'off' end, true)"
)


@dataclass(frozen=True)
class Standing:
    """An administrator's session in a client's organization. `key` is what Supabase REST knows it by."""

    session: UUID
    mode: Literal["read", "write"]
    key: str = field(repr=False)

    @property
    def reading(self) -> bool:
        return self.mode == "read"


@dataclass(frozen=True)
class Member:
    """A signed-in person, looking at one organization; `token` is their Supabase access token. `standing`: they are
    of VULKN and see it as its administrators do."""

    user_id: UUID
    org_id: UUID
    role: Literal["owner", "admin", "member"] = "member"
    token: str = field(default="", repr=False)
    standing: Standing | None = None

    @property
    def claims(self) -> str:
        return json.dumps({"sub": str(self.user_id), "role": "authenticated"})

    def must_write(self) -> None:
        """Before something that reaches the world outside, where no transaction could refuse it any more."""
        if self.standing and self.standing.reading:
            raise NotAllowed("support_reads_only")

    def must_be_theirs(self) -> None:
        """Before what support never does, not even where it may write."""
        if self.standing:
            raise NotAllowed("support_never")


@dataclass(frozen=True)
class AgentKey:
    """The bot's authority: one organization, nothing else."""

    org_id: UUID


def login_dsn(login: Login) -> str:
    """DATABASE_URL with a login role in place of its user; `migrate` gave that role this password."""
    assert settings.database_url, "`./vulkn up` sets DATABASE_URL; see .env.example"
    assert settings.vulkn_secret_key, "`./vulkn up` sets VULKN_SECRET_KEY; see .env.example"
    parts = conninfo_to_dict(settings.database_url)
    # Supabase's pooler names users "role.project".
    project = str(parts.get("user") or "").partition(".")[2]
    parts["user"] = f"{login}.{project}" if project else login
    parts["password"] = login_password(login, settings.vulkn_secret_key.get_secret_value())
    parts |= PATIENCE
    return make_conninfo("", **{key: str(value) for key, value in parts.items()})


def session_dsn(dsn: str) -> str:
    """The same database for what needs one connection all along: LISTEN, the migrations' lock, the job queue."""
    parts = conninfo_to_dict(dsn)
    if parts.get("port") == TRANSACTION_POOLER_PORT:
        parts["port"] = SESSION_PORT
    return make_conninfo("", **{key: str(value) for key, value in parts.items()})


def login_password(login: str, secret_key: str) -> str:
    """The password `migrate` sets and every process derives, so that no second secret is kept."""
    return hmac.new(secret_key.encode(), f"login:{login}".encode(), hashlib.sha256).hexdigest()


def _prepare_after(dsn: str) -> int | None:
    """How often a statement runs before the server keeps its plan; never behind a transaction pooler."""
    return None if conninfo_to_dict(dsn).get("port") == TRANSACTION_POOLER_PORT else 2


class Database:
    """The pools of one process; opened by the composition root, the worker, the CLI or a test."""

    def __init__(self) -> None:
        self._pools: dict[tuple[Login, Line], AsyncConnectionPool] = {}
        self._engine: AsyncEngine | None = None

    async def pool(self, login: Login, line: Line = "ordinary") -> AsyncConnectionPool:
        key = login, line
        if key not in self._pools:
            dsn = login_dsn(login)
            pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
                dsn,
                min_size=1,
                max_size=DELIVERY_POOL if line == "deliveries" else settings.database_pool_size,
                timeout=2,
                kwargs={"autocommit": True, "prepare_threshold": _prepare_after(dsn)},
                open=False,
                name=f"{login} {line}",
            )
            self._pools[key] = pool
            await pool.open()
        return self._pools[key]

    @property
    def engine(self) -> AsyncEngine:
        if self._engine is None:
            dsn = login_dsn("vulkn_web")

            async def connect() -> psycopg.AsyncConnection[Any]:
                return await psycopg.AsyncConnection.connect(dsn, prepare_threshold=_prepare_after(dsn))

            self._engine = create_async_engine(
                "postgresql+psycopg://",
                async_creator=connect,
                pool_size=settings.database_pool_size,
                pool_timeout=2,
            )
            event.listen(self._engine.sync_engine, "checkout", _only_if_there)
        return self._engine

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.close(timeout=2)
        if self._engine is not None:
            await self._engine.dispose()
        self._pools, self._engine = {}, None


database = Database()


@asynccontextmanager
async def as_member(member: Member) -> AsyncIterator[AsyncSession]:
    """One transaction under `member`'s own rights. Here as below, PlanFull is what the plan has no room for."""
    try:
        async with AsyncSession(database.engine, expire_on_commit=False) as session:
            connection = await session.connection()
            raw = await connection.get_raw_connection()
            with watchdog(raw.driver_connection):
                async with _ended(session):
                    await connection.execute(BECOME_MEMBER, {"claims": member.claims})
                    if member.standing:
                        await connection.exec_driver_sql(STAND_IN, _stood(member.standing))
                    yield session
    except (psycopg.errors.ReadOnlySqlTransaction, exc.InternalError) as problem:
        raise _read_only(problem) from problem
    except (psycopg.OperationalError, exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as problem:
        raise DatabaseAway from problem
    except exc.DBAPIError as problem:
        _no_room(problem.orig)
        raise


@asynccontextmanager
async def _ended(session: AsyncSession) -> AsyncIterator[None]:
    """Commits or takes back what the session began by itself, while its connection is still watched."""
    try:
        yield
        await session.commit()
    except BaseException:
        await session.rollback()
        raise


@asynccontextmanager
async def as_agent(agent: AgentKey) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """One transaction of the bot, in its organization only."""
    async with _transaction("vulkn_engine") as connection:
        await connection.execute("select set_config('app.org_id', %s, true)", (str(agent.org_id),))
        yield connection


@asynccontextmanager
async def as_operator(org_id: UUID) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """One transaction of a person at the server's shell, in the organization they named."""
    async with _transaction("vulkn_maint") as connection:
        await connection.execute("select set_config('app.org_id', %s, true)", (str(org_id),))
        yield connection


@asynccontextmanager
async def as_system(
    login: Login, *, limit: timedelta | None = None
) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """One transaction without a tenant: only the doors granted to `login` open. `limit`: for work, not for a turn."""
    async with _transaction(login, limit) as connection:
        yield connection


@asynccontextmanager
async def as_person(
    who: UUID | Member, *, limit: timedelta | None = None
) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """One transaction of a signed-in person: by their id while they may not belong to any organization yet, as a
    member for everything of an organization."""
    user_id, standing = (who.user_id, who.standing) if isinstance(who, Member) else (who, None)
    async with _transaction("vulkn_web", limit) as connection:
        claims = json.dumps({"sub": str(user_id), "role": "authenticated"})
        await connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        if standing:
            await connection.execute(STAND_IN, _stood(standing))
        try:
            yield connection
        except psycopg.errors.ReadOnlySqlTransaction as problem:
            raise NotAllowed("support_reads_only") from problem


@asynccontextmanager
async def as_administrator(user_id: UUID) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """One transaction of a platform administrator whose second factor was shown in this very session: only
    `administrators.of` may say so. Reaches the doors that ask app.must_administer, and no tenant's row."""
    async with _transaction("vulkn_web") as connection:
        claims = json.dumps({"sub": str(user_id), "role": "authenticated", "aal": "aal2"})
        await connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        yield connection


def _stood(standing: Standing) -> tuple[str, bool]:
    return str(standing.session), standing.reading


def _read_only(problem: Exception) -> Exception:
    """SQLAlchemy's wrapping of the refusal of a read-only transaction, in our words; others as they are."""
    inner = problem.orig if isinstance(problem, exc.InternalError) else problem
    if isinstance(inner, psycopg.errors.ReadOnlySqlTransaction):
        return NotAllowed("support_reads_only")
    return problem


async def engine_call(
    statement: LiteralString, parameters: tuple[Any, ...], *, line: Line = "ordinary"
) -> Any:
    """One round trip of the hot path: a single statement, its own transaction, the first column back.

    Tried once more after a lost connection, so `statement` must be safe to repeat (the turn's
    functions are: they recognise what they already stored). Raises DatabaseAway."""
    pool = await database.pool("vulkn_engine", line)
    for attempt in (1, 2):
        try:
            async with _lent(pool) as connection:
                with watchdog(connection):
                    cursor = await connection.execute(statement, parameters)
                    row = await cursor.fetchone()
                    return row[0] if row else None
        except PoolTimeout as problem:
            raise DatabaseAway from problem
        except psycopg.OperationalError as problem:
            if attempt == 2:
                raise DatabaseAway from problem
    return None


@asynccontextmanager
async def _transaction(
    login: Login, limit: timedelta | None = None
) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    pool = await database.pool(login)
    try:
        async with _lent(pool) as connection:
            with watchdog(connection, limit):  # its beginning and its end are calls as well
                async with connection.transaction():
                    if limit:
                        milliseconds = str(int(limit.total_seconds() * 1000))
                        await connection.execute(
                            "select set_config('statement_timeout', %s, true)", (milliseconds,)
                        )
                    yield connection
    except (PoolTimeout, psycopg.OperationalError) as problem:
        raise DatabaseAway from problem
    except psycopg.Error as problem:
        _no_room(problem)
        raise


def _no_room(problem: BaseException | None) -> None:
    """What a plan has no room for is refused by the tables, whatever was being done: the same sentence everywhere."""
    if isinstance(problem, psycopg.Error) and problem.sqlstate == PLAN_FULL:
        raise PlanFull.told(problem.diag.message_detail) from problem


@asynccontextmanager
async def _lent(pool: AsyncConnectionPool) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection that is still there. A restarted server leaves a pool of dead ones, each good for one failed
    request; the socket shows it without a round trip. (The pool's own `check` pauses after every dead one.)"""
    for _ in range(pool.max_size + 1):
        async with pool.connection() as connection:
            if _there(connection):
                yield connection
                return
            await connection.close()
    raise PoolTimeout("no connection of the pool is alive")


def _there(connection: psycopg.AsyncConnection[Any]) -> bool:
    try:
        for _ in range(2):  # what a server says before it hangs up, then that it has
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return False
    return True


def _only_if_there(connection: Any, *_: Any) -> None:
    """SQLAlchemy's pool takes another one then. Its own `pool_pre_ping` asks the server, which may say nothing."""
    if not _there(connection.driver_connection):
        raise exc.DisconnectionError


@contextmanager
def watchdog(connection: Any, limit: timedelta | None = None):
    """Shuts the socket of a call that takes too long.

    Cancelling a query on a dead link opens a second connection and waits for it (22 s measured where
    12 were asked for); closing the socket from this side ends it at once."""
    seconds = (limit or settings.database_call_timeout).total_seconds()
    handle = asyncio.get_running_loop().call_later(seconds, _hang_up, connection)
    try:
        yield
    finally:
        handle.cancel()


def _hang_up(connection: Any) -> None:
    try:
        line = socket.socket(fileno=os.dup(connection.fileno()))
    except (OSError, psycopg.OperationalError):
        return
    line.shutdown(socket.SHUT_RDWR)
    line.close()
