"""Businesses: founding one, finding it, taking everything of it out, and making it gone."""

import json
import re
import secrets
import unicodedata
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.errors import CheckViolation, InsufficientPrivilege, UniqueViolation
from psycopg.rows import class_row
from pydantic import BaseModel

from models.organizations import Role
from vulkn_app import live, places
from vulkn_app.db import as_operator, as_person, as_system
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound
from vulkn_app.settings import settings
from vulkn_app.texts import one_line

DEFAULT_URL = "http://127.0.0.1:8000"
LONGEST_SLUG = 40
LONGEST_NAME = 120
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")  # the table's own check
# Names that would look like the product itself in an address.
RESERVED = frozenset(
    [
        "vulkn",
        "admin",
        "api",
        "app",
        "assets",
        "auth",
        "demo",
        "docs",
        "login",
        "root",
        "signup",
        "soporte",
        "static",
        "status",
        "support",
        "widget",
        "www",
    ]
)
# The roles' own limit is meant for turns and pages.
LONG_WORK = "select set_config('statement_timeout', '10min', true)"

_FOUND = "select app.create_organization(%s, %s, %s, %s, %s, %s)"
_FOUND_FIRST = "select app.create_first_organization(%s, %s, %s, %s, %s, %s)"
_TABLES = """
    select c.relname,
           case when c.relname = 'organizations' then 'id' else 'org_id' end,
           array(select a.attname::text from pg_catalog.pg_index i
                 join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
                 where i.indrelid = c.oid and i.indisprimary order by a.attnum)
    from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and has_table_privilege(c.oid, 'select')
      and (c.relname = 'organizations' or exists (
        select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id'))
    order by c.relname
"""


@dataclass(frozen=True)
class Organization:
    id: UUID
    slug: str
    name: str


@dataclass(frozen=True)
class Profile:
    """What kind of business it is, and whose clock and money it goes by."""

    industry: str = ""
    country: str = places.DEFAULT
    timezone: str = places.COUNTRIES[places.DEFAULT].zones[0][0]
    currency: str = places.COUNTRIES[places.DEFAULT].currency


class Place(BaseModel):
    """One of the organizations that a person belongs to, and what they are there."""

    id: UUID
    name: str
    role: Role


@dataclass(frozen=True)
class Provisioned:
    """A new organization as the operator hands it over."""

    id: UUID
    slug: str
    embed: str
    invite_url: str


def slug_for(name: str) -> str:
    """A short name for addresses: 'Clínica Sueños & Cía.' is `clinica-suenos-cia`. Always a valid one."""
    folded = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:LONGEST_SLUG].strip("-")
    if slug in RESERVED or 0 < len(slug) < 3:
        return f"{slug}-negocio"
    return slug or f"negocio-{secrets.token_hex(3)}"


def embed(slug: str, home: str = "") -> str:
    """The line that puts the widget on any page; `home` is this server as the browser sees it."""
    return f'<script src="{home or base_url()}/vulkn-widget.js" data-org="{slug}"></script>'


def embed_by_manager(slug: str, home: str = "") -> str:
    """The same for Google Tag Manager, which drops `data-org` from a script tag and reads only old JavaScript."""
    return f"""<script>
(function () {{
  var chat = document.createElement('script');
  chat.src = '{home or base_url()}/vulkn-widget.js';
  chat.setAttribute('data-org', '{slug}');
  document.body.appendChild(chat);
}})();
</script>"""


def base_url() -> str:
    return (settings.vulkn_public_url or DEFAULT_URL).rstrip("/")


async def found(user_id: UUID, name: str, *, slug: str = "", profile: Profile | None = None) -> Organization:
    """A person's new business, theirs, with an agent, a web channel and its guide, all in one transaction. Without a
    `slug` of their own it gets the name's, with a number if that is taken; their own is theirs or a Conflict."""
    made = await _found(_FOUND, user_id, name, slug, profile)
    assert made
    return made


async def found_first(
    user_id: UUID, name: str, *, slug: str = "", profile: Profile | None = None
) -> Organization | None:
    """`found` for somebody who is in no organization; None for who is in one by now."""
    return await _found(_FOUND_FIRST, user_id, name, slug, profile)


async def _found(
    statement: LiteralString, user_id: UUID, name: str, slug: str, profile: Profile | None
) -> Organization | None:
    name, profile = checked_name(name), profile or Profile()
    places.check(profile.country, profile.timezone, profile.currency)
    for candidate in [checked_slug(slug)] if slug else _candidates(slug_for(name)):
        values = (profile.industry, profile.country, profile.timezone, profile.currency)
        try:
            async with as_person(user_id) as connection:
                org_id = await _value(connection, statement, name, candidate, *values)
        except UniqueViolation:
            continue
        except InsufficientPrivilege as problem:
            raise NotAllowed from problem
        except CheckViolation as problem:
            raise BadInput from problem
        return Organization(org_id, candidate, name) if org_id else None
    raise Conflict("slug_taken")


async def is_free(slug: str) -> bool:
    """Whether nobody has it (yet)."""
    async with as_system("vulkn_web") as connection:
        return bool(await _value(connection, "select app.slug_free(%s)", slug))


