"""The demo business: made once, whole, and by the same doors that a customer uses."""

import json
import stat
from pathlib import Path

import psycopg
import pytest

from vulkn_app import auth, team
from vulkn_app.local import demo

URL = "http://127.0.0.1:8000"


pytestmark = pytest.mark.usefixtures("auth_here")


def counts(url: str) -> tuple[int, ...]:
    tables = ("organizations", "memberships", "knowledge_entries", "profiles")
    with psycopg.connect(url) as admin:
        found = [admin.execute(f"select count(*) from {table}".encode()).fetchone() for table in tables]
    return tuple(row[0] for row in found if row)


async def test_it_is_made_once_even_when_a_run_was_killed_half_way(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as half_way:
        half_way.setattr(team, "accept", killed)
        with pytest.raises(KeyboardInterrupt):
            await demo.ensure(tmp_path, base_url=URL)

    made = await demo.ensure(tmp_path, base_url=URL)
    again = await demo.ensure(tmp_path, base_url=URL)

    assert (made.fresh, again.fresh) == (True, False)
    assert (made.owner, made.chat_url) == (again.owner, again.chat_url)
    assert counts(database_url) == (1, 2, 30, 2)
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600

    owner = await auth.sign_in(email=made.owner.email, password=made.owner.password)
    member = await auth.sign_in(email=made.member.email, password=made.member.password)
    assert (await auth.member(owner.sid)).role == "owner"
    assert (await auth.member(member.sid)).role == "member"


async def test_its_knowledge_fits_the_cached_prompt_and_has_both_languages() -> None:
    rows = [json.loads(line) for line in demo.KNOWLEDGE.read_text().splitlines()]

    assert sum(len(row["title"]) + len(row["body"]) + 5 for row in rows) < 6_500
    assert sum(row["language"] == "es" for row in rows) >= 24
    assert sum(row["language"] == "en" for row in rows) >= 6
    assert all(row["examples"] for row in rows)
