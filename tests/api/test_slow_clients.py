"""Clients that open a connection and then take their time."""

import asyncio
from urllib.parse import urlsplit

import pytest

from vulkn_app.api import edge


async def test_a_body_that_does_not_come_is_given_up(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.3)
    address = urlsplit(served)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)

    writer.write(
        b"POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"
    )
    await writer.drain()
    async with asyncio.timeout(10):
        head = await reader.readline()

    assert b" 408 " in head or b" 400 " in head
    writer.close()


async def test_a_message_whose_body_does_not_come_is_a_408(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.3)
    address = urlsplit(served)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)

    writer.write(b"POST /api/widget/nobody/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{")
    await writer.drain()
    async with asyncio.timeout(10):
        head = await reader.readline()

    assert b" 404 " in head or b" 408 " in head
    writer.close()
