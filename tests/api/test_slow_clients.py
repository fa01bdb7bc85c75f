"""Clients that open a connection and then take their time."""

import asyncio
from urllib.parse import urlsplit

import pytest

from tests.factories import a_business
from vulkn_app.api import edge


async def status_line(served: str, request: bytes) -> bytes:
    """What a raw socket gets back for a request that never becomes whole."""
    address = urlsplit(served)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(request)
    await writer.drain()
    async with asyncio.timeout(10):
        head = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return head


async def test_a_body_that_does_not_come_is_a_408(
    served: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.3)
    slug = a_business(database_url).slug

    head = await status_line(
        served,
        f"POST /api/widget/{slug}/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{{".encode(),
    )

    assert b" 408 " in head


async def test_headers_without_end_are_refused(served: str) -> None:
    head = await status_line(served, b"GET /healthz HTTP/1.1\r\nhost: x\r\n" + b"x-a: " + b"a" * 1_000_000)

    assert b" 431 " in head
