"""The bundled API behind its edge, on a real port, in this process."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp

from vulkn_app import live
from vulkn_app.channels import tenants
from vulkn_app.conversations import engine
from vulkn_app.tls import authorities


def free_port() -> int:
    """Below the range that outgoing connections take theirs from, so that nothing is in the way later; anywhere
    in it, because granian shares a port that a second test run chose at the same moment."""
    for port in random.sample(range(21000, 32000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


@asynccontextmanager
async def serving(app: ASGIApp | None = None, **granian: Any) -> AsyncIterator[str]:
    """The API behind its edge, with `app` as the rest of the site, on granian with these settings."""
    from vulkn_app.api import bundled
    from vulkn_app.api.edge import Edge

    port = free_port()
    edge = Edge(app or bundled, bundled)
    server = Server(edge, port=port, interface=Interfaces.ASGINL, log_enabled=False, **granian)
    running = asyncio.create_task(server.serve())
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(verify=authorities()) as probe:
        for _ in range(200):
            try:
                await probe.get(f"{base}/healthz")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
    try:
        yield base
    finally:
        await engine.drain(5)
        server.stop()
        await running


@pytest.fixture
async def served(deployment: None) -> AsyncIterator[str]:
    """The address of the running API."""
    live.listen_everywhere(tenants.forget)
    async with serving() as base:
        yield base


@pytest.fixture
async def http(served: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served, timeout=20, verify=authorities()) as client:
        yield client
