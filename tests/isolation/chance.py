"""Statements nobody thought of: generated from the catalogue with a seed, judged by what must never happen."""

import random
from collections.abc import Callable, Iterator
from uuid import UUID

from psycopg.sql import Literal

from tests.isolation.actors import ACTORS, PEOPLE_ROLES, Actor
from tests.isolation.arena import NOBODY, Arena, Table
from tests.isolation.attacks import owners
from tests.isolation.matrix import allowed, may_change
from tests.isolation.world import (
    ORGS,
    PLACES,
    PLATFORM_ADMINS,
    SESSIONS,
    TENANT_TABLES,
    insert,
    row,
    token,
    uid,
)

VALUES = (
    "x",
    "",
    "owner",
    "human",
    "web",
    "open",
    "{}",
    1,
    0,
    2**31,
    True,
    None,
    "2030-01-01",
    "\u202eabc",
    "😀😀",
    "'; drop table x;--",
)
IDS = (
    *(uid(f"org {org}") for org in ORGS),
    *(uid(f"{table} {org}") for table in TENANT_TABLES for org in ORGS),
    *(uid(person) for person in PLACES),
    *(uid(f"session {name}") for name in SESSIONS),
)


class Chance:
    """One reproducible stream of statements. `touched` are the tables the last one may have written to."""

    def __init__(self, arena: Arena, seed: int) -> None:
        self.tables = arena.tables
        self.random = random.Random(seed)
        self.touched: tuple[str, ...] = ()

    def statement(self, table: Table) -> str:
        kinds: tuple[Callable[[Table], str], ...] = (
            self._select, self._join, self._update, self._update, self._insert, self._insert_select,
            self._delete, self._upsert, self._chain, self._merge, self._call,
        )  # fmt: skip
        self.touched = (table.name,)
        return self.random.choice(kinds)(table)

    def _select(self, table: Table) -> str:
        return f"select {table.label or '1'} from {table.path} x where {self._condition(table)} limit 50"

    def _join(self, table: Table) -> str:
        other = self.random.choice(self.tables)
        on = f"x.{self._column(table)}::text = y.{self._column(other)}::text"
        kind = self.random.choice(("join", "left join"))
        return (
            f"select x.{table.label or self._column(table)}, y.* from {table.path} x"
            f" {kind} {other.path} y on {self.random.choice(('true', on))} limit 50"
        )

    def _update(self, table: Table) -> str:
        columns = self.random.sample(table.columns, self.random.randint(1, 2))
        values = ", ".join(f"{column} = {self._value(column)}" for column in columns)
        ending = self.random.choice(("", " returning x.*"))
        return f"update {table.path} x set {values} where {self._condition(table)}{ending}"

    def _insert(self, table: Table) -> str:
        return insert(table.path, self._row(table), self.random.choice(("", "returning *")))

    def _upsert(self, table: Table) -> str:
        column = self._column(table)
        key = ", ".join(table.key) or column
        change = f"on conflict ({key}) do update set {column} = {self._value(column)}"
        return insert(table.path, self._row(table), self.random.choice(("on conflict do nothing", change)))

    def _insert_select(self, table: Table) -> str:
        source = self.random.choice(self.tables)
        new = self._row(table)
        values = [
            f"z.{self._column(source)}" if self.random.random() < 0.3 else _literal(v) for v in new.values()
        ]
        return f"insert into {table.path} ({', '.join(new)}) select {', '.join(values)} from {source.path} z"

    def _delete(self, table: Table) -> str:
        ending = self.random.choice(("", " returning x.*"))
        return f"delete from {table.path} x where {self._condition(table)}{ending}"

    def _chain(self, table: Table) -> str:
        other = self.random.choice(self.tables)
        self.touched = (table.name, other.name)
        column = self._column(other)
        return (
            f"with gone as (delete from {table.path} x where {self._condition(table)} returning 1),"
            f" changed as (update {other.path} set {column} = {self._value(column)} returning 1)"
            " select (select count(*) from gone), (select count(*) from changed)"
        )

    def _merge(self, table: Table) -> str:
        column = self._column(table)
        action = self.random.choice(("delete", f"update set {column} = {self._value(column)}"))
        return (
            f"merge into {table.path} d using (select '{self.random.choice(IDS)}'::uuid as k) s"
            f" on d.{table.label or column}::text = s.k::text when matched then {action}"
        )

    def _call(self, _: Table) -> str:
        """A door, knocked at by somebody it may not be meant for."""
        org, other = (f"'{uid(f'org {self.random.choice(ORGS)}')}'::uuid" for _ in range(2))
        self.touched = ("door",)
        return "select " + self.random.choice((
            "app.read_orgs()", "app.owner_orgs()", "app.colleagues()", "app.engine_org()",
            f"app.invite({org}, 'a@b.test', 'admin', sha256('x'))",
            f"app.request_org_deletion({org}, 'org-a')",
            f"app.impersonation_start({org}, '0123456789', 'write', 30)",
            "app.impersonation_note('/x')",
            f"app.impersonation_stop('{uid('session reading')}')",
            f"app.purge_org({other}, '0 days')", f"app.retire_org({org})", f"app.audit_verify({org})",
            f"app.session_read('\\x{token('cookie of owner A').hex()}')",
            "app.accept_invitation(sha256('x'))", "app.resolve_widget('org-a')", "app.list_orgs()",
            "app.grant_admin('owner.b@x.test')",
        ))  # fmt: skip

    def _row(self, table: Table) -> dict[str, object]:
        if table.is_view:
            return {table.columns[0]: self.random.choice(IDS)}
        new = row(table.name, self.random.choice(ORGS), " 2")
        for column in self.random.sample(table.columns, self.random.randint(0, 2)):
            new[column] = self._pick(column)
        return new

    def _condition(self, table: Table) -> str:
        column, other = self._column(table), self.random.choice(self.tables)
        return self.random.choice((
            f"x.{table.label or column}::text = '{self.random.choice(IDS)}'",
            "true",
            f"x.{column}::text like '%a%'",
            f"exists (select from {other.path} z where z.{self._column(other)}::text = x.{column}::text)",
            f"x.{column} is not distinct from x.{column} or x.{column}::text = {_literal(str(self._pick(column)))}",
        ))  # fmt: skip

    def _column(self, table: Table) -> str:
        return self.random.choice(table.columns)

    def _pick(self, column: str) -> object:
        return self.random.choice(IDS if column.endswith("id") else VALUES)

    def _value(self, column: str) -> str:
        return _literal(self._pick(column))


