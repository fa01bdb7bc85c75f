"""`./vulkn bench engine`: what one turn costs the engine's process and PostgreSQL, by their own clocks.

The engine has one core for itself; the fake model, which answers at once, and PostgreSQL share the other. The
conditions of a curve alternate round by round in one process; only ratios within one run count."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.benchmarks.seeding import seed
from tests.benchmarks.stack import Stack, stack_in, without_limits
from tests.benchmarks.turn import pinned_to, upstream

ROOT = Path(__file__).parent.parent.parent
OPEN = {"organizations": 50, "conversations": 200}
# So many of the open conversations are being answered at any moment.
IN_FLIGHT = 50
ORGANIZATIONS = (1, 10, 50, 200)
HISTORIES = (0, 20, 200, 2_000)


def run(*, rounds: int = 5) -> dict[str, Any]:
    """The figures as one JSON-ready object."""
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="vulkn-bench-")))
        os.sched_setaffinity(0, {0})
        model = running.enter_context(upstream(0, 0))
        stack = running.enter_context(stack_in(folder))
        without_limits(stack.database_url)
        with _engine(stack, model) as engine:
            result = {
                "throughput": _throughput(engine, stack, rounds),
                "organizations": _curve(engine, stack, rounds, [(n, 200, 0) for n in ORGANIZATIONS]),
                "history": _curve(engine, stack, rounds, [(10, 60, n) for n in HISTORIES]),
            }
    result["goals"] = _goals(result)
    return result


class Engine:
    """The process that is measured: it is told which conversations to go on with."""

    def __init__(self, process: subprocess.Popen[str], database: int) -> None:
        self._process = process
        self._database = database

    def turns(self, visitors: list[tuple[str, str]], at_once: int) -> dict[str, float]:
        """One turn of each visitor; seconds and CPU milliseconds a turn."""
        assert self._process.stdin
        assert self._process.stdout
        before = _cpu_of(self._database)
        self._process.stdin.write(json.dumps({"visitors": visitors, "at_once": at_once}) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        spent = 1000 * (_cpu_of(self._database) - before)
        return {
            "seconds": found["seconds"],
            "engine_ms": 1000 * found["cpu"] / len(visitors),
            "database_ms": spent / len(visitors),
        }


def _throughput(engine: Engine, stack: Stack, rounds: int) -> dict[str, Any]:
    """As many turns a second as one core gives, going round all the open conversations."""
    visitors = seed(stack.database_url, **OPEN, history=10)
    engine.turns(visitors, 20)  # warm
    found = [engine.turns(visitors, IN_FLIGHT) for _ in range(rounds)]
    seconds = sum(one["seconds"] for one in found)
    cpu = sum(one["engine_ms"] for one in found) / rounds
    return {
        **OPEN,
        "turns_per_second": round(rounds * len(visitors) / seconds, 1),
        "turns_per_core_second": round(1000 / cpu, 1),
        "engine_ms_per_turn": round(cpu, 2),
    }


def _curve(engine: Engine, stack: Stack, rounds: int, points: list[tuple[int, int, int]]) -> dict[str, Any]:
    """CPU of a turn at each point (organizations, conversations, history), and its ratio to the least."""
    people = {point: seed(stack.database_url, *point) for point in points}
    for visitors in people.values():
        engine.turns(visitors[:20], 20)  # brains are read once
    _settle(stack.database_url)
    found: dict[tuple[int, int, int], list[dict[str, float]]] = {point: [] for point in points}
    for number in range(rounds):
        for point in points if number % 2 == 0 else reversed(points):
            found[point].append(engine.turns(people[point], 20))
    varied = 2 if len({point[2] for point in points}) > 1 else 0
    curve = {str(point[varied]): _middle(found[point]) for point in points}
    first = next(iter(curve.values()))
    for figures in curve.values():
        figures["ratio"] = round(figures["engine_ms"] / first["engine_ms"], 2)
        figures["database_ratio"] = round(figures["database_ms"] / first["database_ms"], 2)
    return curve


def _middle(found: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure: a round in which the machine was busy elsewhere does not count."""
    return {
        name: round(sorted(one[name] for one in found)[len(found) // 2], 3)
        for name in ("engine_ms", "database_ms")
    }


def _goals(result: dict[str, Any]) -> dict[str, bool]:
    """Beyond the twenty lines that a prompt can hold, length costs nothing."""
    organizations, history = result["organizations"], result["history"]
    return {
        "cost does not grow with organizations": organizations["200"]["ratio"] <= 1.25,
        "database cost does not grow with organizations": organizations["200"]["database_ratio"] <= 1.25,
        "cost does not grow with history beyond 20": history["2000"]["engine_ms"]
        <= 1.25 * history["20"]["engine_ms"],
        "database cost does not grow with history beyond 20": history["2000"]["database_ms"]
        <= 1.25 * history["20"]["database_ms"],
    }


def _settle(database_url: str) -> None:
    """Statistics as autovacuum would have them by then, and nothing left to write of the seeding."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("vacuum analyze")
        admin.execute("checkpoint")


def _cpu_of(database: int) -> float:
    """Seconds that PostgreSQL's processes have used, those that ended meanwhile as well."""
    server = psutil.Process(database)
    seconds = sum(server.cpu_times()[:4])
    for process in server.children():
        with suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:2])
    return seconds


@contextmanager
def _engine(stack: Stack, model: str) -> Iterator[Engine]:
    env = stack.env | {
        "ANTHROPIC_BASE_URL": model,
        "ANTHROPIC_API_KEY": "bench",
        "BURST_PATIENCE": "0",
        "LOOP_GUARD_MESSAGES": "1000000",
    }
    command = pinned_to(1, [sys.executable, "-m", "tests.benchmarks.engine_process"])
    with psycopg.connect(stack.database_url) as admin:
        row = admin.execute("select pg_backend_pid()").fetchone()
        assert row
        database = psutil.Process(row[0]).ppid()
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Engine(process, database)
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=2) + "\n")
