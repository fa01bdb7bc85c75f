"""An answer in both languages, written on one sheet: two entries with one `twin_id`, saved together."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row
from pydantic import BaseModel, Field, model_validator

from vulkn_app.db import Member
from vulkn_app.errors import BadInput, Conflict, NotFound
from vulkn_app.i18n import LANGUAGES, Language
from vulkn_app.knowledge.changes import acting
from vulkn_app.knowledge.entries import EntryForm, changed
from vulkn_app.knowledge.validity import sounds_like_offer

COMMON = ("kind", "exact", "valid_from", "valid_until", "review_by")

_SIDES = """
    select id, title, body, language, examples, status, twin_id, updated_at from knowledge_entries
    where org_id = %(org)s and (id = %(id)s or twin_id = (
      select twin_id from knowledge_entries where org_id = %(org)s and id = %(id)s))
"""
_INSERT = """
    insert into knowledge_entries (org_id, title, body, language, examples, exact, kind, valid_from, valid_until,
      review_by, twin_id)
    values (%(org)s, %(title)s, %(body)s, %(language)s, %(examples)s, %(exact)s, %(kind)s, %(valid_from)s,
      %(valid_until)s, %(review_by)s, %(twin_id)s)
    returning id
"""
_UPDATE = """
    update knowledge_entries set title = %(title)s, body = %(body)s, examples = %(examples)s, exact = %(exact)s,
      kind = %(kind)s, valid_from = %(valid_from)s, valid_until = %(valid_until)s, review_by = %(review_by)s,
      twin_id = %(twin_id)s, status = %(status)s
    where org_id = %(org)s and id = %(id)s
    returning id
"""
_ARCHIVE = "update knowledge_entries set status = 'archived' where org_id = %(org)s and id = %(id)s"
_MARK = "update knowledge_entries set twin_id = id where org_id = %(org)s and id = %(id)s"


class Side(BaseModel):
    """One language of a sheet."""

    id: UUID
    title: str
    body: str
    language: Language
    examples: list[str]
    status: str
    twin_id: UUID | None
    updated_at: datetime


class PairForm(BaseModel):
    """The sheet: a text a language, one of them at least, and what both have in common."""

    sides: list[EntryForm] = Field(min_length=1, max_length=2)
    emptied: list[Language] = []  # languages that were left empty
    no_end: bool = False  # an offer that really has no last day

    @classmethod
    def read(cls, form: dict[str, Any]) -> Self:
        """From fields such as `title_es`. Raises BadInput for a language that has only half of its text."""
        common = {name: form[name] for name in COMMON if name in form}
        sides, emptied = [], []
        for language in LANGUAGES:
            said = {name: form.get(f"{name}_{language}", "") for name in ("title", "body", "examples")}
            title, body = said["title"].strip(), said["body"].strip()
            if bool(title) != bool(body):
                raise BadInput("half_written")
            if title:
                sides.append(EntryForm.model_validate(common | said | {"language": language}))
            else:
                emptied.append(language)
        return cls(sides=sides, emptied=emptied, no_end=bool(form.get("no_end")))

    @model_validator(mode="after")
    def _offers_end(self) -> Self:
        for side in self.sides:
            offer = side.kind == "note" and not side.valid_until and sounds_like_offer(side.title, side.body)
            if offer and not self.no_end:
                raise BadInput("offer_without_end")
        return self

    @property
    def until(self) -> date | None:
        return self.sides[0].valid_until


async def sides(member: Member, entry_id: UUID) -> list[Side]:
    """The entry and its translation. Raises NotFound."""
    async with acting(member) as connection:
        return await _sides(connection, member, entry_id)


async def save(
    member: Member, form: PairForm, entry_id: UUID | None = None, seen: datetime | None = None
) -> UUID:
    """Both languages or neither. `seen`: the moment of the state that was on the sheet; Conflict("meanwhile")
    when the entry has another by now. A language that was emptied is archived."""
    async with acting(member) as connection:
        known = await _sides(connection, member, entry_id) if entry_id else []
        if seen and any(side.id == entry_id and side.updated_at != seen for side in known):
            raise Conflict("meanwhile")
        saved = await _write(connection, member, form, known)
    changed(member)
    return entry_id or saved


async def _write(connection: AsyncConnection[Any], member: Member, form: PairForm, known: list[Side]) -> UUID:
    by_language = {side.language: side for side in known}
    status = next((side.status for side in known), "active")
    twin = next((side.twin_id for side in known if side.twin_id), None)
    if not twin and known and len(form.sides) == 2:
        twin = known[0].id
    first: UUID | None = None
    for side in form.sides:
        there = by_language.get(side.language)
        values = side.model_dump() | {"org": member.org_id, "twin_id": twin, "status": status}
        values |= {"id": there.id} if there else {}
        row = await (await connection.execute(_UPDATE if there else _INSERT, values)).fetchone()
        if not row:
            raise NotFound
        first = first or row[0]
        if not twin and not known and len(form.sides) == 2:
            await connection.execute(_MARK, {"org": member.org_id, "id": row[0]})
            twin = row[0]
    for language in form.emptied:
        if gone := by_language.get(language):
            await connection.execute(_ARCHIVE, {"org": member.org_id, "id": gone.id})
    assert first  # a form has a side at least
    return first


async def _sides(connection: AsyncConnection[Any], member: Member, entry_id: UUID) -> list[Side]:
    async with connection.cursor(row_factory=class_row(Side)) as cursor:
        await cursor.execute(_SIDES, {"org": member.org_id, "id": entry_id})
        found = await cursor.fetchall()
    if not found:
        raise NotFound
    return sorted(found, key=lambda side: side.id != entry_id)
