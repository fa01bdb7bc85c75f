"""The whole product as a person has it who typed `./vulkn up`."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import psutil
import pytest

from tests.fakes.graph_webhooks import APP_SECRET
from vulkn_app.local.folder import DataFolder
from vulkn_app.local.ports import free_port
from vulkn_app.settings import ROOT, Settings

VERIFY_TOKEN = "la palabra de los dos lados"
PATIENCE = 300  # seconds; the first one may have to build the dashboard


def surroundings() -> dict[str, str]:
    """What a person's shell says to every program: proxies, certificates, npm's mirror; nothing of what we read."""
    ours = {name.upper() for name in Settings.model_fields}
    told = {name: value for name, value in os.environ.items() if name not in ours}
    return {
        name: value for name, value in told.items() if not name.lstrip("_").startswith(("VULKN", "REFLEX"))
    }


class Up:
    """A running `up`; its lines are read as they come."""

    def __init__(self, data: Path, port: int, *options: str, env: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.base = f"http://127.0.0.1:{port}"
        command = [
            sys.executable,
            "-m",
            "vulkn_app.cli",
            "up",
            "--port",
            str(port),
            "--data",
            str(data),
            *options,
        ]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=surroundings() | dict(env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, words: str) -> str:
        """The first new line with these words in it."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"never said {words!r}:\n{''.join(self.said)}") from None
            if words in line:
                return line
            assert line, f"ended without {words!r}:\n{''.join(self.said)}"

    def part(self, words: str) -> psutil.Process:
        """The child whose command line has these words."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if words in " ".join(child.cmdline()))

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        code = self.process.wait(60)
        self._reader.join(10)
        return code

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.said.append(line)
                self._lines.put(line)
        self._lines.put("")


@pytest.fixture(scope="session")
def graph_port() -> int:
    """Where the stack looks for Meta; a test that wants it to be there runs tests/fakes/graph.py on it."""
    return free_port()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, graph_port: int) -> Iterator[Up]:
    """One for every test that looks at the product from outside; nobody's business is in it yet."""
    meta = {
        "WHATSAPP_GRAPH_URL": f"http://127.0.0.1:{graph_port}",
        "WHATSAPP_APP_SECRET": APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
        "WHATSAPP_APP_ID": "4711",
        "WHATSAPP_SIGNUP_CONFIG": "0815",
    }
    running = Up(tmp_path_factory.mktemp("stack"), free_port(), "--no-demo", env=meta)
    try:
        running.until("VULKN ready: ")
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


@pytest.fixture(scope="session")
def stack_database(stack: Up) -> str:
    """The superuser's DSN of its database."""
    running = DataFolder(stack.data).running()
    assert running
    return running.database_url.get_secret_value()
