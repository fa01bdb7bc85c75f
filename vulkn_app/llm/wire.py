"""The one way out to every provider: a JSON body goes there, a stream of bytes comes back.

The transport is the one that the anthropic SDK brings (httpx2 over aiohttp), used without the SDK's own request
building: that costs as much CPU as everything else up to the first token. The SDK takes two seconds to load, and is
loaded where a model is asked: not by a shell's command, nor in rehearsal.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx2

from vulkn_app.llm.asks import FailureKind, ProviderFailed
from vulkn_app.llm.failures import from_error
from vulkn_app.llm.sse import MalformedStream, decode
from vulkn_app.settings import settings
from vulkn_app.tls import authorities

if TYPE_CHECKING:
    import anthropic

# The aiohttp transport lets its own errors through once the response has begun.
BROKEN = (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, aiohttp.ClientError, OSError)

_ALWAYS = {"content-type": "application/json", "accept-encoding": "gzip, deflate"}

_clients: dict[asyncio.AbstractEventLoop, anthropic.DefaultAioHttpClient] = {}


def open_client() -> anthropic.DefaultAioHttpClient:
    """The process's one client, made on first use."""
    loop = asyncio.get_running_loop()
    if (client := _clients.get(loop)) is None:
        import anthropic

        client = _clients[loop] = anthropic.DefaultAioHttpClient(verify=authorities())
    return client


async def close() -> None:
    for loop in list(_clients):
        await _clients.pop(loop).aclose()


def encoded(value: Any) -> bytes:
    """As compact JSON; a character that is none becomes a question mark."""
    return _encode(value).encode("utf-8", "replace")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=16)
def _parsed(url: str) -> httpx2.URL:
    return httpx2.URL(url)


@asynccontextmanager
async def posted(url: str, *, headers: Mapping[str, str], body: bytes) -> AsyncIterator[AsyncIterator[bytes]]:
    """The answer's bytes as they come. Raises ProviderFailed for a refusal; BROKEN is for `failure` to name."""
    limits = httpx2.Timeout(None, connect=settings.llm_connect_timeout.total_seconds())
    # The client would put every request together from its own defaults, which takes longer than sending it.
    request = httpx2.Request(
        "POST",
        _parsed(url),
        headers={**_ALWAYS, **headers},
        content=body,
        extensions={"timeout": limits.as_dict()},
    )
    response = await open_client().send(request, stream=True, follow_redirects=False)
    try:
        if not response.is_success:
            raise await _refusal(response)
        yield response.aiter_bytes()
    finally:
        await response.aclose()


async def _refusal(response: httpx2.Response) -> ProviderFailed:
    body = await response.aread()
    try:
        told: object = decode(body)
    except MalformedStream:
        told = body[:200].decode("utf-8", "replace")
    return from_error(told, status=response.status_code, headers=response.headers)


def failure(error: BaseException) -> ProviderFailed:
    """In the order of the exceptions' inheritance: asyncio's timeout is an OSError."""
    if isinstance(error, ProviderFailed):
        return error
    if isinstance(error, (TimeoutError, httpx2.TimeoutException)):
        return ProviderFailed(FailureKind.TIMEOUT)
    if isinstance(error, (httpx2.ConnectError, httpx2.UnsupportedProtocol, httpx2.InvalidURL)):
        return ProviderFailed(FailureKind.CONNECTION)
    return ProviderFailed(FailureKind.CUT_OFF)
