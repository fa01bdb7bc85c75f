"""`./vulkn bench webhooks`: 100 signed deliveries a second to the real server, which answers customers meanwhile.

Deliveries leave by the clock, whether or not the ones before were answered, and their time counts from when they should
have left. Afterwards every event is looked for in the database. A bare endpoint that only checks the signature gets the
same in the same run."""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import psycopg

from tests.benchmarks.stack import Stack, stack_in, without_limits
from tests.channels.whatsapp.meta import SECRET, WEBHOOK, Line, a_line, a_message, delivery, signature
from tests.plugins.api import free_port

ROOT = Path(__file__).parent.parent.parent
BUSINESSES, PEOPLE = 10, 200
DRAIN = 120  # seconds in which what was told must be handled
QUESTIONS = (
    "¿Cuánto cuesta una limpieza dental?",
    "¿A qué hora abren?",
    "¿Tienen estacionamiento?",
    "Gracias",
)
# Of a hundred deliveries, as a business has them that answers what it is asked: each answer has its statuses.
MIX = {"status": 55, "text": 30, "reaction": 5, "photo": 3, "location": 2, "batch": 3, "unknown": 2}


@dataclass
class Figures:
    """Milliseconds from when a delivery should have left to its answer; answers that were not 200."""

    times: list[float] = field(default_factory=list)
    refused: int = 0

    def p(self, percent: float) -> float:
        ordered = sorted(self.times)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))], 1) if ordered else 0.0

    def told(self) -> dict[str, float]:
        return {
            "p50": self.p(50),
            "p95": self.p(95),
            "p99": self.p(99),
            "max": round(max(self.times, default=0), 1),
        }


def run(*, rate: int = 100, seconds: int = 20, rounds: int = 2, inside: bool = False) -> dict[str, Any]:
    """The figures as one JSON-ready object. `inside`: the worker is in the web process, as on a small machine; else
    it is a process of its own, as in production."""
    apart = {} if inside else {"WORKER_INSIDE": "false"}
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="vulkn-bench-")))
        stack = running.enter_context(stack_in(folder))
        without_limits(stack.database_url)
        lines = [a_line(stack.database_url) for _ in range(BUSINESSES)]
        targets = {
            "bare": running.enter_context(_served("tests.benchmarks.bare_webhook:app", {})),
            "vulkn": running.enter_context(
                _served("vulkn_app.vulkn_app:app", {**stack.env, **apart}, "--ws", "--factory")
            ),
        }
        if not inside:
            running.enter_context(_working(stack.env))
        figures = {name: Figures() for name in targets}
        keys: set[str] = set()
        drained = 0.0
        for name, base in targets.items():
            asyncio.run(_load(base, _deliveries(lines, rate * 2)[0], rate, Figures()))  # warm
            _handled(stack, DRAIN)
            for _ in range(rounds):
                raws, told = _deliveries(lines, rate * seconds)
                asyncio.run(_load(base, raws, rate, figures[name]))
                if name == "vulkn":
                    keys |= told
                    drained = _handled(stack, DRAIN)
        return _result(stack, figures, keys, drained, rate)


def _result(
    stack: Stack, figures: dict[str, Figures], keys: set[str], drained: float, rate: int
) -> dict[str, Any]:
    with psycopg.connect(stack.database_url) as admin:
        stored = {key for (key,) in admin.execute("select key from whatsapp_events").fetchall()}
        states = dict(admin.execute("select state, count(*) from whatsapp_events group by 1").fetchall())
        waited = admin.execute(
            "select percentile_cont(array[0.5, 0.99]) within group (order by"
            " 1000 * extract(epoch from finished_at - received_at)) from whatsapp_events where finished_at is not null"
        ).fetchone()
    vulkn, bare = figures["vulkn"].told(), figures["bare"].told()
    lost = len(keys - stored)
    assert waited
    return {
        "deliveries_per_second": rate,
        "deliveries": len(figures["vulkn"].times),
        "milliseconds": {"vulkn": vulkn, "bare": bare},
        "ratio_to_bare": {name: round(vulkn[name] / bare[name], 1) for name in ("p50", "p99") if bare[name]},
        "not_200": figures["vulkn"].refused,
        "lost": lost,
        "events": states,
        "handled_after_ms": {"p50": round(waited[0][0]), "p99": round(waited[0][1])},
        "drained_after_s": round(drained, 1),
        "goals": {
            "p50 at most 50 ms": vulkn["p50"] <= 50,
            "p99 at most 250 ms": vulkn["p99"] <= 250,
            "nothing lost": lost == 0 and figures["vulkn"].refused == 0,
        },
    }


