"""The widget's half of the public contract on loopback, with faults on demand, and a foreign site that embeds it."""

import asyncio
import copy
import json
import mimetypes
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import web

from tests.fakes.site import site
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"

CONFIG: dict[str, Any] = {
    "slug": "panaderia-sol",
    "name": "Panadería Sol",
    "agent_name": "Lucía",
    "live": True,
    "greeting": {
        "es": "¡Hola! Soy Lucía. Pregúntame por el pan, los pasteles o los horarios.",
        "en": "Hi! I'm Lucía. Ask me about bread, cakes or opening hours.",
    },
    "languages": ["es", "en"],
    "default_language": "es",
    "branding": {"color": "#5b5bd6", "logo_url": None, "position": "right"},
    "suggestions": {
        "es": ["¿A qué hora abren?", "¿Hacen pasteles por encargo?"],
        "en": ["When do you open?", "Do you bake cakes to order?"],
    },
    "disclosure": {
        "es": "Asistente con inteligencia artificial de Panadería Sol. Puede equivocarse.",
        "en": "AI assistant of Panadería Sol. It can make mistakes.",
    },
}
CORS = {
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": "authorization, content-type, last-event-id",
    "access-control-expose-headers": "retry-after, etag",
}
CORS_KEY = web.RequestKey("cors", dict[str, str])


@dataclass
class Answer:
    """What the next new message meets. A Gate among the pieces holds the stream until it is opened."""

    pieces: Sequence["str | Gate"] = ("Abrimos de 9 a 18 h.",)
    sources: list[dict[str, str]] = field(default_factory=list)
    dropped_after: int | None = (
        None  # pieces sent before the connection is cut, once; -1: not even `accepted`
    )
    handoff: bool = False
    error: str | None = None


class Gate(asyncio.Event):
    """Keeps a stream waiting until a test has looked at what is on the screen."""

    open = asyncio.Event.set


