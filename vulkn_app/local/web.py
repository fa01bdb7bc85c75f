"""The web process: dashboard, widget and API on one port, in one worker."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx

from vulkn_app.local.children import Child
from vulkn_app.local.failure import StackFailed
from vulkn_app.local.frontend import SERVE
from vulkn_app.settings import ROOT

START_TIMEOUT = timedelta(seconds=120)
# The process, its database, queue and sign-in, our first page, the dashboard's.
# Granian counts every open connection, an idle one too, and takes no more: as many as anybody opens cost little.
CONNECTIONS = 8192
HEADERS_WITHIN = timedelta(seconds=10)
MUST_ANSWER = ("/healthz", "/readyz", "/", "/login/")
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def command(host: str, port: int) -> list[str]:
    """What serves the product, here and in production."""
    server = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--factory",
        "--workers",
        "1",
        "--no-log",
        "--backpressure",
        str(CONNECTIONS),
        "--http1-header-read-timeout",
        str(HEADERS_WITHIN // timedelta(milliseconds=1)),
    ]
    return [*server, "--host", host, "--port", str(port), "vulkn_app.vulkn_app:app"]


class Web:
    """Start it, wait for it, stop it."""

    def __init__(self, host: str, port: int, *, env: Mapping[str, str], log: Path) -> None:
        self.child = Child("The web process", command(host, port), log=log, env={**env, **SERVE}, cwd=ROOT)
        self._base = f"http://{ANY_ADDRESS.get(host, host)}:{port}"

    async def start(self) -> None:
        """Every page of MUST_ANSWER answered when it returns."""
        self.child.start()
        waiting = list(MUST_ANSWER)
        last = ""
        try:
            async with (
                asyncio.timeout(START_TIMEOUT.total_seconds()),
                httpx.AsyncClient(timeout=10, trust_env=False, follow_redirects=True) as http,
            ):
                while waiting and self.child.running:
                    last = await _ask(http, f"{self._base}{waiting[0]}")
                    if last:
                        await asyncio.sleep(0.1)
                    else:
                        waiting.pop(0)
        except TimeoutError:
            pass
        if waiting:
            raise StackFailed(
                f"The web process does not serve {waiting[0]} ({last}):\n{self.child.last_lines()}"
            )

    async def stop(self) -> None:
        await self.child.stop(grace=timedelta(seconds=30))


async def _ask(http: httpx.AsyncClient, url: str) -> str:
    """Empty if the address answers well, else what it did instead."""
    try:
        answer = await http.get(url)
    except httpx.TransportError as error:
        return type(error).__name__
    return "" if answer.is_success else f"HTTP {answer.status_code} {answer.text[:200]}"
