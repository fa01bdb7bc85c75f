"""`DATABASE_URL` and `SUPABASE_*` name a project: nothing of ours is started beside it, and the same code serves."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import psycopg
import pytest

from tests.api.browser import Browser, an_email
from tests.factories import Visitor
from tests.local.project import Project
from tests.plugins.stack import Up
from tests.waiting import until
from vulkn_app.local.ports import free_port
from vulkn_app.migrate import MIGRATIONS
from vulkn_app.settings import ROOT

pytestmark = pytest.mark.slow

RECORDED = (
    "select version || '_' || name || '.sql' from supabase_migrations.schema_migrations order by version"
)
SCHEMA = """
    select md5(string_agg(x, ' ' order by x)) from (
      select c.oid::text || coalesce(relacl::text, '') from pg_class c where relnamespace::regnamespace::text in ('public', 'app', 'queue')
      union all select oid::text || md5(prosrc) || coalesce(proacl::text, '') from pg_proc
      where pronamespace::regnamespace::text in ('public', 'app', 'queue')
    ) found(x)
"""


def vulkn(project: Project, *words: str) -> str:
    """What a command says with the project in its environment."""
    env = {"PATH": os.environ["PATH"], **project.env}
    command = [sys.executable, "-m", "vulkn_app.cli", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Migrated by `./vulkn migrate`."""
    made = Project(tmp_path_factory.mktemp("project"))
    try:
        asyncio.run(made.start())
        assert vulkn(made, "migrate").splitlines() == [path.name for path in sorted(MIGRATIONS.glob("*.sql"))]
        asyncio.run(made.start_supabase())
        yield made
    finally:
        asyncio.run(made.stop())


def one(project: Project, query: str, *values: object) -> object:
    with psycopg.connect(project.database_url) as owner:
        found = owner.execute(query.encode(), values).fetchone()
    return found[0] if found else None


def embedded(process: psutil.Process) -> list[str]:
    """Which servers of our own work below a process."""
    lines = [" ".join(child.cmdline()) for child in process.children(recursive=True)]
    return [line for line in lines if "bin/postgres" in line or "supabase.mjs" in line]


async def used(project: Project, base: str) -> None:
    """A visitor asks, and the answer is kept where the project is."""
    async with httpx.AsyncClient(base_url=base, timeout=30) as http:
        visitor = Visitor(http, a_business_of(project))
        await visitor.open()
        answer = await visitor.ask("¿Cuánto cuesta el café de olla?")
        assert "$45" in answer.text
        assert (await http.get("/readyz")).json()["status"] == "ok"
    stored = "select body from messages where id = %s"
    assert one(project, stored, answer["message"]["id"]) == answer.text


def test_the_owner_of_a_project_is_no_superuser(project: Project) -> None:
    assert one(project, "select rolsuper from pg_roles where rolname = current_user") is False


def test_migrating_again_changes_nothing(project: Project) -> None:
    before = one(project, SCHEMA)

    assert vulkn(project, "migrate") == "Nothing to apply.\n"

    assert one(project, SCHEMA) == before
    with psycopg.connect(project.database_url) as owner:
        recorded = [name for (name,) in owner.execute(RECORDED).fetchall()]
    assert recorded == [path.name for path in sorted(MIGRATIONS.glob("*.sql"))]


def test_what_a_project_grants_by_itself_is_taken_back(project: Project) -> None:
    open_to_all = """
        select count(*) from pg_class c
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
          and (has_table_privilege('anon', c.oid, 'select') or not relrowsecurity and relkind <> 'v')
    """
    assert one(project, open_to_all) == 0


async def test_up_starts_neither_a_database_nor_a_supabase(project: Project, tmp_path: Path) -> None:
    up = Up(tmp_path / "data", free_port(), "--no-demo", env=project.env)
    try:
        up.until("VULKN ready: ")
        browser, email = Browser(up.base), an_email()
        signed_up = await browser.sign_up(email, business="")
        await browser.post("logout")
        signed_in = await browser.sign_in(email)
        await browser.http.aclose()
        await used(project, up.base)

        assert (signed_up.location, signed_in.location) == ("/onboarding/", "/app/")
        assert embedded(psutil.Process(up.process.pid)) == []
        assert not (up.data / "postgres").exists()
    finally:
        assert up.end() == 0


@pytest.fixture
def serving(project: Project) -> Iterator[tuple[str, psutil.Process]]:
    """`./vulkn serve`: its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "vulkn_app.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
    env = {"PATH": os.environ["PATH"], **project.env}
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    process.terminate()
    process.wait(60)


async def test_serve_needs_nothing_but_the_environment(
    project: Project, serving: tuple[str, psutil.Process]
) -> None:
    base, process = serving

    async with httpx.AsyncClient(base_url=base, timeout=20) as http:

        async def ready() -> bool:
            assert process.status() != psutil.STATUS_ZOMBIE, "it ended"
            try:
                return (await http.get("/readyz")).is_success
            except httpx.TransportError:
                return False

        await until(ready, seconds=200)

    await used(project, base)
    assert embedded(process) == []


def a_business_of(project: Project) -> str:
    """One that knows a price and answers."""
    slug = f"luna-{uuid4().hex[:8]}"
    with psycopg.connect(project.database_url, autocommit=True) as owner:
        found = owner.execute("select app.provision('Café Luna', %s)", (slug,)).fetchone()
        assert found
        owner.execute("update agents set live = true where org_id = %s", found)
        owner.execute(
            "insert into knowledge_entries (org_id, title, body, language)"
            " values (%s, 'Precio del café de olla', 'El café de olla cuesta $45 pesos.', 'es')",
            found,
        )
    return slug
