"""A web site on loopback for browsers, which may still knock while it closes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def site(app: web.Application) -> AsyncIterator[str]:
    """Its address."""
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    door = socket.create_server(("127.0.0.1", 0))
    try:
        await runner.setup()
        await web.SockSite(runner, door).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        # Whoever comes in while asyncio's server closes leaves a socket that nobody closes (Python 3.11).
        asyncio.get_running_loop().remove_reader(door)
        await asyncio.sleep(0)
        await runner.cleanup()
        door.close()
