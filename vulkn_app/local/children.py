"""Processes that we start: each in its own session, with its output in a file, gone when we are gone."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from vulkn_app.local.failure import StackFailed

LEASH = Path(__file__).with_name("leash.py")
TAIL_BYTES = 8192


class Child:
    """One long-lived process. It may be started again after it ended."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        cwd: Path | None = None,
        user: tuple[int, int] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self._env = dict(env)
        self._cwd = cwd
        self._user = user
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._stopped = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def returncode(self) -> int | None:
        """None while it runs, and before it was started."""
        return self._process.poll() if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self._stopped = False
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                leashed(self._command, user=self._user, death_signal=self._stop_signal),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._env,
                cwd=self._cwd,
                start_new_session=True,
            )

    async def ended(self) -> int:
        """Waits for the end; the exit code."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait)

    async def stop(self, *, grace: timedelta = timedelta(seconds=10)) -> None:
        """Asks, waits, then kills; whatever else lives in its process group goes with it."""
        process = self._process
        if process is None or self._stopped:
            return
        try:
            if process.poll() is None:
                process.send_signal(self._stop_signal)
                with suppress(subprocess.TimeoutExpired):
                    await asyncio.to_thread(process.wait, grace.total_seconds())
        finally:  # a second Ctrl-C interrupts the waiting, not the killing
            self._stopped = True
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def last_lines(self, count: int = 15) -> str:
        """The end of what it wrote since it was started last."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as written:
            written.seek(max(self._log_start, self.log.stat().st_size - TAIL_BYTES))
            return "\n".join(written.read().decode(errors="replace").splitlines()[-count:])


def leashed(
    command: Sequence[str], *, user: tuple[int, int] | None, death_signal: signal.Signals
) -> list[str]:
    as_user = ["--user", f"{user[0]}:{user[1]}"] if user else []
    leash = [sys.executable, "-I", "-S", str(LEASH), "--parent", str(os.getpid())]
    return [*leash, "--signal", str(int(death_signal)), *as_user, "--", *command]


async def run(
    command: Sequence[str | Path],
    *,
    within: timedelta,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: tuple[int, int] | None = None,
) -> str:
    """Runs a command to its end and gives what it wrote. Raises StackFailed with its last lines."""
    words = [str(part) for part in command]
    process = await asyncio.create_subprocess_exec(
        *leashed(words, user=user, death_signal=signal.SIGKILL),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=dict(env) if env is not None else None,
        cwd=cwd,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(within.total_seconds()):
            output, _ = await process.communicate()
    except TimeoutError:
        raise StackFailed(f"{Path(words[0]).name} did not end within {within}.") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    text = output.decode(errors="replace")
    if process.returncode:
        tail = "\n".join(text.splitlines()[-20:])
        raise StackFailed(f"{Path(words[0]).name} failed with exit code {process.returncode}:\n{tail}")
    return text
