"""Asking many times at once and looking at the clock."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

Send = Callable[[aiohttp.ClientSession, int, int], Awaitable[tuple[float, float]]]


@dataclass
class Figures:
    """Milliseconds to the first token, turns, seconds."""

    first: list[float] = field(default_factory=list)
    turns: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return self.turns / self.seconds if self.seconds else 0.0

    def p(self, percent: int) -> float:
        ordered = sorted(self.first)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0

    def add(self, other: "Figures") -> None:
        self.first += other.first
        self.turns += other.turns
        self.seconds += other.seconds


async def stream(
    session: aiohttp.ClientSession, url: str, mark: bytes, **options: object
) -> tuple[float, float]:
    """(milliseconds to the first `mark`, milliseconds to the end); raises when the answer is not whole."""
    started = time.perf_counter()
    first = 0.0
    seen = b""
    async with session.post(url, **options) as answer:  # pyright: ignore[reportArgumentType]
        async for piece in answer.content.iter_any():
            seen += piece
            if not first and mark in seen:
                first = time.perf_counter() - started
        assert answer.status == 200, (answer.status, seen[:300])
    assert first, seen[:300]
    assert b"event: done" in seen or b"message_stop" in seen, seen[-300:]
    return first * 1000, (time.perf_counter() - started) * 1000


async def measure(send: Send, *, concurrency: int, turns: int, spread: float = 0.0) -> Figures:
    """`turns` turns by `concurrency` askers, each sending its next one when the last is answered.

    With `spread` the askers begin one after another within so many seconds, as visitors do who know nothing
    of each other; without it all ask in the same instant."""
    figures = Figures()
    left = iter(range(turns))

    async def asker(number: int, session: aiohttp.ClientSession) -> None:
        await asyncio.sleep(spread * number / concurrency)
        for turn in left:
            first, _ = await send(session, number, turn)
            figures.first.append(first)
            figures.turns += 1

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(60)) as session:
        started = time.perf_counter()
        await asyncio.gather(*(asker(number, session) for number in range(concurrency)))
        figures.seconds = time.perf_counter() - started
    return figures


def median(values: list[float]) -> float:
    return statistics.median(values) if values else 0.0
