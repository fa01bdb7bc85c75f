"""The command line from outside: quick, clear, and with the exit codes that scripts rely on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vulkn_app.cli import GROUPS
from vulkn_app.local.folder import DataFolder
from vulkn_app.settings import ROOT

TOOLS = ("cat", "cksum", "date", "dirname", "mkdir", "mv", "rm", "sleep", "tail")


def vulkn(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs it with nothing configured but what is given."""
    command = [sys.executable, "-m", "vulkn_app.cli", *words]
    env = {"PATH": os.environ["PATH"], "VULKN_DATA_DIR": "/nonexistent"} | environment
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_help_lists_every_command() -> None:
    listed = vulkn("--help")

    assert listed.returncode == 0
    for name in ("up", "test", "check", "serve", "worker", "migrate", "doctor", *GROUPS):
        assert f" {name} " in listed.stdout


@pytest.mark.parametrize("name", ["up", "serve", "worker", "migrate", "check", "doctor", *GROUPS])
def test_every_command_explains_itself(name: str) -> None:
    assert vulkn(name, "--help").returncode == 0


def test_help_does_not_wait_for_the_product_to_load() -> None:
    script = (
        "import sys, vulkn_app.cli; print([m for m in ('reflex', 'supabase', 'psycopg') if m in sys.modules])"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "words", [["nope"], ["up", "--port", "many"], ["up", "--port", "0"], ["kb", "search"]]
)
def test_wrong_usage_is_exit_2(words: list[str]) -> None:
    wrong = vulkn(*words)

    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


def test_serve_says_what_is_not_set() -> None:
    refused = vulkn(
        "serve", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none", SUPABASE_URL="http://127.0.0.1:9"
    )

    assert refused.returncode == 1
    assert refused.stderr.startswith("Not set: SUPABASE_PUBLISHABLE_KEY, VULKN_SECRET_KEY.")


def test_half_a_project_is_refused() -> None:
    refused = vulkn("up", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")

    assert refused.returncode == 1
    assert refused.stderr == "Set both DATABASE_URL and SUPABASE_URL, or neither to use the embedded ones.\n"


def test_two_ups_on_one_data_folder_are_one_too_many(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.create()

    with folder.held():
        refused = vulkn("up", "--data", str(tmp_path))

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"The data folder {tmp_path} is in use")


def test_the_launcher_says_which_python_it_needs(tmp_path: Path) -> None:
    checkout, tools = tmp_path / "a checkout", tmp_path / "bin"
    checkout.mkdir()
    tools.mkdir()
    for name in ("vulkn", "requirements.lock"):
        shutil.copy(ROOT / name, checkout / name)
    for name in TOOLS:
        (tools / name).symlink_to(str(shutil.which(name)))

    refused = subprocess.run(
        ["/bin/sh", checkout / "vulkn", "up"],
        cwd="/",
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr.startswith("vulkn: Python 3.11, 3.12 or 3.13 is needed and none is on PATH.")
    assert sorted(path.name for path in checkout.iterdir()) == ["requirements.lock", "vulkn"]
