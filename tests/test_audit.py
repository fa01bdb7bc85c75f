"""The activity log as people read it."""

import re
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.factories import Business, a_business
from vulkn_app import audit
from vulkn_app.i18n import catalogue

MIGRATIONS = Path(__file__).parent.parent / "supabase" / "migrations"
APPENDED = re.compile(r"audit_append\(\s*[\w.]+\s*,\s*'(\w+)'\s*,\s*'(\w+)'")


@pytest.fixture
def audited(database_url: str) -> set[str]:
    """Every table whose changes the log tells."""
    with psycopg.connect(database_url) as admin:
        return {
            name
            for (name,) in admin.execute(
                "select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
                " join pg_proc p on p.oid = t.tgfoid where p.proname in ('audit_row', 'audit_turn')"
            )
        }


@pytest.mark.parametrize("language", ["es", "en"])
def test_whatever_is_logged_has_words(audited: set[str], language: str) -> None:
    words = catalogue(language)
    appended = {
        found for path in MIGRATIONS.glob("*.sql") for found in APPENDED.findall(path.read_text("utf-8"))
    }

    things = audited | {entity for _, entity in appended}
    actions = {"insert", "update", "delete"} | {action for action, _ in appended}

    assert not {thing for thing in things if f"audit.entity_{thing}" not in words}
    assert not {action for action in actions - {"view"} if f"audit.action_{action}" not in words}


def said(database_url: str, business: Business, action: str, entity: str, id: str, **detail: object) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "select app.audit_append(%s, %s, %s, %s, %s)",
            (business.org_id, action, entity, id, Jsonb(detail)),
        )


async def test_what_repeats_itself_is_told_once(deployment: None, database_url: str) -> None:
    business, (one, other) = a_business(database_url), (str(uuid4()), str(uuid4()))
    before = (await audit.page(business.owner, size=1)).total
    for id in (other, one, one):
        said(database_url, business, "answer", "conversations", id, outcome="answered")
    said(database_url, business, "answer", "conversations", one, outcome="unknown")
    said(database_url, business, "insert", "services", "1", name=[None, "Corte"], ended_at=[None, None])
    said(database_url, business, "insert", "services", "2", name=[None, "Barba"])

    seen = await audit.page(business.owner, size=6)

    told = [(entry.action, entry.conversation, entry.times) for entry in seen.rows]
    assert told == [("insert", "", 2), ("answer_unknown", one, 1), ("answer", one, 2), ("answer", other, 1)]
    assert seen.rows[0].changes == []
    assert seen.total == before + 6
