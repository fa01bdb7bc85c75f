"""The dashboard's socket at its door: who may open one, and how much may come through it.

Every open page has a socket and every socket costs memory, so an address opens so many a minute, and of people
who are not signed in so many stand at the door at once. Who somebody is does not change while a socket lives:
its headers are those of the handshake."""

import asyncio
import re
from collections.abc import Callable
from urllib.parse import parse_qs

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vulkn_app import auth, limits
from vulkn_app.api.answers import address
from vulkn_app.errors import DatabaseAway, TooMuch

log = structlog.get_logger()

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
STRANGERS_MESSAGE = 64 * 1024  # bytes
MEMBERS_MESSAGE = 256 * 1024  # the longest text that a form of ours sends, in any script
MESSAGES, WINDOW = 300, 10.0  # one socket's in so many seconds: nobody types as fast
FORGOTTEN_AFTER = 30.0  # seconds; a page that is loaded again comes back sooner

NOT_ALLOWED, TRY_LATER, POLICY, TOO_BIG = 4403, 1013, 1008, 1009


class Door:
    """In front of the socket's app. `forget` is called when people who never signed in have left."""

    def __init__(self, app: ASGIApp, forget: Callable[[], None]) -> None:
        self.app = app
        self.forget = forget
        self._leaving: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _browser_token(scope):
            await _close(receive, send, NOT_ALLOWED)
            return
        here = HTTPConnection(scope)
        who = address(here)
        try:
            await limits.spend(limits.ADDRESS_SOCKETS, "sockets", who)
            if await _signed_in(here):
                await self.app(scope, Inbound(receive, send, MEMBERS_MESSAGE), send)
            else:
                await self._stranger(who, scope, receive, send)
        except TooMuch:
            log.warning("socket.refused", address=who)
            await _close(receive, send, TRY_LATER)

    async def _stranger(self, who: str, scope: Scope, receive: Receive, send: Send) -> None:
        limits.STRANGERS.ask(who)
        try:
            with limits.STRANGERS.taken(who):
                await self.app(scope, Inbound(receive, send, STRANGERS_MESSAGE), send)
        finally:
            if self._leaving is None:
                self._leaving = asyncio.get_running_loop().call_later(FORGOTTEN_AFTER, self._left)

    def _left(self) -> None:
        self._leaving = None
        self.forget()


class Inbound:
    """Passes on what comes in until it is too large or too often: then the socket is closed, and for the app
    it looks as if the browser had left."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive = receive
        self._send = send
        self._most = most
        self._seen = 0
        self._since = 0.0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        if _size(message) > self._most:
            return await self._end(TOO_BIG)
        if self._too_often():
            return await self._end(POLICY)
        return message

    def _too_often(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._since > WINDOW:
            self._since, self._seen = now, 0
        self._seen += 1
        return self._seen > MESSAGES

    async def _end(self, code: int) -> Message:
        log.warning("socket.ended", code=code)
        await self._send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}


def _size(message: Message) -> int:
    text = message.get("text")
    return len(text.encode(errors="replace")) if text is not None else len(message.get("bytes") or b"")


def _browser_token(scope: Scope) -> bool:
    """Client tokens share a namespace with Reflex's shared states: only a UUID is one browser's own."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return bool(UUID.fullmatch(query.get("token", [""])[0]))


async def _signed_in(here: HTTPConnection) -> bool:
    try:
        return await auth.read(here.cookies.get(auth.COOKIE, "")) is not None
    except DatabaseAway:  # the guard says so on the page
        return True


async def _close(receive: Receive, send: Send, code: int) -> None:
    await receive()
    await send({"type": "websocket.close", "code": code})
