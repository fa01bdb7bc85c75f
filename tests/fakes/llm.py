"""A model provider that runs here: Anthropic Messages and OpenAI chat completions, with faults on demand.

    python -m tests.fakes.llm --port 9099 --first-token-ms 200 --tokens 40 --gap-ms 5

`POST /__script` queues what the next requests meet, one object each: {"fault": "429", "retry_after": 3},
{"text": "…"}, {"tool": "…", "arguments": {…}}, {"raw": "<bytes of a stream>", "chunk": 1}; "on": "openai" or
"anthropic" keeps it for that dialect. `POST /__reply` {"text": "…"} fixes the answer, null lets it be grounded
again. `GET /__requests` is what came in; `DELETE /__requests` forgets it, the script and the cache.
"""

import argparse
import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.fakes import llm_dialects as dialects
from tests.fakes.llm_brain import PromptCache, grounded, pieces
from tests.fakes.llm_dialects import Body, Reply

Dialect = Literal["anthropic", "openai"]

# status, Anthropic's and OpenAI's name for it
STATUSES = {
    "400": (400, "invalid_request_error", "invalid_request_error"),
    "401": (401, "authentication_error", "invalid_api_key"),
    "413": (413, "request_too_large", "context_length_exceeded"),
    "429": (429, "rate_limit_error", "rate_limit_exceeded"),
    "500": (500, "api_error", "server_error"),
    "529": (529, "overloaded_error", "server_error"),
}
MIDWAY = 3
# What came before the fault is on the customer's screen by then.
_PAUSE = 0.05
_MIDWAY_FAULTS = ("error_mid", "error_first")


@dataclass
class Received:
    dialect: Dialect
    headers: dict[str, str]
    raw: str

    @property
    def body(self) -> Body:
        return json.loads(self.raw)


