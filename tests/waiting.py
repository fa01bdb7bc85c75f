"""Waiting for a condition instead of for luck."""

import asyncio
from collections.abc import Awaitable, Callable

PAUSE = 0.05


async def until(reached: Callable[[], Awaitable[bool]], *, seconds: float = 20) -> None:
    """Asks again and again; fails when it stays false."""
    for _ in range(round(seconds / PAUSE)):
        if await reached():
            return
        await asyncio.sleep(PAUSE)
    raise AssertionError(f"still not so after {seconds} s")
