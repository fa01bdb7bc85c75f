"""The engine alone in a process: told in lines of JSON what to do, it says what that took.

{"visitors": [[organization, hash], …], "at_once": 20} runs one turn of each and answers {"seconds", "cpu"};
with "profile": N also the N functions that took longest."""

import asyncio
import cProfile
import io
import json
import logging
import pstats
import sys
import time
from typing import Any
from uuid import UUID, uuid4

import structlog

from vulkn_app import garbage, llm
from vulkn_app.conversations import engine, language
from vulkn_app.conversations.engine import Inbound
from vulkn_app.db import AgentKey

QUESTION = "¿Cuánto cuesta una limpieza dental?"


async def turn(organization: str, visitor: str) -> None:
    """From the message's arrival to the last event."""
    key = AgentKey(UUID(organization))
    events = await engine.receive(Inbound(key, bytes.fromhex(visitor), str(uuid4()), QUESTION))
    said = b"".join([piece async for piece in events.read()])
    assert b"event: done" in said, said[-300:]


async def turns(visitors: list[list[str]], at_once: int) -> dict[str, Any]:
    left = iter(visitors)

    async def one_after_another() -> None:
        for organization, visitor in left:
            await turn(organization, visitor)

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one_after_another() for _ in range(at_once)))
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}


async def main() -> None:
    llm.open_clients()
    language.warm()
    garbage.settle()
    while line := await asyncio.to_thread(sys.stdin.readline):
        told = json.loads(line)
        profile = cProfile.Profile() if told.get("profile") else None
        if profile:
            profile.enable()
        found = await turns(told["visitors"], told["at_once"])
        if profile:
            profile.disable()
            found["profile"] = _slowest(profile, told["profile"])
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def _slowest(profile: cProfile.Profile, number: int) -> str:
    told = io.StringIO()
    stats = pstats.Stats(profile, stream=told)
    stats.sort_stats("tottime").print_stats(number)
    stats.sort_stats("cumtime").print_stats("conversations|llm|grounding|db.py", number)
    return told.getvalue()


if __name__ == "__main__":
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    asyncio.run(main())
