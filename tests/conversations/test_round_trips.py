"""What a turn costs the database."""

from typing import Any

import httpx
import pytest

from tests.factories import Visitor, a_business
from vulkn_app.conversations import engine, keeping


async def test_a_turn_is_two_round_trips(
    http: httpx.AsyncClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted where every statement passes: the connection of the pool itself."""
    from psycopg import AsyncConnection

    visitor = Visitor(http, a_business(database_url).slug)
    await visitor.open()
    await visitor.ask("hola")  # tenant and brain are read once
    asked: list[str] = []
    execute = AsyncConnection.execute

    async def counted(self: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        asked.append(str(query))
        return await execute(self, query, *arguments, **options)

    monkeypatch.setattr(AsyncConnection, "execute", counted)
    answer = await visitor.ask("¿Cuánto cuesta la limpieza?")

    assert answer["done"]
    assert [query for query in asked if "pg_notify" not in query] == [engine.OPEN, keeping.CLOSE]
