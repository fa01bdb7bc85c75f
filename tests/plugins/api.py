"""The bundled API behind its edge, on a real port, in this process."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server

from vulkn_app import live
from vulkn_app.channels import tenants
from vulkn_app.conversations import engine


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


@pytest.fixture
async def served(deployment: None) -> AsyncIterator[str]:
    """The address of the running API."""
    from vulkn_app.api import bundled
    from vulkn_app.api.edge import Edge

    port = free_port()
    server = Server(Edge(bundled, bundled), port=port, interface=Interfaces.ASGINL, log_enabled=False)
    running = asyncio.create_task(server.serve())
    live.listen_everywhere(tenants.forget)
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as probe:
        for _ in range(200):
            try:
                await probe.get(f"{base}/healthz")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
    yield base
    await engine.drain(5)
    server.stop()
    await running


@pytest.fixture
async def http(served: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served, timeout=20) as client:
        yield client
