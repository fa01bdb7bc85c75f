"""What others deliver to us comes first: whoever handles what is stored already lets it pass.

A process that takes deliveries and answers customers has one loop for both. What is stored can wait a moment; the
other side counts the milliseconds until it is (Meta: half of them within 250)."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

TICK = 0.01  # seconds between two looks
LATE = 0.02  # seconds that the loop is behind when it has too much to do

_felt = 0


@contextmanager
def felt() -> Iterator[None]:
    """A delivery is being taken."""
    global _felt
    _felt += 1
    try:
        yield
    finally:
        _felt -= 1


async def calm(at_most: float) -> None:
    """Returns when no delivery is being taken and the loop is in time, or after `at_most` seconds all the same."""
    until = time.monotonic() + at_most
    while time.monotonic() < until:
        asked = time.perf_counter()
        await asyncio.sleep(0)
        if not _felt and time.perf_counter() - asked < LATE:
            return
        await asyncio.sleep(TICK)