@dataclass
class FakeApi:
    url: str = ""
    site: str = ""
    config: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(CONFIG))
    refuses_config: int | None = None
    refuses_sessions: deque[int] = field(default_factory=deque)
    refuses_posts: deque[int] = field(default_factory=deque)  # statuses for the next posts
    answers: deque[Answer] = field(default_factory=deque)
    histories: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    posts: list[dict[str, str]] = field(default_factory=list)
    turns: dict[str, tuple[str, Answer, list[dict[str, Any]]]] = field(default_factory=dict)
    events: list[dict[str, str]] = field(default_factory=list)
    feedback: list[dict[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    refuses_links: bool = False
    cookies_seen: list[str] = field(default_factory=list)
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    listeners: list[tuple[asyncio.Queue[tuple[str, dict[str, Any]]], str | None]] = field(
        default_factory=list
    )

    def embed(self, *, attributes: str = "") -> str:
        return f'<script src="{self.url}/vulkn-widget.js" data-org="panaderia-sol" {attributes}></script>'

    def add_page(
        self, path: str, body: str, *, lang: str = "es", headers: dict[str, str] | None = None
    ) -> str:
        """A page of the foreign site; returns its address."""
        head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        html = f'<!doctype html><html lang="{lang}"><head>{head}<title>Sitio</title></head><body>{body}</body></html>'
        self.pages[path] = (html, headers or {})
        return self.site + path

    async def tell(self, event: str, data: dict[str, Any]) -> None:
        """Says something on every live stream that is open; the first one may still be on its way."""
        await until(self.heard)
        for queue, _ in self.listeners:
            queue.put_nowait((event, data))

    async def heard(self) -> bool:
        return bool(self.listeners)

    async def told(self, *types: str) -> bool:
        """Whether browsers told just these, in any order; a beacon comes when the browser likes."""
        return sorted(event["type"] for event in self.events) == sorted(types)


def message(sender: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "sender": sender,
        "text": text,
        "language": "es",
        "sources": [],
        "created_at": datetime.now(UTC).isoformat(),
        **more,
    }


def _refuse(status: int, code: str) -> web.Response:
    headers = {"retry-after": "1"} if status == 429 else {}
    return web.json_response({"error": {"code": code, "message": code}}, status=status, headers=headers)


class Routes:
    def __init__(self, fake: FakeApi) -> None:
        self.fake = fake

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self.cors])
        at = "/api/widget/{slug}"
        app.router.add_get(f"{at}/config", self.config)
        app.router.add_post(f"{at}/sessions", self.sessions)
        app.router.add_post(f"{at}/messages", self.say)
        app.router.add_get(f"{at}/messages", self.history)
        app.router.add_get(f"{at}/stream", self.stream)
        app.router.add_post(f"{at}/events", self.count)
        app.router.add_post(f"{at}/feedback", self.rate)
        app.router.add_post(f"{at}/whatsapp-link", self.link)
        app.router.add_get("/c/{slug}", self.site)
        app.router.add_get("/{name:.+}", _asset)
        return app

    @web.middleware
    async def cors(self, request: web.Request, handler: Any) -> web.StreamResponse:
        request[CORS_KEY] = {"access-control-allow-origin": request.headers.get("origin", "*"), **CORS}
        if "cookie" in request.headers:
            self.fake.cookies_seen.append(request.path)
        if request.method == "OPTIONS":
            return web.Response(status=204, headers=request[CORS_KEY])
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(request[CORS_KEY])
        return answer

    async def site(self, request: web.Request) -> web.Response:
        html, headers = self.fake.pages.get(request.path, ("", {}))
        return web.Response(text=html, content_type="text/html", headers=headers, status=200 if html else 404)

    async def config(self, request: web.Request) -> web.Response:
        if self.fake.refuses_config:
            return _refuse(self.fake.refuses_config, "foreign_origin")
        return web.json_response(self.fake.config)

    async def sessions(self, request: web.Request) -> web.Response:
        if self.fake.refuses_sessions:
            return _refuse(self.fake.refuses_sessions.popleft(), "refused")
        token = (await request.json()).get("visitor_token")
        if token is None:
            token = f"token-{len(self.fake.histories) + 1}"
            self.fake.histories[token] = []
        if token not in self.fake.histories:
            return _refuse(401, "visitor_unknown")
        body = {
            "visitor_token": token,
            "conversation_id": f"of-{token}",
            "messages": self.fake.histories[token],
        }
        return web.json_response(body, status=201)

    def visitor(self, request: web.Request) -> str:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.fake.histories:
            raise web.HTTPUnauthorized(headers=request[CORS_KEY])
        return token

    async def history(self, request: web.Request) -> web.Response:
        return web.json_response({"messages": self.after(self.visitor(request), request.query.get("after"))})

    def after(self, token: str, message_id: str | None) -> list[dict[str, Any]]:
        known = self.fake.histories[token]
        return known[[m["id"] for m in known].index(message_id) + 1 :] if message_id else known

    async def say(self, request: web.Request) -> web.StreamResponse:
        token, asked = self.visitor(request), await request.json()
        self.fake.posts.append(asked)
        if self.fake.refuses_posts:
            return _refuse(self.fake.refuses_posts.popleft(), "refused")
        if asked["id"] not in self.fake.turns:
            question = message("visitor", asked["text"])
            self.fake.histories[token].append(question)
            answer = self.fake.answers.popleft() if self.fake.answers else Answer()
            self.fake.turns[asked["id"]] = (question["id"], answer, [])
        stream = web.StreamResponse(headers={"content-type": "text/event-stream", **request[CORS_KEY]})
        await stream.prepare(request)
        await self.turn(stream, request, self.fake.turns[asked["id"]], token)
        return stream

    async def turn(
        self,
        stream: web.StreamResponse,
        request: web.Request,
        turn: tuple[str, Answer, list[dict[str, Any]]],
        token: str,
    ) -> None:
        question_id, answer, given = turn
        if answer.dropped_after == -1:
            answer.dropped_after = None
            assert request.transport
            return request.transport.abort()
        await _write(stream, "accepted", {"message_id": question_id})
        for place, piece in enumerate(answer.pieces):
            if answer.dropped_after == place:
                answer.dropped_after = None
                assert request.transport
                return request.transport.abort()
            if isinstance(piece, Gate):
                await piece.wait()
            else:
                await _write(stream, "delta", {"text": piece})
        if answer.error:
            return await _write(stream, "error", {"code": "error", "message": answer.error})
        if answer.handoff:
            return await _write(stream, "handoff", {"message_id": question_id})
        if not given:
            text = "".join(piece for piece in answer.pieces if isinstance(piece, str))
            given.append(message("agent", text, sources=answer.sources))
            self.fake.histories[token].append(given[0])
        told = {key: given[0][key] for key in ("id", "text", "sources", "language")}
        await _write(stream, "message", told)
        await _write(stream, "done", {"latency_ms": 12})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        self.visitor(request)
        stream = web.StreamResponse(headers={"content-type": "text/event-stream", **request[CORS_KEY]})
        await stream.prepare(request)
        queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        listener = (queue, request.headers.get("last-event-id"))
        self.fake.listeners.append(listener)
        try:
            await stream.write(b": welcome\n\n")
            while True:
                event, data = await queue.get()
                await _write(stream, event, data)
        except ConnectionResetError:
            return stream
        finally:
            self.fake.listeners.remove(listener)

    async def count(self, request: web.Request) -> web.Response:
        assert request.content_type == "text/plain", "a beacon that needs a preflight is lost on unload"
        self.fake.events.extend(json.loads(await request.text())["events"])
        return web.Response(status=202)

    async def link(self, request: web.Request) -> web.Response:
        self.visitor(request)
        if self.fake.refuses_links:
            return _refuse(404, "whatsapp_no_link")
        self.fake.links.append(self.fake.site + "/wa.me/" + str(len(self.fake.links)))
        return web.json_response({"url": self.fake.links[-1]}, status=201)

    async def rate(self, request: web.Request) -> web.Response:
        self.visitor(request)
        self.fake.feedback.append(await request.json())
        return web.Response(status=204)


async def _write(stream: web.StreamResponse, event: str, data: dict[str, Any]) -> None:
    await stream.write(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())


@asynccontextmanager
async def running() -> AsyncIterator[FakeApi]:
    """The API on one port, the site that embeds the widget on another: two origins."""
    fake = FakeApi()
    routes = Routes(fake)
    pages = web.Application()
    pages.router.add_get("/{path:.*}", routes.site)
    async with site(routes.app()) as fake.url, site(pages) as address:
        fake.site = address.replace("127.0.0.1", "localhost")
        yield fake


async def _asset(request: web.Request) -> web.Response:
    """Whole at once: aiohttp's own way leaves a file open when a page is closed while it loads."""
    path = (ASSETS / request.match_info["name"]).resolve()
    if not path.is_relative_to(ASSETS) or not path.is_file():
        raise web.HTTPNotFound
    return web.Response(body=path.read_bytes(), content_type=mimetypes.guess_type(path.name)[0])
