"""`./vulkn bench turn`: the whole product against the model itself and against a bare proxy, in one run.

The target has one core for itself; the fake model, the load and PostgreSQL share the other. Targets
alternate round by round, so that a slow moment of the machine meets all of them; only ratios count."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import httpx

from tests.benchmarks.load import Figures, measure, stream
from tests.benchmarks.stack import Stack, stack_in, without_limits
from tests.factories import KNOWLEDGE, Business, a_business
from tests.plugins.api import free_port

ROOT = Path(__file__).parent.parent.parent
CONCURRENCY = (1, 10, 50)
FIRST_TOKEN_MS, TOKENS, GAP_MS = 200, 40, 5
LIMITS = ("VISITOR_MESSAGES_PER_MINUTE", "ADDRESS_MESSAGES_PER_MINUTE", "LOOP_GUARD_MESSAGES")
TURN_SECONDS = (FIRST_TOKEN_MS + TOKENS * GAP_MS) / 1000
QUESTION = "¿Cuánto cuesta una limpieza dental?"
BODY = {
    "model": "claude-haiku-5-5",
    "max_tokens": 1024,
    "stream": True,
    "messages": [{"role": "user", "content": QUESTION}],
}
TOOL = "search_knowledge"
TOOLS = [{"name": TOOL, "input_schema": {"type": "object", "properties": {}, "required": []}}]
ROUND = [
    {"role": "assistant", "content": [{"type": "tool_use", "id": "call", "name": TOOL, "input": {}}]},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call", "content": "nothing"}]},
]


@dataclass
class Target:
    name: str
    base: str
    mark: bytes = b"event: delta"

    async def ask(self, session: aiohttp.ClientSession, asker: int, turn: int) -> tuple[float, float]:
        raise NotImplementedError


class Upstream(Target):
    async def ask(self, session: aiohttp.ClientSession, asker: int, turn: int) -> tuple[float, float]:
        headers = {"x-api-key": "bench", "anthropic-version": "2023-06-01"}
        return await stream(session, f"{self.base}/v1/messages", b"text_delta", json=BODY, headers=headers)


class UpstreamTools(Target):
    """The model itself with one round of tools: asked, called, told, answered."""

    async def ask(self, session: aiohttp.ClientSession, asker: int, turn: int) -> tuple[float, float]:
        headers = {"x-api-key": "bench", "anthropic-version": "2023-06-01"}
        url = f"{self.base}/v1/messages"
        _, called = await stream(
            session, url, b"input_json_delta", json=BODY | {"tools": TOOLS}, headers=headers
        )
        told = BODY | {"tools": TOOLS, "messages": [*BODY["messages"], *ROUND]}
        first, whole = await stream(session, url, b"text_delta", json=told, headers=headers)
        return called + first, called + whole


class Bare(Target):
    knowledge = "\n".join(f"## {title}\n{body}" for title, body, _ in KNOWLEDGE)

    async def ask(self, session: aiohttp.ClientSession, asker: int, turn: int) -> tuple[float, float]:
        body = {"text": QUESTION, "knowledge": self.knowledge}
        return await stream(session, f"{self.base}/chat", self.mark, json=body)


class Product(Target):
    """Every asker is a visitor of their own, spread over the businesses."""

    businesses: list[Business]
    tokens: dict[int, tuple[str, str]]

    async def ask(self, session: aiohttp.ClientSession, asker: int, turn: int) -> tuple[float, float]:
        slug, token = await self._visitor(session, asker)
        body = {"id": str(uuid4()), "text": QUESTION}
        url = f"{self.base}/api/widget/{slug}/messages"
        return await stream(session, url, self.mark, json=body, headers={"authorization": f"Bearer {token}"})

    async def _visitor(self, session: aiohttp.ClientSession, asker: int) -> tuple[str, str]:
        if asker not in self.tokens:
            slug = self.businesses[asker % len(self.businesses)].slug
            async with session.post(f"{self.base}/api/widget/{slug}/sessions", json={}) as answer:
                self.tokens[asker] = slug, (await answer.json())["visitor_token"]
        return self.tokens[asker]


def run(*, rounds: int = 4, seconds: float = 3.0) -> dict[str, Any]:
    """The figures as one JSON-ready object."""
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="vulkn-bench-")))
        os.sched_setaffinity(0, {0})
        paced = running.enter_context(upstream(FIRST_TOKEN_MS, GAP_MS))
        at_once = running.enter_context(upstream(0, 0))
        calling = running.enter_context(upstream(FIRST_TOKEN_MS, GAP_MS, "--mode=tools", f"--tool={TOOL}"))
        stack = running.enter_context(stack_in(folder))
        without_limits(stack.database_url)
        businesses = [a_business(stack.database_url) for _ in range(5)]
        result: dict[str, Any] = {"tokens": TOKENS, "first_token_ms": FIRST_TOKEN_MS, "gap_ms": GAP_MS}
        with _targets(paced, stack, businesses) as targets:
            result["paced"] = {str(c): asyncio.run(_first_tokens(targets, c, rounds)) for c in CONCURRENCY}
            result["at_once"] = {"10": asyncio.run(_first_tokens(targets, 10, rounds, spread=0.0))}
        with _targets(calling, stack, businesses) as targets:
            result["tools"] = {
                str(c): asyncio.run(_with_a_tool(targets, calling, c, rounds)) for c in (1, 10)
            }
        with _targets(at_once, stack, businesses) as targets:
            result["saturated"] = asyncio.run(_throughput(targets, rounds, seconds))
    result["goals"] = _goals(result)
    return result


async def _first_tokens(
    targets: list[Target], concurrency: int, rounds: int, *, spread: float = TURN_SECONDS
) -> dict[str, Any]:
    """What each target adds to the model's own first token."""
    turns = max(10, concurrency * 4)
    figures = await _alternate(targets, concurrency, turns=turns, rounds=rounds, spread=spread)
    own = figures["upstream"]
    added = {
        name: {f"p{p}": round(found.p(p) - own.p(50), 2) for p in (50, 95)}
        for name, found in figures.items()
        if name != "upstream"
    }
    bare = max(added["bare"]["p50"], 0.01)
    return {
        "upstream_ms": {"p50": round(own.p(50), 2)},
        "added_ms": added,
        "ratio_p50": round(added["vulkn"]["p50"] / bare, 2),
    }


