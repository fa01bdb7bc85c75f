"""What a person at the terminal sees: one line a step, with the seconds it took."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

STILL_AT_IT = 10  # seconds between two signs of life of a long step


class Progress:
    """`[2/6] Migrations … 0.4 s`."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0

    @asynccontextmanager
    async def step(self, title: str) -> AsyncIterator[None]:
        self._number += 1
        _write(f"[{self._number}/{self._total}] {title} …")
        began = monotonic()
        life = asyncio.create_task(_signs_of_life(began))
        try:
            yield
        except BaseException:
            _write(" failed\n")
            raise
        finally:
            life.cancel()
        _write(f" {monotonic() - began:.1f} s\n")


def say(text: str) -> None:
    _write(f"{text}\n")


async def _signs_of_life(began: float) -> None:
    while True:
        await asyncio.sleep(STILL_AT_IT)
        _write(f" {monotonic() - began:.0f} s …")


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        pass  # nobody reads any more; that is no reason to stop serving
