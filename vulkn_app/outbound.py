"""HTTP to somebody else's server on an owner's behalf, without becoming their way into our network.

The host is resolved once, every address is checked, and the connection goes to a checked address with the name
only in Host and SNI: an answer that changes between check and connect (DNS rebinding) changes nothing. No
redirect is followed, no proxy of the environment used, no connection shared, and nothing read past the limit."""

import asyncio
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

import httpx
import structlog

from vulkn_app.addresses import Resolver, is_loopback, is_public, system_resolver
from vulkn_app.errors import VulknError
from vulkn_app.settings import settings

Method = Literal["GET", "POST"]
Refusal = Literal["address", "unreachable", "too_slow", "too_large", "redirect", "unreadable"]
log = structlog.get_logger()

PATIENCE = 5.0  # seconds, the look-up of the name included
CONNECT = 2.0
LARGEST = 256 * 1024
PORTS = (443, 8443)
PAGE_PORTS = (80, *PORTS)
ADDRESSES = 3  # tried one after another until one takes the connection


class OutboundFailed(VulknError):
    """No usable answer; `why` is for programs. Nothing of what was sent or received is in it."""

    code, status = "outbound_failed", 502

    def __init__(self, why: Refusal) -> None:
        super().__init__()
        self.why: Refusal = why


@dataclass(frozen=True)
class Call:
    """One request, fully spelled out. `hosts`: the names it may go to, exactly."""

    method: Method
    url: str = field(repr=False)
    hosts: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Reply:
    status: int
    content_type: str
    body: bytes = field(repr=False)
    ms: int
    location: str = field(default="", repr=False)


@dataclass(frozen=True)
class Outbound:
    """`resolve` and `tls` are the machine's own unless a test brings others. `pages`: for reading what is public
    anyway, so plain http will do and a redirect is an answer; whoever follows it comes through here again."""

    resolve: Resolver = system_resolver
    tls: ssl.SSLContext | None = None
    patience: float = PATIENCE
    largest: int = LARGEST
    pages: bool = False

    async def send(self, call: Call) -> Reply:
        """Once, never retried. Raises OutboundFailed. Logs host, status and time; nothing else."""
        started = time.perf_counter()
        told, status = "ok", 0
        try:
            async with asyncio.timeout(self.patience):
                reply = await self._send(call, started)
            status = reply.status
            return reply
        except OutboundFailed as problem:
            told = problem.why
            raise
        except TimeoutError as problem:
            told = "too_slow"
            raise OutboundFailed("too_slow") from problem
        finally:
            log.info("outbound.call", host=call.host, status=status, ms=_ms(started), result=told)

    async def _send(self, call: Call, started: float) -> Reply:
        url = _checked(call, pages=self.pages)
        addresses = await self._addresses(
            call.host, url.port or (443 if url.scheme == "https" else 80), url.scheme
        )
        tried: httpx.HTTPError | None = None
        for address in addresses[:ADDRESSES]:
            try:
                return await self._to(address, url, call, started)
            except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
                tried = problem  # nothing was sent yet
            except httpx.TimeoutException as problem:
                raise OutboundFailed("too_slow") from problem
            # Names that only look like international ones, ports that are none.
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
                raise OutboundFailed("unreachable") from problem
        raise OutboundFailed("unreachable") from tried

    async def _addresses(self, host: str, port: int, scheme: str) -> list[str]:
        """All of them must be fit: a name that also points inside is not trusted at all."""
        try:
            found = await self.resolve(host, port)
        except (OSError, UnicodeError) as problem:
            raise OutboundFailed("unreachable") from problem
        if not found:
            raise OutboundFailed("unreachable")
        if not all(_fit(address, scheme, pages=self.pages) for address in found):
            raise OutboundFailed("address")
        return found

    async def _to(self, address: str, url: httpx.URL, call: Call, started: float) -> Reply:
        pinned = url.copy_with(host=address)
        headers = {
            "user-agent": "VULKN/1",
            "accept": "application/json, text/plain;q=0.8",
            "accept-encoding": "gzip",
            **call.headers,
            "host": url.netloc.decode(),
            "connection": "close",
        }
        # A pool of its own: connections are kept by address, and two names may share one.
        async with httpx.AsyncClient(
            verify=self.tls or _tls(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self.patience, connect=CONNECT),
        ) as client:
            request = client.build_request(
                call.method,
                pinned,
                headers=headers,
                content=call.body,
                extensions={"sni_hostname": call.host},
            )
            response = await client.send(request, stream=True)
            try:
                location = response.headers.get("location", "") if response.is_redirect else ""
                body = b"" if self.pages and location else await self._body(response)
            finally:
                await response.aclose()
        kind = response.headers.get("content-type", "")
        return Reply(response.status_code, kind, body, _ms(started), location)

    async def _body(self, response: httpx.Response) -> bytes:
        """Plain or gzip, both ways at most `largest` bytes."""
        if 300 <= response.status_code < 400:
            raise OutboundFailed("redirect")
        if int(response.headers.get("content-length", "0")) > self.largest:
            raise OutboundFailed("too_large")
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise OutboundFailed("unreadable")
        return await _gathered(response.aiter_raw(), self.largest, zipped="gzip" in encoding)


async def _gathered(chunks: AsyncIterator[bytes], largest: int, *, zipped: bool) -> bytes:
    """Never inflates more than one byte past the limit, whatever the ratio."""
    inflate = zlib.decompressobj(wbits=31) if zipped else None
    body, received = bytearray(), 0
    async for chunk in chunks:
        received += len(chunk)
        try:
            body += inflate.decompress(chunk, largest + 1 - len(body)) if inflate else chunk
        except zlib.error as problem:
            raise OutboundFailed("unreadable") from problem
        if received > largest or len(body) > largest:
            raise OutboundFailed("too_large")
    if inflate and body and not inflate.eof:
        raise OutboundFailed("unreadable")
    return bytes(body)


def _checked(call: Call, *, pages: bool) -> httpx.URL:
    """The address as it will be sent. Raises OutboundFailed("address") for what must not even be looked up."""
    try:
        url = httpx.URL(call.url)
        port = url.port
    except (httpx.InvalidURL, ValueError) as problem:
        raise OutboundFailed("address") from problem
    loopback = settings.actions_reach_loopback
    if url.scheme not in ("https", "http") or (url.scheme == "http" and not (loopback or pages)):
        raise OutboundFailed("address")
    if url.userinfo or url.fragment or url.raw_host.decode() != call.host or call.host not in call.hosts:
        raise OutboundFailed("address")
    allowed = range(1, 1 << 16) if loopback else PAGE_PORTS if pages else PORTS
    if port is not None and port not in allowed:
        raise OutboundFailed("address")
    return url


def _fit(address: str, scheme: str, *, pages: bool) -> bool:
    if settings.actions_reach_loopback and is_loopback(address):
        return True
    return (pages or scheme == "https") and is_public(address)


@lru_cache
def _tls() -> ssl.SSLContext:
    """One for all calls: making it takes 70 ms, and it is the same for every name."""
    return httpx.create_ssl_context(trust_env=False)


def _ms(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
