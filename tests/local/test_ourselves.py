"""VULKN's own organization: founded once, by the doors that an invited customer uses, never over somebody's own."""

import stat
from pathlib import Path

import psycopg
import pytest

from tests.factories import a_business
from vulkn_app import team
from vulkn_app.landing.about import entries
from vulkn_app.local import ourselves


async def test_a_killed_run_goes_on_where_it_stopped(
    auth_here: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as half_way:
        half_way.setattr(team, "accept", killed)
        with pytest.raises(KeyboardInterrupt):
            await ourselves.ensure(tmp_path)

    await ourselves.ensure(tmp_path)
    await ourselves.ensure(tmp_path)

    with psycopg.connect(database_url) as admin:
        found = admin.execute("""
            select o.name, a.live, a.name, (select count(*) from knowledge_entries e where e.org_id = o.id),
                   (select array_agg(m.role::text) from memberships m where m.org_id = o.id)
            from organizations o join agents a on a.org_id = o.id where o.slug = 'vulkn'
        """).fetchall()
    assert found == [("VULKN", True, "Vera", 2 * len(entries("es")), ["owner"])]
    assert stat.S_IMODE((tmp_path / "vulkn.json").stat().st_mode) == 0o600


async def test_somebodys_own_is_left_alone(auth_here: None, database_url: str, tmp_path: Path) -> None:
    theirs = a_business(database_url)
    with psycopg.connect(database_url) as admin:
        admin.execute("update organizations set slug = 'mine' where slug = 'vulkn'")
        admin.execute("update organizations set slug = 'vulkn' where id = %s", (theirs.org_id,))

    await ourselves.ensure(tmp_path)

    assert not (tmp_path / "vulkn.json").exists()
