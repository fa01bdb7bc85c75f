"""Where attacks run: one statement as one actor, in a transaction that is always rolled back.

A superuser's connection takes the actor's role and settings, and what the attempt before did is rolled back with it,
so a whole attempt is one round trip.
Whatever had an effect is then compared, organization by organization, with the state before."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

from tests.isolation.actors import Actor
from tests.isolation.world import LONERS, ORGS, PLACES, STRAY, uid

BROKE_THE_SERVER = ("XX", "58", "53", "57")
# An attack that ends like this proves nothing.
BADLY_WRITTEN = ("42P01", "42703", "42601", "42883", "42P17", "42P10")
NOBODY = UUID(int=0)

TABLES = """
  select n.nspname, c.relname, c.relkind::text, array_agg(a.attname::text order by a.attnum),
         coalesce(array_agg(a.attname::text) filter (where a.attnum = any (p.indkey)), '{}')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_index p on p.indrelid = c.oid and p.indisprimary
  where n.nspname in ('public', 'app') and c.relkind in ('r', 'p', 'v', 'm', 'f')
  group by 1, 2, 3 order by 1, 2
"""
PARENTS = """
  select child.nspname || '.' || k.relname, a.attname::text, parent.nspname || '.' || p.relname
  from pg_constraint f
  join pg_class k on k.oid = f.conrelid join pg_namespace child on child.oid = k.relnamespace
  join pg_class p on p.oid = f.confrelid join pg_namespace parent on parent.oid = p.relnamespace
  join pg_attribute a on a.attrelid = f.conrelid and a.attnum = any (f.conkey)
  where f.contype = 'f' and child.nspname in ('public', 'app') and parent.nspname = 'public'
    and p.relname <> 'organizations' and a.attname <> 'org_id'
"""


@dataclass(frozen=True)
class Table:
    """A relation as the catalogue has it. `label` is the column that says whose a row is."""

    name: str  # without "public."
    path: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    is_view: bool
    parents: Mapping[str, str] = field(default_factory=dict)  # column -> the table it points to

    @property
    def label(self) -> str | None:
        if self.name == "organizations":
            return "id"
        names = ("user_id",) if self.name in STRAY else ("org_id",)
        return next((name for name in names if name in self.columns), None)


@dataclass(frozen=True)
class Outcome:
    refused: str | None  # SQLSTATE
    count: int
    rows: list[tuple[Any, ...]]

    @property
    def worked(self) -> bool:
        return self.refused is None and self.count > 0


class Arena:
    """`breaches` collects what no single attack can see: rows of others that changed, broken attacks."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        self._attacker = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        self.tables = _read_catalogue(self.connection)
        self.attempts = 0
        self.refusals: Counter[str | None] = Counter()
        self.breaches: list[str] = []
        self._updatable: dict[tuple[str, str], str | None] = {}
        _make_digests(self.connection, self.tables)
        self._before = self._digests(self.connection)

    def attempt(
        self,
        actor: Actor,
        statement: str,
        *,
        may_change: frozenset[UUID] = frozenset(),
        wild: bool = False,
    ) -> Outcome:
        """`wild`: the statement may be nonsense, and a refusal for that is as good as any other."""
        self.attempts += 1
        answer = self._attacker.pgconn.exec_(f"rollback; begin; {actor.become()}; {statement}".encode())
        refused = _refusal(answer)
        count = 0 if refused else answer.command_tuples or 0
        if refused and refused.startswith(BROKE_THE_SERVER if wild else (*BROKE_THE_SERVER, *BADLY_WRITTEN)):
            said = answer.error_message.decode("utf-8", "replace").strip()
            self.breaches.append(f"{actor}: {said} [{refused}] in {statement[:300]}")
        if count:
            self._compare(actor, statement, may_change)
        self.refusals[refused] += 1
        return Outcome(refused, count, self._rows(answer))

    def updatable(self, role: str, table: Table) -> str:
        """A column that this role may update, or the last one when it may update none."""
        key = (role, table.path)
        if key not in self._updatable:
            found = self.connection.execute(
                "select a.attname from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0"
                " and not a.attisdropped and has_column_privilege(%s, a.attrelid, a.attnum, 'update') limit 1",
                (table.path, role),
            ).fetchone()
            self._updatable[key] = found[0] if found else None
        return self._updatable[key] or table.columns[-1]

    def close(self) -> None:
        self.connection.close()
        self._attacker.close()

    def _rows(self, answer: PGresult) -> list[tuple[Any, ...]]:
        if not answer.ntuples:
            return []
        reader = Transformer(self._attacker)
        reader.set_pgresult(answer)
        return reader.load_rows(0, answer.ntuples, tuple)

    def _compare(self, actor: Actor, statement: str, may_change: frozenset[UUID]) -> None:
        self._attacker.execute("select set_config('role', 'none', true)")
        after = self._digests(self._attacker)
        for owner in self._before.keys() | after.keys():
            if owner not in may_change and self._before.get(owner) != after.get(owner):
                self.breaches.append(f"{actor} changed rows of {_name_of(owner)} with {statement[:300]}")

    def _digests(self, connection: psycopg.Connection) -> dict[UUID, str]:
        return dict(connection.execute("select * from tests.digests()").fetchall())


def _refusal(answer: PGresult) -> str | None:
    """Its SQLSTATE; a connection that broke has none and counts as a broken server."""
    if answer.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        return None
    return (answer.error_field(DiagnosticField.SQLSTATE) or b"57P02").decode()


def _read_catalogue(connection: psycopg.Connection) -> list[Table]:
    parents = connection.execute(PARENTS).fetchall()
    return [
        Table(
            name if schema == "public" else f"{schema}.{name}",
            f"{schema}.{name}",
            tuple(columns),
            tuple(key),
            kind == "v",
            {column: parent for child, column, parent in parents if child == f"{schema}.{name}"},
        )
        for schema, name, kind, columns, key in connection.execute(TABLES).fetchall()
    ]


def _make_digests(connection: psycopg.Connection, tables: list[Table]) -> None:
    """tests.digests(): a fingerprint of all rows of each organization and person.

    The audit log may grow, so only what it held at first counts, under an owner of its own that nothing may
    change; growth shows in app.audit_heads."""
    parts = [
        f"select {table.label or 'null::uuid'} as owner, md5(x::text || '{table.name}') as print from {table.path} x"
        for table in tables
        if not table.is_view and table.name != "audit_log"
    ]
    parts.append(
        f"select '{uid('history')}'::uuid, md5(l::text) from public.audit_log l"
        " join tests.history h on h.org_id = l.org_id and l.seq <= h.seq"
    )
    parts.append("select null::uuid, md5(u::text) from auth.users u")
    connection.execute("create schema if not exists tests")
    connection.execute("drop table if exists tests.history")
    connection.execute("create table tests.history as select org_id, seq from app.audit_heads")
    function = (
        "create or replace function tests.digests() returns table (owner uuid, print text) language sql as $$"
        f" select coalesce(owner, '{NOBODY}'), md5(string_agg(print, '' order by print))"
        f" from ({' union all '.join(parts)}) every_row group by 1 $$"
    )
    connection.execute(function.encode())


def _name_of(owner: UUID) -> str:
    names = [*(f"org {org}" for org in ORGS), *PLACES, *LONERS, "history"]
    return next(
        (name for name in names if uid(name) == owner), "everybody" if owner == NOBODY else str(owner)
    )


def sentences(arena: Arena, attacks: Iterator[str]) -> Iterator[str]:
    """What the attacks themselves complain about, then what the arena noticed meanwhile."""
    yield from attacks
    yield from arena.breaches
    arena.breaches.clear()
