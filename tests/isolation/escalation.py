"""What no role of the product may do at all, whatever its claims: become another role, change the
structure, read what belongs to the server, call what was not granted to it."""

from collections.abc import Iterator

import psycopg

from tests.isolation.arena import Table
from tests.isolation.world import claims, uid

LOGINS = ("vulkn_web", "vulkn_engine", "vulkn_maint")
API_ROLES = ("anon", "authenticated", "service_role")

BECOMING = (
    "set role service_role",
    "set role authenticated",
    "set role postgres",
    "set session authorization postgres",
    "set local role vulkn_maint; set local role vulkn_engine; set local role vulkn_web; set local role supabase_auth_admin",
    "alter role {me} superuser",
    "alter role {me} bypassrls",
    "alter role {me} createrole",
    "grant vulkn_maint to {me}",
    "grant service_role to {me}",
    "grant pg_read_all_data to {me}",
    "create role evil superuser",
    "reassign owned by postgres to {me}",
    "alter default privileges for role postgres in schema public grant all on tables to {me}",
)
BUILDING = (
    "create table public.evil (x int)",
    "create table app.evil (x int)",
    "create view public.evil as select 1",
    "create function public.evil() returns int language sql as 'select 1'",
    "create function app.read_orgs(x int) returns uuid[] language sql as 'select null'",
    "create or replace function app.read_orgs() returns uuid[] language sql as 'select null::uuid[]'",
    "create schema evil",
    "create extension dblink",
    "create publication evil for all tables",
    "create event trigger evil on ddl_command_end execute function app.stamp()",
    "alter function app.orgs(text, text) security invoker",
    'alter policy "members see their team" on public.memberships using (true)',
    "drop schema app cascade",
)
PEEKING = (
    "select * from pg_authid",
    "select * from auth.users",
    "select * from pg_catalog.pg_statistic",
    "select * from pg_stats where schemaname in ('public', 'app')",
    "select pg_read_file('PG_VERSION')",
    "select pg_ls_dir('.')",
    "select lo_import('/etc/passwd')",
    "copy (select 1) to program 'true'",
    "copy public.messages to '/tmp/evil'",
    "select query from pg_stat_activity where query like '%SECRET%' and usename <> current_user",
)
# By whom each may be called is rule S12; here: the inner ones by nobody at all.
INNER_CALLS = (
    f"select app.audit_append('{uid('org B')}', 'x', 'x', 'x', '{{}}')",
    "select app.imp_org('read')",
    "select app.imp_session()",
    "select app.orgs('owner', 'write')",
    f"select app.touch_brain('{uid('org B')}')",
    "select app.provision('Evil', 'evil-org')",
    "select app.close_tables()",
    "select app.close_functions()",
)
ON_TABLES = (
    "truncate {table}",
    "truncate {table} cascade",
    "alter table {table} disable row level security",
    "alter table {table} owner to current_user",
    "alter table {table} add column evil int",
    "drop table {table} cascade",
    "create trigger evil before insert on {table} execute function suppress_redundant_updates_trigger()",
    "create policy evil on {table} using (true)",
    "create rule evil as on select to {table} do instead nothing",
    "create index on {table} (({column}))",
    # Without the right to, GRANT only warns: so look whether it helped.
    "grant all on {table} to anon; select 1 where has_any_column_privilege('anon', '{table}', 'select')",
    "comment on table {table} is 'evil'",
    "create table pg_temp.evil (x text references {table})",
)


# Ends that are no refusal of rights but an end all the same: no such role, a view is no table, a temporary
# table may not point to a permanent one.
ENDS = ("42704", "0A000", "42809", "42P16", "42P17", "42501")


def escalating(connection: psycopg.Connection, role: str, tables: list[Table]) -> Iterator[str]:
    """Over a connection that is really `role`'s; the API roles log in as nobody, so they are only put on."""
    statements = [*BUILDING, *INNER_CALLS, *PEEKING, *(BECOMING if role in LOGINS else ())]
    for table in tables:
        statements += [
            s.replace("{table}", table.path).replace("{column}", table.columns[0]) for s in ON_TABLES
        ]
    for statement in statements:
        refused = _try(connection, role, statement.replace("{me}", role))
        if refused is None:
            yield f"{role} may: {statement}"
        elif refused not in ENDS:
            yield f"{role}: {statement} ended with {refused}, not for want of a right"


def _try(connection: psycopg.Connection, role: str, statement: str) -> str | None:
    """The SQLSTATE of the refusal; a query that finds nothing counts as refused."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(
                "select set_config('request.jwt.claims', %s, true)", (claims("owner A", role),)
            )
            if role in API_ROLES:
                connection.execute("select set_config('role', %s, true)", (role,))
            cursor = connection.execute(statement.encode())
            while cursor.nextset():
                pass
            return "42501" if cursor.description and not cursor.fetchall() else None
    except psycopg.Error as refusal:
        return refusal.sqlstate or type(refusal).__name__
