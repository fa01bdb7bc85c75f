"""Reads files in a process that can be killed: a file that eats time or memory costs itself, and nobody else."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import PurePath
from typing import Any

import structlog

from vulkn_app.knowledge.drafts import Draft, File
from vulkn_app.knowledge.formats import LARGEST_FILE
from vulkn_app.knowledge.sources import reading
from vulkn_app.settings import ROOT

log = structlog.get_logger()

PATIENCE = 60.0  # seconds on the wall
LARGEST_ANSWER = 80_000_000  # bytes
FORMATS = (
    ".pdf", ".docx", ".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".html", ".htm", ".xhtml", ".md", ".markdown",
    ".txt", ".json", ".jsonl", ".ndjson", ".zip",
)  # fmt: skip
# Text of this size is read here, in a thread: no parser of others sees it, and it cannot take long.
PLAIN = (".csv", ".tsv", ".md", ".markdown", ".json", ".jsonl", ".ndjson")
QUICK = 256_000  # bytes
_COMMAND = (sys.executable, "-m", "vulkn_app.knowledge.sources.child")
# Nothing of ours: no key, no address. What Python itself needs to start.
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")


async def read(file: File, *, patience: float = PATIENCE) -> list[Draft]:
    """The drafts in `file`; one with a problem when it cannot be read at all. Never raises for a bad file."""
    if PurePath(file.name).suffix.lower() not in FORMATS and not file.content.startswith(b"%PDF"):
        return [Draft(0, problem="unknown_format")]
    if len(file.content) > LARGEST_FILE:
        return [Draft(0, problem="file_too_large")]
    if not file.content:
        return [Draft(0, problem="file_empty")]
    if PurePath(file.name).suffix.lower() in PLAIN and len(file.content) <= QUICK:
        return await asyncio.to_thread(reading.read, file)
    answer = await _ask({"name": file.name}, file.content, patience)
    return _drafts(answer)


async def read_page(content: bytes, address: str, charset: str) -> tuple[list[Draft], list[str]]:
    """A page's drafts and its links to its own site."""
    answer = await _ask({"address": address, "charset": charset}, content, PATIENCE)
    return _drafts(answer), [str(link) for link in answer.get("links", [])]


def _drafts(answer: dict[str, Any]) -> list[Draft]:
    if problem := answer.get("problem"):
        return [Draft(0, problem=problem)]
    return [Draft(**draft) for draft in answer["drafts"]]


async def _ask(question: dict[str, str], content: bytes, patience: float) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *_COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(patience):
            said = await _talk(process, json.dumps(question).encode() + b"\n" + content)
            code = await process.wait()
    except TimeoutError:
        return {"problem": "too_long"}
    finally:
        await _end(process)
    if code or said is None:
        log.warning("sandbox.died", code=code)
        return {"problem": "too_long" if code == -signal.SIGXCPU else "broken"}
    return json.loads(said)


async def _talk(process: asyncio.subprocess.Process, question: bytes) -> bytes | None:
    """Writes and reads at once: a full pipe on either side would stop both. None when it says too much."""
    assert process.stdin
    assert process.stdout

    async def write() -> None:
        assert process.stdin
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(question)
            await process.stdin.drain()
        process.stdin.close()

    writing = asyncio.create_task(write())
    said = bytearray()
    try:
        while chunk := await process.stdout.read(1 << 16):
            said += chunk
            if len(said) > LARGEST_ANSWER:
                return None
        await writing
    finally:
        writing.cancel()
    return bytes(said)


async def _end(process: asyncio.subprocess.Process) -> None:
    """It and whatever it started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
