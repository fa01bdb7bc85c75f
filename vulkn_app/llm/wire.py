"""The one way out to every provider: a JSON body goes there, a stream of bytes comes back.

The transport is the one that the anthropic SDK brings (httpx2 over aiohttp), used without the SDK's own request
building: that costs as much CPU as everything else up to the first token. The SDK takes two seconds to load, and is
loaded where a model is asked: not by a shell's command, nor in rehearsal.

A handshake is two or three round trips more before the first word, so connections are kept for the next question, and
`reach` makes one while somebody is about to ask.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
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

# Seconds that a connection waits for the next question; the SDK's five are over before a customer has typed it.
# Shorter than any network on the way is known to forget a silent connection (four minutes in Azure's, six in AWS's).
# https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset
# https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
KEPT = 120.0
REACHED_WITHIN = 5.0  # seconds; who asks meanwhile does not wait for it
GIVEN_UP_WITHIN = 1.0  # seconds: the other side of a connection that it closed says so within a round trip

_clients: dict[asyncio.AbstractEventLoop, anthropic.DefaultAioHttpClient] = {}
_used: dict[str, float] = {}  # when a connection to an origin was last used
_reaching: dict[str, asyncio.Task[None]] = {}  # by origin


def open_client() -> anthropic.DefaultAioHttpClient:
    """The process's one client, made on first use."""
    loop = asyncio.get_running_loop()
    if (client := _clients.get(loop)) is None:
        import anthropic

        limits = httpx2.Limits(max_connections=1000, keepalive_expiry=KEPT)
        client = _clients[loop] = anthropic.DefaultAioHttpClient(verify=authorities(), limits=limits)
    return client


async def close() -> None:
    for task in list(_reaching.values()):
        task.cancel()
    await reached()
    _used.clear()
    for loop in list(_clients):
        await _clients.pop(loop).aclose()


def reach(url: str) -> None:
    """Somebody is about to ask there: a connection is made where none is kept. Never blocks, never fails."""
    with suppress(*BROKEN):
        origin = _origin(url)
        if not (_kept(origin, KEPT / 2) or origin in _reaching):
            task = _reaching[origin] = asyncio.get_running_loop().create_task(_reach(origin))
            task.add_done_callback(lambda _: _reaching.pop(origin, None))


async def reached() -> None:
    """When all that `reach` began is over."""
    await asyncio.gather(*_reaching.values(), return_exceptions=True)


async def _reach(origin: str) -> None:
    """Whatever it answers: the connection stays."""
    with suppress(*BROKEN):
        async with asyncio.timeout(REACHED_WITHIN):
            await open_client().get(f"{origin}/", follow_redirects=False)
        _used[origin] = time.monotonic()


def _kept(origin: str, seconds: float) -> bool:
    """Whether a connection was used so lately that it is surely or, with KEPT, perhaps still there."""
    return time.monotonic() - _used.get(origin, -KEPT) < seconds


def encoded(value: Any) -> bytes:
    """As compact JSON; a character that is none becomes a question mark."""
    return _encode(value).encode("utf-8", "replace")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=16)
def _parsed(url: str) -> httpx2.URL:
    return httpx2.URL(url)


@lru_cache(maxsize=16)
def _origin(url: str) -> str:
    return str(_parsed(url).copy_with(raw_path=b"")).rstrip("/")


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
    origin = _origin(url)
    response = await _sent(request, origin)
    try:
        if not response.is_success:
            raise await _refusal(response)
        yield response.aiter_bytes()
    finally:
        _used[origin] = time.monotonic()
        await response.aclose()


async def _sent(request: httpx2.Request, origin: str) -> httpx2.Response:
    """The answer's beginning. A kept connection may be closed by the other side in the moment in which it is used: then
    the question goes out once more, on another one. Who hangs up later has read it, and may have begun to answer."""
    client, kept, since = open_client(), _kept(origin, KEPT), time.monotonic()
    try:
        return await client.send(request, stream=True, follow_redirects=False)
    except httpx2.ConnectError as error:
        late = time.monotonic() - since > GIVEN_UP_WITHIN
        if late or not kept or not _hung_up(error.__cause__):
            raise
        return await client.send(request, stream=True, follow_redirects=False)


def _hung_up(cause: BaseException | None) -> bool:
    """Whether the connection was there before it was not."""
    gone = isinstance(cause, (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError))
    return gone and not isinstance(cause, aiohttp.ClientConnectorError)


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
