"""`vulkn up`: brings the stack up part by part, watches it, and takes all of it down again."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Protocol

from pydantic import SecretStr

from vulkn_app.db import database
from vulkn_app.local import demo, environment, frontend, mail, orphans, ourselves
from vulkn_app.local.bootstrap import bootstrap
from vulkn_app.local.children import Child
from vulkn_app.local.failure import StackFailed
from vulkn_app.local.folder import DataFolder, Keys, Stack
from vulkn_app.local.ports import is_free
from vulkn_app.local.postgres import Postgres
from vulkn_app.local.progress import Progress, say
from vulkn_app.local.supabase import Supabase, install
from vulkn_app.local.web import ANY_ADDRESS, Web
from vulkn_app.migrate import migrate
from vulkn_app.settings import settings

LONGEST_PAUSE = 30  # seconds between two tries to start a part again
HEALTHY_AFTER = 60  # seconds of life after which an end counts as the first one


class Part(Protocol):
    """What `up` watches."""

    @property
    def child(self) -> Child: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    host: str
    port: int
    data: Path
    demo: bool

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def public_url(self) -> str:
        return settings.vulkn_public_url or f"http://{ANY_ADDRESS.get(self.host, self.host)}:{self.port}"


def main(wanted: Wanted) -> None:
    """Until Ctrl-C or SIGTERM. Raises StackFailed."""
    try:
        asyncio.run(_until_stopped(wanted))
    except asyncio.CancelledError:
        say("VULKN stopped.")


async def _until_stopped(wanted: Wanted) -> None:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await Up(wanted).run()


class Up:
    """One run of `up`."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.folder = DataFolder(wanted.data)
        self._parts: list[Part] = []
        self._notes = self.folder.path / "processes.json"
        self._progress = Progress(total=6 if settings.embedded else 3)

    async def run(self) -> None:
        _check_settings()
        self.folder.create()
        async with AsyncExitStack() as held:
            held.enter_context(self.folder.held())
            await orphans.end(self._notes)
            self._check_port()
            await self._bring_up(held, self.folder.keys())
            say(f"VULKN ready: {self.wanted.address}")
            async with asyncio.TaskGroup() as watching:
                watching.create_task(mail.show_new(self.folder.mail))
                for part in self._parts:
                    watching.create_task(self._watch(part))

    async def _bring_up(self, held: AsyncExitStack, keys: Keys) -> None:
        settings.vulkn_data_dir = self.folder.path
        settings.vulkn_public_url = self.wanted.public_url
        if settings.embedded:
            await self._embedded(held, keys)
        else:
            settings.vulkn_secret_key = settings.vulkn_secret_key or keys.vulkn_secret_key
            async with self._progress.step("Migrations"):
                await _migrate()
        async with self._progress.step("Dashboard (built only when its sources changed)"):
            await frontend.build()
        async with self._progress.step("Web process"):
            env = os.environ | environment.variables(settings)
            log = self.folder.logs / "web.log"
            await self._keep(held, Web(self.wanted.host, self.wanted.port, env=env, log=log))

    async def _embedded(self, held: AsyncExitStack, keys: Keys) -> None:
        async with self._progress.step("PostgreSQL"):
            log = self.folder.logs / "postgres.log"
            server = Postgres(self.folder.postgres, password=keys.postgres_password, log=log)
            await self._keep(held, server)
        environment.use(Stack(database_url=SecretStr(server.url())), keys)
        async with self._progress.step("Migrations"):
            await bootstrap(server.url(), auth_password=keys.auth_password)
            await _migrate()
        async with self._progress.step("Supabase (its packages are installed once)"):
            supabase = Supabase(
                await install(),
                database_url=server.url(),
                keys=keys,
                site_url=self.wanted.public_url,
                mail=self.folder.mail,
                log=self.folder.logs / "supabase.log",
            )
            await self._keep(held, supabase)
        stack = Stack(
            database_url=SecretStr(server.url()), supabase_url=supabase.url, public_url=self.wanted.public_url
        )
        environment.use(stack, keys)
        self.folder.announce(stack)
        async with self._progress.step(
            "Demo business and VULKN's own chat" if self.wanted.demo else "No demo business"
        ):
            shown = await _demo(self.folder.path, self.wanted) if self.wanted.demo else ""
        if shown:
            say(shown)

    async def _keep(self, held: AsyncExitStack, part: Part) -> None:
        """Starts a part; whatever happens later, it is stopped at the end."""
        held.push_async_callback(part.stop)
        await part.start()
        self._parts.append(part)
        self._note()

    async def _watch(self, part: Part) -> None:
        """Starts a part again when it ends, after a pause that grows while it does not live."""
        pause = 1
        while True:
            began = monotonic()
            code = await part.child.ended()
            if monotonic() - began > HEALTHY_AFTER:
                pause = 1
            say(f"{part.child.name} ended (exit code {code}); its last lines:\n{part.child.last_lines()}")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await part.stop()
            try:
                await part.start()
                say(f"{part.child.name} runs again.")
            except StackFailed as failure:
                say(str(failure))
            self._note()

    def _note(self) -> None:
        orphans.note(self._notes, [part.child for part in self._parts])

    def _check_port(self) -> None:
        if not is_free(self.wanted.host, self.wanted.port):
            raise StackFailed(
                f"Port {self.wanted.port} of {self.wanted.host} is taken; stop what uses it, or pass another --port."
            )


def _check_settings() -> None:
    if bool(settings.database_url) != bool(settings.supabase_url):
        raise StackFailed("Set both DATABASE_URL and SUPABASE_URL, or neither to use the embedded ones.")
    if settings.supabase_url and not (settings.supabase_publishable_key and settings.supabase_secret_key):
        raise StackFailed("SUPABASE_URL is set; set SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY too.")


async def _migrate() -> None:
    assert settings.database_url
    assert settings.vulkn_secret_key
    await migrate(settings.database_url, secret_key=settings.vulkn_secret_key.get_secret_value())


async def _demo(folder: Path, wanted: Wanted) -> str:
    """The text to show."""
    try:
        made = await demo.ensure(folder, base_url=wanted.public_url)
        await ourselves.ensure(folder)
    finally:
        await database.close()
    lines = [f"      {made.business}: chat {made.chat_url}", f"      on any website: {made.embed}"]
    if made.fresh:
        for role, login in (("owner", made.owner), ("member", made.member)):
            lines.append(f"      {role}: {login.email}  password: {login.password}")
    else:
        lines.append(f"      users and passwords: {folder / 'demo.json'}")
    return "\n".join(lines)
