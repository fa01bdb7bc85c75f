"""The attacks: every table, every verb. Each generator yields a sentence for whatever went wrong, in both
directions: what must not work and did, what must work and did not."""

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID, uuid4

from tests.isolation.actors import PEOPLE_ROLES, Actor
from tests.isolation.arena import Arena, Table
from tests.isolation.matrix import PERSONAL, allowed, may_change
from tests.isolation.world import ORGS, insert, row, uid

Attack = Callable[[Arena, Actor, Table], Iterator[str]]

ORG_IDS = tuple(uid(f"org {org}") for org in ORGS)


def owners(table: Table) -> tuple[UUID, ...]:
    """Everyone whose rows could be there: organizations, or people for tables of people."""
    if table.name in PERSONAL or table.label == "user_id":
        return tuple(uid(person) for person in ("owner A", "member B", "spare C", "multi", "stranger"))
    return ORG_IDS if table.label else ()


def listed(ids: Iterable[UUID]) -> str:
    return ", ".join(f"'{one}'" for one in ids)


def reading(arena: Arena, actor: Actor, table: Table) -> Iterator[str]:
    expected = allowed(actor, table.name, "select")
    seen = arena.attempt(actor, f"select {table.label or '1'} from {table.path}")
    found = frozenset(row[0] for row in seen.rows)
    if found != expected:
        yield f"{actor} reads {table.name} of {len(found)} owners, not of {len(expected)} ({seen.refused})"
    for owner in owners(table):
        if owner in expected:
            continue
        theirs = f"from {table.path} where {table.label} = '{owner}'"
        for probe in (
            f"select * {theirs}",
            f"select count(*) {theirs} having count(*) > 0",
            f"select 1 {theirs} for update",
            f"with x as (select * {theirs}) select * from x",
            f"select 1 where exists (select {theirs})",
            f"set local row_security = off; select 1 {theirs}",
        ):
            if arena.attempt(actor, probe).rows:
                yield f"{actor} sees somebody else's {table.name}: {probe}"


def updating(arena: Arena, actor: Actor, table: Table) -> Iterator[str]:
    mine, changing = allowed(actor, table.name, "update"), may_change(actor, table.name)
    column = arena.updatable(actor.role, table)
    change = f"update {table.path} set {column} = {column}"
    for owner in owners(table):
        worked = arena.attempt(actor, f"{change} where {table.label} = '{owner}'", may_change=changing).worked
        if worked != (owner in mine):
            yield f"{actor} {'updates' if worked else 'cannot update'} {table.name} ({column})"
    if arena.attempt(actor, change, may_change=changing).worked != bool(mine):
        yield f"{actor} updating all {table.name}: expected rows of {len(mine)} owners"
    for name in table.columns:
        arena.attempt(actor, f"update {table.path} set {name} = {name}", may_change=changing)
    yield from _moving(arena, actor, table, mine, changing)


def _moving(
    arena: Arena, actor: Actor, table: Table, mine: frozenset[UUID], changing: frozenset[UUID]
) -> Iterator[str]:
    """Giving a row of one's own to somebody else, even between two organizations of one person."""
    for new_owner in owners(table) if mine else ():
        for condition in (f" where {table.label} in ({listed(mine)})", ""):
            move = f"update {table.path} set {table.label} = '{new_owner}'{condition}"
            if arena.attempt(actor, move, may_change=changing).worked:
                yield f"{actor} moves {table.name} to another owner"


def inserting(arena: Arena, actor: Actor, table: Table) -> Iterator[str]:
    mine, changing = allowed(actor, table.name, "insert"), may_change(actor, table.name)
    for org in ORGS if not table.is_view else ():
        for ending in ("", "returning *"):
            adding = insert(table.path, fresh(table, org, actor), ending)
            worked = arena.attempt(actor, adding, may_change=changing).worked
            if worked != (uid(f"org {org}") in mine):
                yield f"{actor} {'adds' if worked else 'cannot add'} {table.name} in org {org}"
        yield from _foreign_parents(arena, actor, table, org)


