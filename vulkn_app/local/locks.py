"""One process at a time, across processes; the kernel lets go when the holder dies."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def alone(file: Path) -> AsyncIterator[None]:
    """Waits for its turn."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield
