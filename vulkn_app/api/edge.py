"""The outermost layers, before anything of Reflex or FastAPI sees a request.

`Edge` bounds bodies in size and time, answers the widget's CORS (any page may ask; which origin is
allowed is the tenant's own decision, made at the route), leads sockets to their own door, closes Reflex's
upload door, and sets the headers."""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vulkn_app.api import landing
from vulkn_app.api.sockets import Door
from vulkn_app.errors import TooLarge, TooSlow
from vulkn_app.i18n import sentence

MAX_BODY = 64 * 1024
BODY_SECONDS = 10.0
# The doors for files; the routes behind them ask who is there before they read.
UPLOADS = "/api/knowledge/uploads"
FILES = "/api/attachments"
LOGO = "/api/branding/logo"
# One of Meta's deliveries may tell of thousands of messages; the route believes none that is not signed.
WEBHOOK = "/api/webhooks/whatsapp"
# Bytes and seconds of a body, where they are not MAX_BODY and BODY_SECONDS: 20 MB from a phone take their time.
LARGER = {
    UPLOADS: (20_000_000, 180.0),
    FILES: (16_777_216, 180.0),
    LOGO: (2_000_000, 60.0),
    WEBHOOK: (5_000_000, 30.0),
}

SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
# The one page of ours that another page of ours frames: the widget as it would look.
FRAMED = "/preview/widget"
# After signing out the Back button must not bring a page back from the browser's memory.
PRIVATE = (b"cache-control", b"no-store")
IMMUTABLE = (b"cache-control", b"public, max-age=31536000, immutable")
CORS_ANSWER = [
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, last-event-id"),
    (b"access-control-max-age", b"86400"),
]


# Straight to the bundled API: Reflex's layers would cost a turn a tenth of its time and answer CORS for us.
DIRECT = (
    "/api/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/c/",
    "/og/",
    "/logo/",
    "/preview/",
    "/landing/",
    "/assets/reflex-env-",
)


class Edge:
    """`app` is everything, `api` the bundled API alone, where a request for it need not pass the rest; `forget`
    is called when people who were not signed in have left."""

    def __init__(self, app: ASGIApp, api: ASGIApp, forget: Callable[[], None] = lambda: None) -> None:
        self.app = app
        self.api = api
        self.door = Door(app, forget)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.door(scope, receive, send)
        elif path.startswith(("/_event", "/_upload")):
            # No polling around the socket's limits. And Reflex trusts whatever client token an upload names; our
            # uploads have routes of their own.
            await _refuse(send, 403, "not_allowed")
        elif path.startswith(("/api/widget/", "/vulkn-")):
            await self._widget(scope, receive, send)
        else:
            await self._bounded(scope, receive, _headers(scope, send))

    async def _widget(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open to other origins, blind to cookies: a visitor is who their token says."""
        origin = dict(scope["headers"]).get(b"origin")
        if scope["method"] == "OPTIONS":
            head = [*CORS_ANSWER, (b"access-control-allow-origin", origin or b"*")]
            await send({"type": "http.response.start", "status": 204, "headers": head})
            await send({"type": "http.response.body", "body": b""})
            return
        asset = scope["path"].startswith("/vulkn-")
        # Reflex answers CORS for its files before we can: it is not told that there is another origin.
        unseen = (b"cookie", b"origin") if asset else (b"cookie",)
        headers = [(name, value) for name, value in scope["headers"] if name not in unseen]
        await self._bounded({**scope, "headers": headers}, receive, _open_to(origin, send))

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = _Limit(receive, scope)
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            limit.check_announced()
            direct = scope["path"] in landing.PATHS or scope["path"].startswith(DIRECT)
            await (self.api if direct else self.app)(scope, limit.receive, watch)
        except (TooLarge, TooSlow) as problem:  # usually answered at the route; here for who reads no errors
            if not started:
                await _refuse(send, problem.status, problem.code)


class _Limit:
    """Counts what arrives; the whole body has its seconds."""

    def __init__(self, receive: Receive, scope: Scope) -> None:
        self._receive = receive
        self._announced = dict(scope["headers"]).get(b"content-length", b"0")
        self._most, seconds = LARGER.get(scope["path"], (MAX_BODY, BODY_SECONDS))
        self._seen = 0
        self._complete = False
        self._deadline = asyncio.get_running_loop().time() + seconds

    def check_announced(self) -> None:
        if not self._announced.isdigit() or int(self._announced) > self._most:
            raise TooLarge

    async def receive(self) -> Message:
        if self._complete:  # nothing but the client's leaving can come now
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as problem:
            raise TooSlow from problem
        self._seen += len(message.get("body", b""))
        if self._seen > self._most:
            raise TooLarge
        self._complete = not message.get("more_body", False)
        return message


def _headers(scope: Scope, send: Send) -> Send:
    """Our own headers on top; a redirect to ourselves names no host."""
    path, host = scope["path"], dict(scope["headers"]).get(b"host", b"")
    immutable = path.startswith("/assets/") and not path.startswith("/assets/reflex-env-")

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra = [*SECURITY, IMMUTABLE] if immutable and message["status"] == 200 else SECURITY
            if path.startswith("/app"):
                extra = [*SECURITY, PRIVATE]
            if path == FRAMED:
                extra = [(n, b"SAMEORIGIN" if n == b"x-frame-options" else v) for n, v in SECURITY]
            told = [(n, _relative(v, host) if n.lower() == b"location" else v) for n, v in message["headers"]]
            message = {**message, "headers": [*told, *extra]}
        await send(message)

    return dressed


def _relative(location: bytes, host: bytes) -> bytes:
    """Starlette completes its redirects with the Host header, which anybody can write."""
    parts = urlsplit(location)
    if parts.netloc != host:
        return location
    path = b"/" + parts.path.lstrip(b"/\\")
    return path + (b"?" + parts.query if parts.query else b"")


def _open_to(origin: bytes | None, send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(n, v) for n, v in message["headers"] if not n.lower().startswith(b"access-control-")]
            allow = [(b"access-control-allow-origin", origin or b"*"), (b"vary", b"Origin"), SECURITY[0]]
            expose = (b"access-control-expose-headers", b"retry-after, etag")
            message = {**message, "headers": [*kept, *allow, expose]}
        await send(message)

    return dressed


async def _refuse(send: Send, status: int, code: str) -> None:
    body = json.dumps({"error": {"code": code, "message": sentence(code)}}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close"), *SECURITY]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
