"""A database that still holds its connections and answers nothing: a frozen machine, a network that drops packets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import text

from tests.factories import Business, a_business
from vulkn_app.db import (
    AgentKey,
    as_administrator,
    as_agent,
    as_member,
    as_operator,
    as_person,
    as_system,
    database,
    engine_call,
)
from vulkn_app.errors import DatabaseAway
from vulkn_app.settings import settings

Work = Callable[[Business], Awaitable[None]]
LONGEST = timedelta(seconds=0.4)


@dataclass
class Line:
    """Between us and PostgreSQL; while it is cut, what either side says stays on the way."""

    url: str
    passing: asyncio.Event = field(default_factory=asyncio.Event)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def __call__(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        parts = conninfo_to_dict(self.url)
        far, on = await asyncio.open_connection(str(parts["host"]), int(str(parts["port"])))
        self.writers += [back, on]
        with suppress(ConnectionError):
            await asyncio.gather(self._pass(near, on), self._pass(far, back))

    async def _pass(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while said := await source.read(65_536):
            await self.passing.wait()
            to.write(said)
        to.close()


@pytest.fixture
async def line(deployment: None, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    cut = Line(database_url)
    cut.passing.set()
    server = await asyncio.start_server(cut, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    through = make_conninfo(database_url, host="127.0.0.1", port=port)
    monkeypatch.setattr(settings, "database_url", through)
    monkeypatch.setattr(settings, "database_call_timeout", LONGEST)
    yield cut
    cut.passing.set()
    await database.close()
    server.close()
    for writer in cut.writers:
        writer.close()


async def _member(business: Business) -> None:
    async with as_member(business.owner) as session:
        await session.execute(text("select 1"))


async def _person(business: Business) -> None:
    async with as_person(business.owner) as connection:
        await connection.execute("select 1")


async def _administrator(business: Business) -> None:
    async with as_administrator(business.owner.user_id) as connection:
        await connection.execute("select 1")


async def _agent(business: Business) -> None:
    async with as_agent(AgentKey(business.org_id)) as connection:
        await connection.execute("select 1")


async def _operator(business: Business) -> None:
    async with as_operator(business.org_id) as connection:
        await connection.execute("select 1")


async def _system(business: Business) -> None:
    async with as_system("vulkn_web") as connection:
        await connection.execute("select 1")


async def _turn(business: Business) -> None:
    await engine_call("select 1", ())


EVERY_WAY = [_member, _person, _administrator, _agent, _operator, _system, _turn]


@pytest.mark.parametrize("work", EVERY_WAY)
async def test_nobody_waits_for_it_and_it_is_used_again_when_it_is_back(
    line: Line, database_url: str, work: Work
) -> None:
    business = a_business(database_url)
    await work(business)

    line.passing.clear()
    async with asyncio.timeout(30):
        with pytest.raises(DatabaseAway):
            await work(business)
    line.passing.set()

    async with asyncio.timeout(30):
        await work(business)


@pytest.mark.parametrize("authority", [as_member, as_person])
async def test_nor_for_the_end_of_what_was_begun(
    line: Line, database_url: str, authority: Callable[..., Any]
) -> None:
    """It falls silent before the commit. Whether that went through, nobody knows: what is done is done once by its key."""
    business = a_business(database_url)

    async def begun() -> None:
        async with authority(business.owner) as connection:
            await connection.execute(text("select 1") if authority is as_member else "select 1")
            line.passing.clear()

    async with asyncio.timeout(30):
        with pytest.raises(DatabaseAway):
            await begun()


@pytest.mark.parametrize("work", EVERY_WAY)
async def test_one_that_hung_up_was_restarted_and_is_asked_anew(
    deployment: None, database_url: str, work: Work
) -> None:
    business = a_business(database_url)
    await work(business)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )

    await work(business)
