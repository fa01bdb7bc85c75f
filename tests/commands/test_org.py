"""`vulkn org`, `vulkn admin` and `vulkn audit`: what an operator does at the shell."""

import json
import zipfile
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.commands.conftest import Vulkn
from tests.factories import a_business


async def test_a_new_organization_is_told_as_json(vulkn: Vulkn) -> None:
    slug = f"nueva-{uuid4().hex[:6]}"

    told = await vulkn(
        "org", "create", "--name", "Clínica Ñ", "--slug", slug, "--owner-email", "Ana@Sol.test"
    )

    made = json.loads(told.stdout)
    assert set(made) == {"id", "slug", "embed", "invite_url"}
    assert made["embed"] == f'<script src="http://127.0.0.1:8000/vulkn-widget.js" data-org="{slug}"></script>'
    assert made["invite_url"].startswith("http://127.0.0.1:8000/signup/?invite=")


async def test_a_taken_slug_and_a_bad_address_are_told(vulkn: Vulkn, database_url: str) -> None:
    slug = a_business(database_url).slug

    taken = await vulkn("org", "create", "--name", "x", "--slug", slug, "--owner-email", "a@b.co")
    nobody = await vulkn("org", "create", "--name", "x", "--slug", "free-slug", "--owner-email", "ana")
    wrong = await vulkn("org", "create", "--name", "x", "--slug", "No!", "--owner-email", "a@b.co")

    assert [told.exit_code for told in (taken, nobody, wrong)] == [1, 1, 2]
    assert taken.stderr == "That short name is taken.\n"


async def test_an_export_holds_this_organization_and_no_other(
    vulkn: Vulkn, database_url: str, tmp_path: Path
) -> None:
    business, other = a_business(database_url), a_business(database_url)
    file = tmp_path / "all.zip"

    told = await vulkn("org", "export", business.slug, file)

    assert told.exit_code == 0
    with zipfile.ZipFile(file) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        entries = archive.read("knowledge_entries.jsonl").splitlines()
    assert len(entries) == 4
    assert str(business.org_id).encode() in content
    assert str(other.org_id).encode() not in content


async def test_a_purge_asks_for_a_yes_and_leaves_nothing(vulkn: Vulkn, database_url: str) -> None:
    business, other = a_business(database_url), a_business(database_url)

    first = await vulkn("org", "purge", business.slug)
    second = await vulkn("org", "purge", business.slug, "--yes")

    assert (first.exit_code, second.exit_code) == (1, 0)
    with psycopg.connect(database_url) as admin:
        left = "select org_id from knowledge_entries union select id from organizations"
        ids = {row[0] for row in admin.execute(left)}
    assert business.org_id not in ids
    assert other.org_id in ids


async def test_only_somebody_who_signed_up_becomes_an_administrator(vulkn: Vulkn, database_url: str) -> None:
    business = a_business(database_url)

    known = await vulkn("admin", "grant", f"{business.slug}@sol.test")
    unknown = await vulkn("admin", "grant", "nobody@sol.test")

    assert (known.exit_code, unknown.exit_code) == (0, 1)
    assert unknown.stderr == "Nobody signed up as nobody@sol.test.\n"
    with psycopg.connect(database_url) as admin:
        granted = admin.execute("select user_id from app.platform_admins").fetchall()
    assert (business.owner.user_id,) in granted


async def test_a_changed_audit_row_is_found(vulkn: Vulkn, database_url: str) -> None:
    business = a_business(database_url)

    before = await vulkn("audit", "verify", "--org", business.slug)
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "update audit_log set detail = '{\"keys\": []}' where org_id = %s and seq = 2", (business.org_id,)
        )
    after = await vulkn("audit", "verify", "--org", business.slug)
    everywhere = await vulkn("audit", "verify", "--json")

    assert (before.exit_code, after.exit_code, everywhere.exit_code) == (0, 1, 1)
    assert after.stderr == f"{business.slug}: the audit log is broken at row 2.\n"
    broken = {told["org"]: told["broken"] for told in json.loads(everywhere.stdout)}
    assert broken[business.slug] == 2
