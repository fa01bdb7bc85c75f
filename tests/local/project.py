"""A Supabase project as far as this machine can play one: a PostgreSQL that is not ours, and Auth and REST on a port."""

import os
import pwd
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.plugins.api import free_port
from tests.waiting import until
from vulkn_app.local.bootstrap import bootstrap
from vulkn_app.local.children import Child
from vulkn_app.local.folder import Keys
from vulkn_app.local.postgres import program
from vulkn_app.local.supabase import Supabase, install

DEBIAN = Path("/usr/lib/postgresql")
PASSWORD = "a project's password"


class Project:
    """`postgres` as its owner gets it, `supabase_admin` as only Supabase has it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.keys = Keys()
        self.database_url = self._url("postgres", PASSWORD)
        self._admin = self._url("supabase_admin", self.keys.postgres_password.get_secret_value())
        self._nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._supabase: Supabase | None = None
        self._server: Child | None = None

    @property
    def env(self) -> dict[str, str]:
        """What the owner of a project puts into the environment."""
        known = {
            "DATABASE_URL": self.database_url,
            "VULKN_SECRET_KEY": self.keys.vulkn_secret_key.get_secret_value(),
            "SUPABASE_PUBLISHABLE_KEY": self.keys.publishable_key.get_secret_value(),
            "SUPABASE_SECRET_KEY": self.keys.secret_key.get_secret_value(),
        }
        return known | ({"SUPABASE_URL": self._supabase.url} if self._supabase else {})

    async def start(self) -> None:
        """The database, as empty as a new project's."""
        self._create_cluster()
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        self._server = Child(
            "The project's PostgreSQL",
            [_newest("postgres"), "-D", self.home / "data", "-p", str(self.port), *options],
            log=self.home / "postgres.log",
            env={"LC_ALL": "C", "TZ": "UTC"},
            user=(self._nobody.pw_uid, self._nobody.pw_gid) if self._nobody else None,
            stop_signal=signal.SIGINT,
        )
        self._server.start()
        await until(self._answers)
        await bootstrap(self._admin, auth_password=self.keys.auth_password)
        with psycopg.connect(self._admin, autocommit=True) as admin:
            admin.execute(Path(__file__).with_name("project.sql").read_bytes())

    async def start_supabase(self) -> None:
        """Auth and REST; a real project's read the schema again when it changes, this one once."""
        self._supabase = Supabase(
            await install(),
            database_url=self._admin,
            keys=self.keys,
            site_url="http://127.0.0.1",
            mail=self.home / "mail",
            log=self.home / "supabase.log",
        )
        await self._supabase.start()

    async def stop(self) -> None:
        for part in (self._supabase, self._server):
            if part:
                await part.stop()

    def _url(self, user: str, password: str) -> str:
        return f"postgresql://{user}:{quote(password)}@127.0.0.1:{self.port}/postgres"

    def _create_cluster(self) -> None:
        data, password = self.home / "data", self.home / "password"
        data.mkdir(mode=0o700)
        password.write_text(self.keys.postgres_password.get_secret_value())
        for folder in (self.home, *self.home.parents[:2]):
            folder.chmod(folder.stat().st_mode | 0o711)
        if self._nobody:
            os.chown(data, self._nobody.pw_uid, self._nobody.pw_gid)
        access = ["-U", "supabase_admin", f"--pwfile={password}", "--auth=scram-sha-256"]
        subprocess.run(
            [_newest("initdb"), "-D", data, *access, "--encoding=UTF8", "--locale=C", "--no-sync"],
            user=self._nobody.pw_uid if self._nobody else None,
            group=self._nobody.pw_gid if self._nobody else None,
            extra_groups=[] if self._nobody else None,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    async def _answers(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(self._admin, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False


def _newest(name: str) -> Path:
    """The distribution's PostgreSQL where there is one: not even the version is ours then."""
    found = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return found[-1] if found else program(name)