def _foreign_parents(arena: Arena, actor: Actor, table: Table, org: str) -> Iterator[str]:
    """A child under another organization's parent; and the refusal must not tell whether that parent exists."""
    if uid(f"org {org}") not in allowed(actor, table.name, "insert"):
        return
    for column, parent in table.parents.items():
        refusals: set[str | None] = set()
        foreign = [uid(f"{parent.removeprefix('public.')} {other}") for other in ORGS if other != org]
        for target in (*foreign, uuid4()):
            adding = insert(table.path, fresh(table, org, actor) | {column: target})
            refusals.add(arena.attempt(actor, adding).refused)
        if None in refusals:
            yield f"{actor} puts {table.name} under another organization's {parent} ({column})"
        elif len(refusals) > 1:
            yield f"{actor} can tell from {table.name}.{column} whether an id exists: {refusals}"


def overwriting(arena: Arena, actor: Actor, table: Table) -> Iterator[str]:
    """Upserts and merges that aim at rows that are already there."""
    if "id" not in table.key:
        return
    changing = may_change(actor, table.name)
    column, key = arena.updatable(actor.role, table), ", ".join(table.key)
    for target in ORGS:
        existing = uid(f"org {target}") if table.name == "organizations" else uid(f"{table.name} {target}")
        mine = uid(f"org {target}") in allowed(actor, table.name, "update")
        for org in ORGS:
            adding = fresh(table, org, actor) | {"id": existing}
            for ending in (
                f"on conflict ({key}) do update set {column} = excluded.{column}",
                "on conflict do nothing",
            ):
                arena.attempt(actor, insert(table.path, adding, ending), may_change=changing)
        worked = arena.attempt(
            actor,
            f"merge into {table.path} d using (select '{existing}'::uuid as id) s on d.id = s.id"
            f" when matched then update set {column} = d.{column} when not matched then do nothing",
            may_change=changing,
        ).worked
        if worked and not mine:
            yield f"{actor} merges into org {target}'s {table.name}"


def deleting(arena: Arena, actor: Actor, table: Table) -> Iterator[str]:
    mine, changing = allowed(actor, table.name, "delete"), may_change(actor, table.name)
    for owner in owners(table):
        whose = f"{table.label} = '{owner}'"
        if table.name == "memberships":  # the owner's own place is another rule: tests/test_rights.py
            whose += f" and user_id in ({listed(uid(f'spare {org}') for org in ORGS)})"
        for ending in ("", f" returning {table.label}"):
            removing = f"delete from {table.path} where {whose}{ending}"
            worked = arena.attempt(actor, removing, may_change=changing).worked
            if worked != (owner in mine):
                yield f"{actor} {'deletes' if worked else 'cannot delete'} {table.name}"
    arena.attempt(actor, f"delete from {table.path}", may_change=changing)


def leaking(arena: Arena, actor: Actor, table: Table) -> Iterator[str]:
    """A cheap function that the planner would like to call before the policy, and that remembers what it saw."""
    if table.name not in ("messages", "leads", "knowledge_entries") or not actor.role.startswith(
        ("vulkn", "auth")
    ):
        return
    spy = (
        "create function pg_temp.spy(org uuid) returns boolean language plpgsql cost 0.0000001 as $f$ begin"
        " perform set_config('tests.seen', current_setting('tests.seen', true) || org::text, true);"
        " return true; end $f$; select set_config('tests.seen', '', true)"
    )
    look = f"select count(*) from {table.path} where pg_temp.spy(org_id)"
    seen = arena.attempt(actor, f"{spy}; {look}; select current_setting('tests.seen')")
    for owner in ORG_IDS:
        if seen.rows and str(owner) in seen.rows[0][0] and owner not in allowed(actor, table.name, "select"):
            yield f"{actor} spies on {table.name} with a leaky function"


def fresh(table: Table, org: str, actor: Actor) -> dict[str, object]:
    """A new row that `actor` would be right to add, were the organization theirs."""
    new = row(table.name, org, " 2")
    if table.name == "messages" and actor.role in PEOPLE_ROLES and actor.person:
        new |= {"sender": "human", "author_id": uid(actor.person)}
    if table.name == "bookings" and actor.role in PEOPLE_ROLES and actor.person:
        new |= {"created_by": uid(actor.person)}
    return new


ATTACKS: tuple[Attack, ...] = (reading, updating, inserting, overwriting, deleting, leaking)