async def free_slug(name: str) -> str:
    """What `found` would give a business of this name now."""
    for slug in _candidates(slug_for(name)):
        if await is_free(slug):
            return slug
    raise Conflict("slug_taken")


def checked_slug(slug: str) -> str:
    """As it was typed, if it may be one. Raises BadInput with what is wrong with it."""
    slug = slug.strip().lower()
    if slug in RESERVED:
        raise BadInput("slug_reserved")
    if not SLUG.fullmatch(slug):
        raise BadInput("slug_invalid")
    return slug


async def of_person(user_id: UUID) -> list[Place]:
    """All of theirs, by name."""
    statement = """
        select o.id, o.name, m.role from memberships m join organizations o on o.id = m.org_id
        where m.user_id = %s order by lower(o.name), o.id
    """
    async with as_person(user_id) as connection, connection.cursor(row_factory=class_row(Place)) as cursor:
        return await (await cursor.execute(statement, (user_id,))).fetchall()


async def provision(name: str, slug: str, owner_email: str, *, invitation: str = "") -> Provisioned:
    """An operator makes a business for somebody who will accept the invitation: its token is random, or one that
    was noted before."""
    email = owner_email.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise BadInput("email_invalid")
    token = invitation or secrets.token_urlsafe(32)
    statement = "select app.provision_organization(%s, %s, %s, %s)"
    try:
        async with as_system("vulkn_maint") as connection:
            org_id = await _value(
                connection, statement, checked_name(name), slug, email, sha256(token.encode()).digest()
            )
    except UniqueViolation as problem:
        raise Conflict("slug_taken") from problem
    except CheckViolation as problem:
        raise BadInput from problem
    return handed_over(org_id, slug, token)


def handed_over(org_id: UUID, slug: str, invitation: str) -> Provisioned:
    return Provisioned(org_id, slug, embed(slug), f"{base_url()}/signup/?invite={invitation}")


async def lead_nobody(org_id: UUID) -> None:
    """For operators: this organization needs no guide, and its agent no exam."""
    async with as_system("vulkn_maint") as connection:
        await connection.execute("select app.onboarding_over(%s)", (org_id,))


async def find(slug: str) -> UUID:
    """For operators: raises NotFound for a slug that nobody has."""
    async with as_system("vulkn_maint") as connection:
        org_id = await _value(connection, "select app.find_org(%s)", slug)
    if org_id is None:
        raise NotFound
    return org_id


async def list_all() -> list[tuple[UUID, str]]:
    """For operators: every organization's id and slug."""
    async with as_system("vulkn_maint") as connection:
        cursor = await connection.execute("select id, slug from app.list_orgs()")
        return await cursor.fetchall()


async def export(org_id: UUID, file: Path) -> dict[str, int]:
    """Writes one JSONL a table that an operator may read; returns the rows of each. The file is whole or absent."""
    half = file.with_name(f".{file.name}.part")
    counts: dict[str, int] = {}
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            async with as_operator(org_id) as connection:
                await connection.execute(LONG_WORK)
                for table, column, key in await (await connection.execute(_TABLES)).fetchall():
                    counts[table] = 0
                    with archive.open(f"{table}.jsonl", "w", force_zip64=True) as out:
                        async for row in _rows(connection, table, column, key, org_id):
                            out.write(row.encode() + b"\n")
                            counts[table] += 1
            archive.writestr("export.json", json.dumps({"org_id": str(org_id), "rows": counts}))
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    return counts


async def purge(org_id: UUID) -> dict[str, int]:
    """Deletes the organization and everything of it, now and for good; returns what there was."""
    async with as_system("vulkn_maint") as connection:
        await connection.execute(LONG_WORK)
        await connection.execute("select app.retire_org(%s)", (org_id,))
        counts = await _value(connection, "select app.purge_org(%s, interval '0')", org_id)
    live.publish(live.Ring(org_id, live.FORGOTTEN))
    await live.drain()
    return counts


def checked_name(name: str) -> str:
    name = one_line(name)
    if not name:
        raise BadInput("business_missing")
    if len(name) > LONGEST_NAME:
        raise BadInput
    return name


def _candidates(slug: str) -> list[str]:
    stem = slug[: LONGEST_SLUG - 7].rstrip("-")
    return [slug, *(f"{stem}-{number}" for number in range(2, 6)), f"{stem}-{secrets.token_hex(3)}"]


async def _value(connection: AsyncConnection[Any], statement: LiteralString, *values: object) -> Any:
    cursor = await connection.execute(statement, values)
    row = await cursor.fetchone()
    return row[0] if row else None


async def _rows(
    connection: AsyncConnection[Any], table: str, column: str, key: list[str], org_id: UUID
) -> AsyncIterator[str]:
    """A table's rows of the organization as JSON text, read in portions."""
    statement = sql.SQL(
        "select to_jsonb(t)::text from public.{table} t where {column} = %s order by {key}"
    ).format(
        table=sql.Identifier(table),
        column=sql.Identifier(column),
        key=sql.SQL(", ").join(map(sql.Identifier, key)),
    )
    async with connection.cursor(name="export") as cursor:
        await cursor.execute(statement, (org_id,))
        async for row in cursor:
            yield row[0]
