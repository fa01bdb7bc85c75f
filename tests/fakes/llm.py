"""A model provider that runs here: Anthropic Messages and OpenAI chat completions, with faults on demand.

    python -m tests.fakes.llm --port 9099 --first-token-ms 200 --tokens 40 --gap-ms 5
    python -m tests.fakes.llm --mode tools

`POST /__script` queues what the next requests meet, one object each: {"fault": "429", "retry_after": 3},
{"fault": "error_mid", "type": "api_error"}, {"text": "…"}, {"tool": "…", "arguments": {…}}, {"tools": [{"name": "…",
"arguments": {…}}, {"name": "…", "json": "{broken"}]}, {"pause": true, "text": "…"}, {"thought": "…"},
{"raw": "<bytes of a stream>", "chunk": 1}; "on": "openai", "anthropic" or "openclaw" (the chat completions of a
model of that name) keeps it for that dialect. `POST /__reply` {"text": "…"} fixes the answer, null lets it be
grounded again. `GET /__requests` is what came in; `DELETE /__requests` forgets it, the script and the cache.

In the mode `tools` a model that has tools calls the first of them, or the one named by `--tool`, with arguments
that fit its schema, and answers once it has the result.
"""

import argparse
import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any, Literal

from aiohttp import web

from tests.fakes import llm_dialects as dialects
from tests.fakes.llm_brain import PromptCache, grounded, pieces, relayed
from tests.fakes.llm_dialects import Body, Called, Reply
from tests.fakes.llm_rules import complaint, results_in, sample, tools_in

Dialect = Literal["anthropic", "openai"]

# status, Anthropic's and OpenAI's name for it
STATUSES: dict[str, tuple[int, str, str]] = {
    "400": (400, "invalid_request_error", "invalid_request_error"),
    "401": (401, "authentication_error", "invalid_api_key"),
    "402": (402, "billing_error", "insufficient_quota"),
    "403": (403, "permission_error", "permission_error"),
    "405": (405, "", ""),
    "404": (404, "not_found_error", "model_not_found"),
    "408": (408, "timeout_error", "timeout"),
    "409": (409, "conflict_error", "conflict"),
    "413": (413, "request_too_large", "context_length_exceeded"),
    "422": (422, "invalid_request_error", "invalid_request_error"),
    "429": (429, "rate_limit_error", "rate_limit_exceeded"),
    "500": (500, "api_error", "server_error"),
    "502": (502, "", ""),
    "503": (503, "", ""),
    "504": (504, "timeout_error", ""),
    "529": (529, "overloaded_error", "server_error"),
}
# What is said over and over when a benchmark asks for so many tokens: true by the knowledge of tests/factories.py.
_TRUE = (
    "La limpieza dental cuesta $650 pesos y dura 40 minutos. Con gusto te ayudo a agendar cuando quieras; solo dime "
    "qué día te acomoda y el equipo se encarga de lo demás. Hay estacionamiento gratuito para pacientes."
)
MIDWAY = 3
# What came before the fault is on the customer's screen by then.
_PAUSE = 0.05
_MIDWAY_FAULTS = ("error_mid", "error_first")