def _deliveries(lines: list[Line], count: int) -> tuple[list[bytes], set[str]]:
    """Signed bodies in random order, and the keys of the events in them that have one of their own."""
    kinds = random.choices(list(MIX), weights=list(MIX.values()), k=count)
    people = [
        {"wa_id": f"5215511{number:06}", "user_id": f"MX.{number:020}", "profile": {"name": f"P{number}"}}
        for number in range(PEOPLE)
    ]
    raws, keys = [], set()
    for kind in kinds:
        line, person = random.choice(lines), random.choice(people)
        raw, told = _one(kind, line, person)
        raws.append(raw)
        keys |= told
    return raws, keys


def _one(kind: str, line: Line, person: dict[str, Any]) -> tuple[bytes, set[str]]:
    if kind == "status":
        wamid = f"wamid.OUT.{random.getrandbits(64)}"
        pricing = {"billable": True, "pricing_model": "PMP", "category": "service"}
        status = {"id": wamid, "status": "delivered", "timestamp": str(int(time.time())), "pricing": pricing}
        status |= {"recipient_id": person["wa_id"], "recipient_user_id": person["user_id"]}
        raw = delivery(line, person=person, statuses=[status])
        return raw, {f"{wamid}:delivered:{status['timestamp']}"}
    several = 4 if kind == "batch" else 1
    more: dict[str, dict[str, Any]] = {
        "reaction": {"type": "reaction", "reaction": {"message_id": "wamid.none", "emoji": "👍"}},
        "photo": {
            "type": "image",
            "image": {"id": "1", "mime_type": "image/jpeg", "caption": "¿Hacen esto?"},
        },
        "location": {"type": "location", "location": {"latitude": 19.43, "longitude": -99.13}},
        "unknown": {"type": "hologram", "hologram": {"x": 1}},
    }
    messages = [
        a_message(person=person, **more[kind])
        if kind in more
        else a_message(random.choice(QUESTIONS), person=person)
        for _ in range(several)
    ]
    return delivery(line, *messages, person=person), {message["id"] for message in messages}


async def _load(base: str, raws: list[bytes], rate: int, figures: Figures) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(30)) as session:
        signed = [(raw, signature(raw)) for raw in raws]
        started = time.perf_counter()

        async def send(number: int, raw: bytes, headers: dict[str, str]) -> None:
            due = started + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            try:
                async with session.post(f"{base}{WEBHOOK}", data=raw, headers=headers) as answer:
                    await answer.read()
                    figures.refused += answer.status != 200
            except (aiohttp.ClientError, TimeoutError):  # as Meta has it: it would be sent again
                figures.refused += 1
            figures.times.append(1000 * (time.perf_counter() - due))

        await asyncio.gather(*(send(number, *one) for number, one in enumerate(signed)))


def _handled(stack: Stack, seconds: float) -> float:
    """Seconds until nothing waits any more."""
    started = time.perf_counter()
    with psycopg.connect(stack.database_url, autocommit=True) as admin:
        while time.perf_counter() - started < seconds:
            row = admin.execute(
                "select exists (select from whatsapp_events where state in ('ready', 'working'))"
            ).fetchone()
            if row == (False,):
                break
            subprocess.run(["sleep", "0.1"], check=True)
    return time.perf_counter() - started


@contextmanager
def _working(env: dict[str, str]) -> Iterator[None]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "vulkn_app.cli", "worker"]
    more = {"WHATSAPP_APP_SECRET": SECRET, "BURST_PATIENCE": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env, **more}, **quiet)  # pyright: ignore[reportArgumentType, reportCallIssue]
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def _served(target: str, env: dict[str, str], *options: str) -> Iterator[str]:
    """One server process; it, PostgreSQL and the load share the machine's cores."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", *(options or ("--no-ws",)), target]
    more = {
        "WHATSAPP_APP_SECRET": SECRET,
        "BURST_PATIENCE": "1",
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "true",
        "REFLEX_TELEMETRY_ENABLED": "false",
    }
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env, **more}, **quiet)  # pyright: ignore[reportArgumentType, reportCallIssue]
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(900):
            try:
                httpx.get(f"{base}/healthz", timeout=2)
                break
            except httpx.TransportError:
                subprocess.run(["sleep", "0.1"], check=True)
        yield base
    finally:
        process.terminate()
        process.wait(60)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=2) + "\n")