@dataclass
class FakeLLM:
    """The server and, in the same process, its controls. All times are in seconds."""

    first_token: float = 0.0
    gap: float = 0.0
    tokens: int = 0
    remember: int = 1000
    url: str = ""
    fixed: str | None = None
    script: list[Body] = field(default_factory=list)
    someone_left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client went away before its answer was whole."""

    def __post_init__(self) -> None:
        self.requests: deque[Received] = deque(maxlen=self.remember)
        self._cache = PromptCache()
        self._benchmark = Reply(tuple(f" palabra{number}" for number in range(self.tokens)))

    def will(self, **step: Any) -> None:
        """What the next request (of that dialect, with `on`) meets; call again for the one after."""
        self.script.append(step)

    def forget(self) -> None:
        self.requests.clear()
        self.script.clear()
        self.fixed, self._cache = None, PromptCache()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/chat/completions", self._completions)
        app.router.add_post("/__script", self._queue)
        app.router.add_post("/__faults", self._queue)
        app.router.add_post("/__reply", self._fix)
        app.router.add_get("/__requests", self._list)
        app.router.add_delete("/__requests", self._reset)
        return app

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "anthropic")

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "openai")

    async def _serve(self, request: web.Request, dialect: Dialect) -> web.StreamResponse:
        raw = await request.text()
        self.requests.append(Received(dialect, {k.lower(): v for k, v in request.headers.items()}, raw))
        body = json.loads(raw)
        if complaint := _complaint(request, dialect, body):
            return _error(dialect, *complaint)
        step = self._step(dialect)
        fault = step.get("fault", "")
        if fault in STATUSES:
            return _error(dialect, fault, step.get("message", ""), step.get("retry_after"))
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "drop":
            assert request.transport
            request.transport.abort()
            return web.Response()
        if not body.get("stream"):
            return web.json_response(self._whole(dialect, body, step))
        return await self._stream(request, self._rendered(dialect, body, step), step)

    def _step(self, dialect: Dialect) -> Body:
        for number, step in enumerate(self.script):
            if step.get("on", dialect) == dialect:
                return self.script.pop(number)
        return {}

    def _reply(self, body: Body, step: Body) -> Reply:
        if step.get("fault") in ("empty", "refusal"):
            return Reply((), stop_reason="refusal" if step["fault"] == "refusal" else "")
        if "tool" in step:
            return Reply(pieces(step.get("text", "")), step["tool"], step.get("arguments", {}))
        if self.tokens:
            return self._benchmark
        text = step.get("text", self.fixed)
        return Reply(
            pieces(grounded(body) if text is None else text), stop_reason=step.get("stop_reason", "")
        )

    def _whole(self, dialect: Dialect, body: Body, step: Body) -> Body:
        reply, counted = self._reply(body, step), self._cache.count(body)
        if dialect == "openai":
            return dialects.openai_message(reply, body["model"], counted)
        return dialects.anthropic_message(reply, body["model"], counted)

    def _rendered(self, dialect: Dialect, body: Body, step: Body) -> Sequence[bytes]:
        if "raw" in step:
            raw, size = step["raw"].encode(), step.get("chunk", 65536)
            return [raw[start : start + size] for start in range(0, len(raw), size)]
        reply, counted = self._reply(body, step), self._cache.count(body)
        if dialect == "anthropic":
            events = dialects.anthropic_stream(reply, body["model"], counted)
            return _spoilt(events, step, head=3, tail=3, error=dialects.error_event)
        usage = bool((body.get("stream_options") or {}).get("include_usage"))
        if reply.stop_reason == "refusal":
            reply = Reply((), stop_reason="content_filter")
        events = dialects.openai_stream(reply, body["model"], counted, usage=usage)
        return _spoilt(events, step, head=1, tail=2 + usage, error=dialects.openai_error_event)

    async def _stream(self, request: web.Request, events: Sequence[bytes], step: Body) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
        await asyncio.sleep(self.first_token)
        clock = asyncio.get_running_loop().time
        begun = clock()
        try:
            await response.prepare(request)
            for number, event in enumerate(events):
                if self.gap and (wait := begun + self.gap * number - clock()) > 0:
                    await asyncio.sleep(wait)
                if number == len(events) - 1 and step.get("fault") in _MIDWAY_FAULTS:
                    await asyncio.sleep(_PAUSE)
                await response.write(event)
                if "raw" in step:
                    await asyncio.sleep(0)
        except (ConnectionError, asyncio.CancelledError):
            self.someone_left.set()
            raise
        if step.get("fault") == "hang_mid":
            await asyncio.sleep(3600)
        if step.get("fault") == "drop_mid":
            await asyncio.sleep(_PAUSE)
            assert request.transport
            request.transport.abort()
        return response

    async def _queue(self, request: web.Request) -> web.Response:
        told = await request.json()
        self.script += told if isinstance(told, list) else [told]
        return web.json_response({"queued": len(self.script)})

    async def _fix(self, request: web.Request) -> web.Response:
        self.fixed = (await request.json())["text"]
        return web.json_response({"text": self.fixed})

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response(
            [
                {"dialect": r.dialect, "headers": r.headers, "raw": r.raw, "body": r.body}
                for r in self.requests
            ]
        )

    async def _reset(self, _: web.Request) -> web.Response:
        self.forget()
        return web.json_response({})


@asynccontextmanager
async def running(port: int = 0, **options: Any) -> AsyncIterator[FakeLLM]:
    """The fake, listening on loopback until the block ends."""
    fake = FakeLLM(**options)
    runner = web.AppRunner(fake.app(), handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield fake
    finally:
        await runner.cleanup()


def _spoilt(
    events: Sequence[bytes], step: Body, *, head: int, tail: int, error: Callable[[str], bytes]
) -> Sequence[bytes]:
    """The events up to where the fault bites: `head` come before any text, `tail` after all of it."""
    some = events[: min(head + MIDWAY, len(events) - tail)]
    match step.get("fault", ""):
        case "hang_mid" | "drop_mid":
            return some
        case "error_mid":
            return [*some, error(step.get("type", "overloaded_error"))]
        case "error_first":
            return [*events[:1], error(step.get("type", "overloaded_error"))]
        case "no_stop":
            return events[:-tail]
        case _:
            return events


def _complaint(request: web.Request, dialect: Dialect, body: Body) -> tuple[str, str] | None:
    """What the real API would refuse: no key, no message, a wrong order, an empty text, a prefill."""
    key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
    if not key:
        return "401", "no key"
    said = [message for message in body.get("messages", []) if message["role"] != "system"]
    if not said or said[0]["role"] != "user":
        return "400", "messages: first message must use the user role"
    if any(not message["content"] for message in said):
        return "400", "messages: text content blocks must be non-empty"
    if dialect == "anthropic" and "max_tokens" not in body:
        return "400", "max_tokens: Field required"
    if dialect == "anthropic" and said[-1]["role"] != "user":
        return "400", "This model does not support assistant message prefill."
    return None


def _error(dialect: Dialect, fault: str, message: str, retry_after: int | None = None) -> web.Response:
    status, anthropic, openai = STATUSES[fault]
    headers = {"retry-after": str(retry_after)} if retry_after is not None else None
    if dialect == "anthropic":
        told = dialects.anthropic_error(anthropic, message or f"fake {anthropic}")
    else:
        told = dialects.openai_error(openai, message or f"fake {openai}")
    return web.json_response(told, status=status, headers=headers)


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--first-token-ms", type=float, default=0.0)
    parser.add_argument("--tokens", type=int, default=0, help="answer everything with so many tokens")
    parser.add_argument("--gap-ms", type=float, default=0.0)
    parser.add_argument("--remember", type=int, default=1000, help="requests kept for GET /__requests")
    told = parser.parse_args()
    options = {"first_token": told.first_token_ms / 1000, "gap": told.gap_ms / 1000}
    async with running(told.port, tokens=told.tokens, remember=told.remember, **options) as fake:
        print(f"fake LLM ready: {fake.url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main())
