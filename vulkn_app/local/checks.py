"""`vulkn check` and `vulkn test`: what they need is set up first, visibly."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import IO

from vulkn_app.local import frontend
from vulkn_app.local.children import run
from vulkn_app.local.failure import StackFailed
from vulkn_app.local.progress import Progress, say
from vulkn_app.local.supabase import install, node
from vulkn_app.settings import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MOST_AT_ONCE = 4  # each has a PostgreSQL of its own
PYTEST = (sys.executable, "-m", "pytest")
# A developer's own project is nothing that tests may touch.
NOT_FOR_TESTS = (
    "DATABASE_URL",
    "SUPABASE_URL",
    "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_SECRET_KEY",
    "REDIS_URL",
)


def check() -> int:
    """Runs all of them even if one fails; 1 if any did."""
    checks = {
        "Formatting": ["ruff", "format", "--check", "."],
        "Lint": ["ruff", "check", "."],
        "Types": ["pyright"],
        "Architecture": ["pytest", "-q", "tests/test_architecture.py"],
    }
    failed = [title for title, command in checks.items() if not _passes(title, command)]
    if failed:
        sys.stderr.write(f"Failed: {', '.join(failed)}.\n")
    return 1 if failed else 0


def test(arguments: Sequence[str]) -> int:
    """pytest's exit code."""
    try:
        asyncio.run(_prepare())
    except StackFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    environment = {name: value for name, value in _environment().items() if name not in NOT_FOR_TESTS}
    cores = min(os.cpu_count() or 1, MOST_AT_ONCE)
    if arguments or cores < 2:
        return subprocess.run([*PYTEST, *arguments], check=False, cwd=ROOT, env=environment).returncode
    return _side_by_side(environment, cores)


def _side_by_side(environment: Mapping[str, str], processes: int) -> int:
    """All of them, shared by as many processes (tests/plugins/sharing.py). This one begins with what is quick; the
    words of the others come when they are done."""
    with tempfile.TemporaryDirectory(prefix="vulkn-shared-") as folder, ExitStack() as outputs:
        shared = dict(environment) | {"VULKN_TESTS_SHARED": folder}
        say(f"{processes} processes share the tests: each takes the next module that nobody has yet.")
        beside: list[tuple[subprocess.Popen[bytes], IO[bytes]]] = []
        for _ in range(processes - 1):
            said = outputs.enter_context(tempfile.TemporaryFile())
            command = [*PYTEST, "-q"]
            beside.append((subprocess.Popen(command, cwd=ROOT, env=shared, stdout=said, stderr=said), said))
        ours = shared | {"VULKN_TESTS_QUICK_FIRST": "yes"}
        code = subprocess.run([*PYTEST, "-q"], check=False, cwd=ROOT, env=ours).returncode
        for process, said in beside:
            code = process.wait() or code
            said.seek(0)
            sys.stdout.write(said.read().decode("utf-8", "replace"))
    return code


async def _prepare() -> None:
    progress = Progress(total=3)
    async with progress.step("Local Supabase (its packages are installed once)"):
        await install()
    async with progress.step("Dashboard (built only when its sources changed)"):
        await frontend.build()
    async with progress.step("Chromium"):
        trouble = await _have_browser()
    if trouble:
        say(f"      Browser tests will be SKIPPED: {trouble}")


async def _have_browser() -> str:
    """Why there is none, or nothing."""
    if any(map(shutil.which, BROWSERS)):
        return ""
    if not shutil.which("apt-get"):
        return "install Chromium to run them."
    if os.geteuid() != 0:
        return "install Chromium to run them: sudo apt-get install chromium"
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        await run(["/usr/bin/apt-get", "update", "-q"], within=timedelta(minutes=5), env=quiet)
        packages = ["chromium", "fonts-dejavu-core"]
        command = ["/usr/bin/apt-get", "install", "-q", "-y", "--no-install-recommends", *packages]
        await run(command, within=timedelta(minutes=15), env=quiet)
    except StackFailed as failure:
        return f"apt-get cannot install it.\n{failure}"
    return ""


def _passes(title: str, command: Sequence[str]) -> bool:
    say(f"{title} ({' '.join(command)})")
    began = monotonic()
    done = subprocess.run([sys.executable, "-m", *command], check=False, cwd=ROOT, env=_environment())
    say(f"{title}: {'ok' if done.returncode == 0 else 'FAILED'}, {monotonic() - began:.1f} s")
    return done.returncode == 0


def _environment() -> dict[str, str]:
    """The virtual environment's own programs first; pyright takes its node from there and downloads nothing."""
    path = os.pathsep.join(
        [str(Path(sys.executable).parent), str(node().parent), os.environ.get("PATH", os.defpath)]
    )
    return os.environ | {"PATH": path, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