@dataclass
class Received:
    dialect: Dialect
    headers: dict[str, str]
    raw: str
    peer: Any = None
    """The other end of its connection: the same one is the same connection."""

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
    tool: str | None = None
    """In the mode `tools`, which one is called; empty is the first there is."""
    url: str = ""
    fixed: str | None = None
    script: list[Body] = field(default_factory=list)
    someone_left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client went away before its answer was whole."""

    def __post_init__(self) -> None:
        self.requests: deque[Received] = deque(maxlen=self.remember)
        self.reached: list[Any] = []  # whose connections were made before anybody asked
        self._cache = PromptCache()
        self._ids = 0
        words = tuple(islice(cycle(pieces(f" {_TRUE}")), self.tokens))
        self._benchmark = Reply(tuple(word if n else word.lstrip() for n, word in enumerate(words)))

    def will(self, **step: Any) -> None:
        """What the next request (of that dialect, with `on`) meets; call again for the one after."""
        self.script.append(step)

    def will_fail(self, fault: str, **step: Any) -> None:
        """What the next question meets, also where it is put again on another connection."""
        for _ in range(2 if fault == "drop" else 1):
            self.will(fault=fault, **step)

    def forget(self) -> None:
        self.requests.clear()
        self.script.clear()
        self.fixed, self._cache = None, PromptCache()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/chat/completions", self._completions)
        app.router.add_get("/", self._reach)
        app.router.add_post("/__script", self._queue)
        app.router.add_post("/__faults", self._queue)
        app.router.add_post("/__reply", self._fix)
        app.router.add_get("/__requests", self._list)
        app.router.add_delete("/__requests", self._reset)
        return app

    async def _reach(self, request: web.Request) -> web.Response:
        assert request.transport
        self.reached.append(request.transport.get_extra_info("peername"))
        return web.Response(status=404)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "anthropic")

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "openai")

    async def _serve(self, request: web.Request, dialect: Dialect) -> web.StreamResponse:
        raw = await request.text()
        assert request.transport
        peer = request.transport.get_extra_info("peername")
        self.requests.append(Received(dialect, {k.lower(): v for k, v in request.headers.items()}, raw, peer))
        body = json.loads(raw)
        if wrong := complaint(request.headers, dialect, body):
            return _error(dialect, *wrong)
        step = self._step("openclaw" if body["model"].startswith("openclaw") else dialect)
        fault = step.get("fault", "")
        if fault in STATUSES:
            return _error(dialect, fault, step.get("message", ""), step.get("retry_after"), step.get("type"))
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "drop":
            request.transport.abort()
            return web.Response()
        if not body.get("stream"):
            return web.json_response(self._whole(dialect, body, step))
        return await self._stream(request, self._rendered(dialect, body, step), step)

    def _step(self, who: str) -> Body:
        for number, step in enumerate(self.script):
            if step.get("on", who) == who:
                return self.script.pop(number)
        return {}

    def _reply(self, body: Body, step: Body) -> Reply:
        if step.get("fault") in ("empty", "refusal"):
            return Reply((), stop_reason="refusal" if step["fault"] == "refusal" else "")
        if calls := self._calls(body, step):
            told = (step.get("thought", ""), step.get("legacy", ""))
            return Reply(pieces(step.get("text", "")), calls, step.get("stop_reason", ""), *told)
        if step.get("pause"):
            return Reply(pieces(step.get("text", "")), stop_reason="pause_turn")
        if self.tokens:
            return self._benchmark
        text = step.get("text", self.fixed)
        if text is None:
            results = results_in(body)
            text = relayed(results) if results else grounded(body)
        return Reply(pieces(text), stop_reason=step.get("stop_reason", ""), thought=step.get("thought", ""))

    def _calls(self, body: Body, step: Body) -> tuple[Called, ...]:
        """What the script says, or what the mode `tools` makes up; never twice in a row."""
        asked = list(step.get("tools", ()))
        if "tool" in step:
            asked.append({"name": step["tool"], "arguments": step.get("arguments", {})})
        known = tools_in(body)
        if not asked and self.tool is not None and known and "text" not in step and not results_in(body):
            name = self.tool or next(iter(known))
            asked.append({"name": name, "arguments": sample(known.get(name, {}))})
        return tuple(self._called(call) for call in asked)

    def _called(self, call: Body) -> Called:
        self._ids += 1
        told = call.get("json", json.dumps(call.get("arguments", {}), ensure_ascii=False))
        return Called(call["name"], told, call.get("id", f"toolu_fake{self._ids}"))

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
        clock = asyncio.get_running_loop().time
        try:
            await asyncio.sleep(self.first_token)
            begun = clock()
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


def _error(
    dialect: Dialect,
    fault: str,
    message: str,
    retry_after: int | str | None = None,
    name: str | None = None,
) -> web.Response:
    """`name` is the error's type, if it is not the one that goes with the status."""
    status, anthropic, openai = STATUSES[fault]
    if name is not None:
        anthropic = openai = name
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
    parser.add_argument("--mode", choices=("grounded", "tools"), default="grounded")
    parser.add_argument("--tool", default="", help="in the mode `tools`: which one is called")
    parser.add_argument("--remember", type=int, default=1000, help="requests kept for GET /__requests")
    told = parser.parse_args()
    options: dict[str, Any] = {"first_token": told.first_token_ms / 1000, "gap": told.gap_ms / 1000}
    if told.mode == "tools":
        options["tool"] = told.tool
    async with running(told.port, tokens=told.tokens, remember=told.remember, **options) as fake:
        print(f"fake LLM ready: {fake.url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main())
