"""The log is read by owners: whatever the database writes into it has words."""

import psycopg

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
