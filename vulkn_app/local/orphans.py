"""Processes that a killed `up` left behind: noted when they start, ended before the next start."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from pydantic import BaseModel, TypeAdapter

from vulkn_app.local.children import Child


class Note(BaseModel):
    """A process group by its leader; with the time, a number that was given out again is not mistaken."""

    pid: int
    created: float


NOTES = TypeAdapter(list[Note])


def note(file: Path, children: Sequence[Child]) -> None:
    notes = []
    for child in children:
        with suppress(psutil.NoSuchProcess):
            if child.pid:
                notes.append(Note(pid=child.pid, created=psutil.Process(child.pid).create_time()))
    file.write_bytes(NOTES.dump_json(notes))


async def end(file: Path) -> None:
    """Asks politely, then kills; only members of the groups that were noted."""
    left = [process for noted in _noted(file) for process in _members(noted)]
    for ask in (signal.SIGTERM, signal.SIGKILL):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(ask)
        _, left = await asyncio.to_thread(psutil.wait_procs, left, 5)


def _noted(file: Path) -> list[Note]:
    """Read once: what was noted has been dealt with then."""
    try:
        return NOTES.validate_json(file.read_bytes())
    except FileNotFoundError:
        return []
    finally:
        file.unlink(missing_ok=True)


def _members(noted: Note) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError, PermissionError):
            same_group = os.getpgid(process.pid) == noted.pid
            leader_is_another = process.pid == noted.pid and abs(process.create_time() - noted.created) > 1
            if same_group and not leader_is_another and process.create_time() >= noted.created - 1:
                found.append(process)
    return found