async def _with_a_tool(targets: list[Target], upstream: str, concurrency: int, rounds: int) -> dict[str, Any]:
    """What the product adds to a model that calls one tool before it answers; the bare proxy has none."""
    product = next(target for target in targets if target.name == "vulkn")
    both: list[Target] = [UpstreamTools("upstream", upstream), product]
    figures = await _alternate(
        both, concurrency, turns=max(10, concurrency * 4), rounds=rounds, spread=2 * TURN_SECONDS
    )
    own = figures["upstream"].p(50)
    added = {f"p{p}": round(figures["vulkn"].p(p) - own, 2) for p in (50, 95)}
    return {"upstream_ms": {"p50": round(own, 2)}, "added_ms": {"vulkn": added}}


async def _throughput(targets: list[Target], rounds: int, seconds: float) -> dict[str, Any]:
    """Turns a second of one core when the model answers at once."""
    figures = await _alternate(targets, 20, turns=round(60 * seconds), rounds=rounds)
    per_second = {name: round(found.per_second, 1) for name, found in figures.items()}
    return {"turns_per_second": per_second, "ratio": round(per_second["vulkn"] / per_second["bare"], 2)}


async def _alternate(
    targets: list[Target], concurrency: int, *, turns: int, rounds: int, spread: float = 0.0
) -> dict[str, Figures]:
    figures = {target.name: Figures() for target in targets}
    for target in targets:
        await measure(target.ask, concurrency=concurrency, turns=concurrency * 2)  # warm
    for number in range(rounds):
        for target in targets if number % 2 == 0 else reversed(targets):
            figures[target.name].add(
                await measure(target.ask, concurrency=concurrency, turns=turns, spread=spread)
            )
    return figures


def _goals(result: dict[str, Any]) -> dict[str, bool]:
    paced = result["paced"]
    return {
        "first token at most twice the bare proxy's, c=1 and 10": all(
            paced[c]["ratio_p50"] <= 2 for c in ("1", "10")
        ),
        "first token adds at most 8 ms, c=1 and 10": all(
            paced[c]["added_ms"]["vulkn"]["p50"] <= 8 for c in ("1", "10")
        ),
        "first token adds at most 30 ms, c=50": paced["50"]["added_ms"]["vulkn"]["p50"] <= 30,
        "at least the bare proxy's turns a second": result["saturated"]["ratio"] >= 1,
    }


@contextmanager
def _targets(upstream: str, stack: Stack, businesses: list[Business]) -> Iterator[list[Target]]:
    with ExitStack() as running:
        env = {"ANTHROPIC_BASE_URL": upstream, "ANTHROPIC_API_KEY": "bench"}
        bare = running.enter_context(_served("tests.benchmarks.bare_proxy:app", env, "/chat"))
        limits = dict.fromkeys(LIMITS, "1000000") | {"BURST_PATIENCE": "0"}
        web = {
            "REFLEX_ENV_MODE": "prod",
            "__REFLEX_SKIP_COMPILE": "true",
            "REFLEX_TELEMETRY_ENABLED": "false",
        }
        vulkn = running.enter_context(
            _served("vulkn_app.vulkn_app:app", env | stack.env | limits | web, "/healthz", "--factory")
        )
        product = Product("vulkn", vulkn)
        product.businesses, product.tokens = businesses, {}
        yield [Upstream("upstream", upstream), Bare("bare", bare), product]


@contextmanager
def upstream(first_token_ms: int, gap_ms: int, *more: str) -> Iterator[str]:
    """The fake model in a process of its own; `more` are its other options."""
    port = free_port()
    arguments = [
        f"--port={port}",
        f"--first-token-ms={first_token_ms}",
        f"--tokens={TOKENS}",
        f"--gap-ms={gap_ms}",
        *more,
    ]
    with _process([sys.executable, "-m", "tests.fakes.llm", *arguments], {}, core=0):
        base = f"http://127.0.0.1:{port}"
        _wait(f"{base}/__requests")
        yield base


@contextmanager
def _served(target: str, env: dict[str, str], ready: str, *options: str) -> Iterator[str]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--no-ws" if "bare" in target else "--ws",
        *options,
        target,
    ]
    with _process(command, env, core=1):
        base = f"http://127.0.0.1:{port}"
        _wait(f"{base}{ready}")
        yield base


def pinned_to(core: int, command: list[str]) -> list[str]:
    """The command on one core of its own."""
    return ["taskset", "-c", str(core % (os.cpu_count() or 1)), *command]


@contextmanager
def _process(command: list[str], env: dict[str, str], *, core: int) -> Iterator[None]:
    process = subprocess.Popen(
        pinned_to(core, command),
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str) -> None:
    """Until the server answers anything at all."""
    for _ in range(600):
        try:
            httpx.get(url, timeout=1)
            return
        except httpx.TransportError:
            subprocess.run(["sleep", "0.1"], check=True)
    raise RuntimeError(f"{url} does not answer")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=2) + "\n")
