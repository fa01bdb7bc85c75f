"""Real processes over one database: web servers to be killed, and scripts that die where they are told to."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.plugins.api import free_port
from tests.plugins.database import SECRET_KEY
from vulkn_app.settings import ROOT

PATIENCE = 120  # seconds until a process answers
UNLIMITED = {
    name: "1000000"
    for name in ("VISITOR_MESSAGES_PER_MINUTE", "ADDRESS_MESSAGES_PER_MINUTE", "LOOP_GUARD_MESSAGES")
}


def environment(database_url: str, upstream: str, folder: Path, **more: str) -> dict[str, str]:
    """What a process needs to serve this database with this model."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        **UNLIMITED,
        "DATABASE_URL": database_url,
        "SUPABASE_URL": "http://127.0.0.1:9",
        "SUPABASE_PUBLISHABLE_KEY": "none",
        "VULKN_SECRET_KEY": SECRET_KEY,
        "VULKN_DATA_DIR": str(folder),
        "ANTHROPIC_BASE_URL": upstream,
        "ANTHROPIC_API_KEY": "sk-ant-fake",
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "true",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "PYTHONPATH": str(ROOT),
        **more,
    }


class Web:
    """One `granian` with the whole product, in a process group of its own."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self._log = log
        command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--ws"]
        command += ["--port", str(port), "--workers", "1", "--factory", "vulkn_app.vulkn_app:app"]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
            )

    def ready(self) -> None:
        """Until it answers; the transport asks again while nobody listens."""
        with httpx.Client(transport=httpx.HTTPTransport(retries=10), timeout=PATIENCE) as http:
            assert http.get(f"{self.base}/healthz").status_code == 200, self._log.read_text()

    def kill(self) -> None:
        """As a power cut would: the server and its worker in the same instant."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        os.killpg(self._process.pid, how)
        self._process.wait(60)


@contextmanager
def two(env: dict[str, str], folder: Path) -> Iterator[tuple[Web, Web]]:
    """Both are started before either is waited for."""
    both = Web(env, folder / "one.log"), Web(env, folder / "two.log")
    try:
        for web in both:
            web.ready()
        yield both
    finally:
        for web in both:
            web.stop()


@contextmanager
def one(env: dict[str, str], log: Path) -> Iterator[Web]:
    web = Web(env, log)
    try:
        web.ready()
        yield web
    finally:
        web.stop()


def script(source: str, env: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    """Python that runs on its own, with the product importable."""
    return subprocess.Popen([sys.executable, "-c", source, *arguments], cwd=ROOT, env=env)
