"""Clients that open a connection and then take their time."""

import asyncio
import contextlib
import os
import resource
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.factories import a_business
from tests.plugins.database import SECRET_KEY
from tests.waiting import until
from vulkn_app.api import edge
from vulkn_app.local.ports import free_port
from vulkn_app.local.web import command
from vulkn_app.settings import ROOT


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


async def test_a_body_that_comes_drop_by_drop_has_the_same_time(
    served: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.3)
    address, slug = urlsplit(served), a_business(database_url).slug
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"POST /api/widget/{slug}/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n"
    writer.write(head.encode())
    answered = asyncio.create_task(reader.readline())

    async def drop() -> bool:
        with contextlib.suppress(ConnectionError):
            writer.write(b" ")
            await writer.drain()
        return answered.done()

    await until(drop)

    assert b" 408 " in await answered
    writer.close()


@pytest.fixture
async def production(database_url: str) -> AsyncIterator[int]:
    """The port of the web process, started with the command that `up` and docs/operations.md use."""
    port = free_port()
    env = os.environ | {
        "DATABASE_URL": database_url,
        "VULKN_SECRET_KEY": SECRET_KEY,
        "WORKER_INSIDE": "false",
    }
    process = await asyncio.create_subprocess_exec(*command("127.0.0.1", port), env=env, cwd=ROOT)

    async def answers() -> bool:
        return await healthy(port)

    await until(answers, seconds=60)
    yield port
    process.terminate()
    await process.wait()


async def healthy(port: int) -> bool:
    try:
        async with httpx.AsyncClient(timeout=5) as http:
            return (await http.get(f"http://127.0.0.1:{port}/healthz")).is_success
    except httpx.TransportError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nhost: x\r\n"], ids=["nothing", "half a head"])
async def test_thousands_of_connections_that_ask_nothing_hold_nobody_up(production: int, said: bytes) -> None:
    """1,024 of them kept everybody out: for ever, or for as long as a head may take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 3000:
        pytest.skip(f"This machine allows a process only {hard} open files.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3000), hard))
    opened = [await asyncio.open_connection("127.0.0.1", production) for _ in range(1200)]
    for _, writer in opened:
        writer.write(said)

    assert await healthy(production)

    for _, writer in opened:
        writer.close()
