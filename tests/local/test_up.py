"""`./vulkn up` as a person at a terminal has it: ready, watched, recoverable, and gone when it is stopped."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.plugins.stack import Up
from vulkn_app.local.folder import DataFolder
from vulkn_app.local.ports import free_port
from vulkn_app.settings import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One that is ready, with the demo business."""
    running = Up(tmp_path_factory.mktemp("up"), free_port())
    try:
        running.until("VULKN ready: ")
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


def serving(data: Path) -> list[psutil.Process]:
    """Whatever still works on this data folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        told = process.info["environ"] or {}
        if any(str(data) in word for word in [*(process.info["cmdline"] or []), *told.values()]):
            found.append(process)
    return found


async def ready(base: str) -> None:
    """Waits until the connections to a part that was away are made again."""
    async with httpx.AsyncClient(base_url=base, timeout=60) as http:
        for _ in range(300):
            if (await http.get("/readyz")).is_success:
                return
            await asyncio.sleep(0.1)
    raise AssertionError("not ready again")


def test_the_address_it_prints_answers(up: Up) -> None:
    assert up.said[-1] == f"VULKN ready: {up.base}\n"
    with httpx.Client(base_url=up.base, follow_redirects=True) as http:
        assert http.get("/readyz").json()["status"] == "ok"
        assert http.get("/login").is_success
        assert "data-org" in "".join(up.said)


def test_other_commands_find_the_running_stack(up: Up) -> None:
    command = [sys.executable, "-m", "vulkn_app.cli", "doctor"]
    env = {"PATH": os.environ["PATH"], "VULKN_DATA_DIR": str(up.data)}

    said = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True)

    assert f"embedded, running at {up.base}" in said.stdout
    assert "all migrations applied, all roles log in" in said.stdout


def test_keys_are_for_their_owner_only(up: Up) -> None:
    for name in ("secrets.json", "stack.json", "demo.json"):
        assert (up.data / name).stat().st_mode & 0o077 == 0


def test_a_mail_is_shown_instead_of_sent(up: Up) -> None:
    stack = DataFolder(up.data).running()
    assert stack
    apikey = DataFolder(up.data).keys().publishable_key.get_secret_value()

    asked = httpx.post(
        f"{stack.supabase_url}/auth/v1/recover",
        json={"email": "ana@sonrisaroma.example"},
        headers={"apikey": apikey},
    )

    assert asked.is_success
    assert f"{up.base}/reset?token_hash=" in up.until("Mail to ana@sonrisaroma.example")


@pytest.mark.parametrize("words", ["bin/postgres", "supabase.mjs", "granian"])
async def test_a_part_that_dies_is_reported_and_started_again(up: Up, words: str) -> None:
    up.part(words).kill()

    assert "exit code -9" in up.until(" ended (")
    up.until(" runs again.")
    await ready(up.base)


def test_it_stops_whole_and_recovers_from_being_killed(tmp_path: Path) -> None:
    port = free_port()
    killed = Up(tmp_path, port, "--no-demo")
    killed.until("VULKN ready: ")

    assert killed.end(signal.SIGKILL) == -signal.SIGKILL
    second = Up(tmp_path, port, "--no-demo")
    second.until("VULKN ready: ")

    assert second.end(signal.SIGINT) == 0
    assert second.said[-1] == "VULKN stopped.\n"
    assert serving(tmp_path) == []
    assert not (tmp_path / "stack.json").exists()


def test_a_taken_port_is_one_sentence(up: Up, tmp_path: Path) -> None:
    port = int(up.base.rpartition(":")[2])

    refused = Up(tmp_path, port)

    refused.until(f"Port {port} of 127.0.0.1 is taken")
    assert refused.process.wait(60) == 1
    assert len(refused.said) == 1
