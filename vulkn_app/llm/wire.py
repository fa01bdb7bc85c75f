"""The one way out to every provider: a JSON body goes there, a stream of bytes comes back.

Over aiohttp, the transport that the anthropic SDK brings, without the layers that the SDK has around it: they cost
as much CPU as everything else up to the first token.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
from yarl import URL

from vulkn_app.llm.asks import FailureKind, ProviderFailed
from vulkn_app.llm.failures import from_error
from vulkn_app.llm.sse import MalformedStream, decode
from vulkn_app.settings import settings

BROKEN = (aiohttp.ClientError, OSError)

_ALWAYS = {"content-type": "application/json", "accept-encoding": "gzip, deflate"}
_CONNECTIONS = 1000
_KEPT = 15.0  # seconds; what stands before a provider closes a silent connection after 60 or more

_clients: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}


def open_client() -> aiohttp.ClientSession:
    """The process's one client, made on first use."""
    loop = asyncio.get_running_loop()
    if (client := _clients.get(loop)) is None:
        # The certificates that the SDK trusts; those of a slim machine are often missing.
        connector = aiohttp.TCPConnector(
            limit=_CONNECTIONS, keepalive_timeout=_KEPT, ssl=httpx2.create_ssl_context()
        )
        # Patience has its own clock, and nobody's cookies are anybody else's.
        client = _clients[loop] = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=settings.llm_connect_timeout.total_seconds()
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
    return client


async def close() -> None:
    for loop in list(_clients):
        await _clients.pop(loop).close()


def encoded(value: Any) -> bytes:
    """As compact JSON; a character that is none becomes a question mark."""
    return _encode(value).encode("utf-8", "replace")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=16)
def _way(url: str) -> tuple[URL, str | None]:
    """The address, and the proxy that the environment names for it."""
    try:
        address = URL(url)
    except ValueError as problem:
        raise aiohttp.InvalidURL(url) from problem
    if not address.host or proxy_bypass(address.host):
        return address, None
    known = getproxies()
    return address, known.get(address.scheme) or known.get("all")


@asynccontextmanager
async def posted(url: str, *, headers: Mapping[str, str], body: bytes) -> AsyncIterator[AsyncIterator[bytes]]:
    """The answer's bytes as they come. Raises ProviderFailed for a refusal; BROKEN is for `failure` to name."""
    address, proxy = _way(url)
    response = await open_client().post(
        address, headers={**_ALWAYS, **headers}, data=body, allow_redirects=False, proxy=proxy
    )
    try:
        if not 200 <= response.status < 300:
            raise await _refusal(response)
        yield response.content.iter_any()
    finally:
        # An answer that was not read to its end takes its connection with it.
        response.release() if response.content.at_eof() else response.close()


async def _refusal(response: aiohttp.ClientResponse) -> ProviderFailed:
    body = await response.read()
    try:
        told: object = decode(body)
    except MalformedStream:
        told = body[:200].decode("utf-8", "replace")
    return from_error(told, status=response.status, headers=response.headers)


def failure(error: BaseException) -> ProviderFailed:
    """In the order of the exceptions' inheritance: asyncio's timeout is an OSError."""
    if isinstance(error, ProviderFailed):
        return error
    if isinstance(error, TimeoutError):
        return ProviderFailed(FailureKind.TIMEOUT)
    if isinstance(error, (aiohttp.ClientConnectionError, aiohttp.InvalidURL)):
        return ProviderFailed(FailureKind.CONNECTION)
    return ProviderFailed(FailureKind.CUT_OFF)
