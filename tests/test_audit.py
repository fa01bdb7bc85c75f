"""The activity log as its owners read it."""

from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.factories import Business, a_business
from vulkn_app import audit
from vulkn_app.i18n import catalogue

WATCHED = """
    select distinct c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
    where p.proname = 'audit_row'
"""
# Written by name: the action and what it was done to.
NAMED = r"""
    select (found)[1], (found)[2] from (
      select regexp_matches(p.prosrc, 'audit_append\([^;]*?''([a-z_]+)'', *''([a-z_]+)''', 'g') as found
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'app') named
"""


def test_every_change_that_is_logged_is_told_in_words(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        tables = {row[0] for row in connection.execute(WATCHED)}
        named = connection.execute(NAMED).fetchall()
    actions, things = {row[0] for row in named}, {row[1] for row in named} | tables

    missing = [f"action_{action}" for action in actions] + [f"entity_{thing}" for thing in things]
    assert [key for key in sorted(missing) if f"audit.{key}" not in catalogue("es")] == []
    assert len(things) > 20


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