def by_chance(arena: Arena, *, count: int, seed: int) -> Iterator[str]:
    """`count` statements; a sentence for each one that showed or changed what is somebody else's."""
    chance = Chance(arena, seed)
    for _ in range(count):
        actor, table = chance.random.choice(ACTORS), chance.random.choice(arena.tables)
        statement = chance.statement(table)
        seen = arena.attempt(actor, statement, may_change=_may_change(actor, chance.touched), wild=True)
        if statement.startswith(("select x.", f"select {table.label} ")):
            expected = allowed(actor, table.name, "select")
            foreign = frozenset(owners(table)) - expected
            if any(isinstance(found[0], UUID) and found[0] in foreign for found in seen.rows):
                yield f"{actor} sees somebody else's {table.name}: {statement}"
        if any(f"SECRET-{org}" in repr(seen.rows) for org in ORGS if not _reads(actor, org)):
            yield f"{actor} reads a secret: {statement}"


def _may_change(actor: Actor, touched: tuple[str, ...]) -> frozenset[UUID]:
    if touched != ("door",):
        return may_change(actor, *touched)
    if actor.role == "vulkn_maint":  # operators reach every organization through their doors, and say so
        # NOBODY: the administrators' own log belongs to no organization.
        named = (uid("history"), *(uid(f"org {org}") for org in ORGS), *(uid(person) for person in PLACES))
        return frozenset({NOBODY, *named})
    if actor.role not in PEOPLE_ROLES or not actor.person:
        return frozenset()
    own = PLACES.get(actor.person, {})
    reached = ORGS if actor.person in PLATFORM_ADMINS else own
    return frozenset(uid(f"org {org}") for org in reached)


def _reads(actor: Actor, org: str) -> bool:
    return uid(f"org {org}") in allowed(actor, "agents", "select")


def _literal(value: object) -> str:
    return Literal(value).as_string()
