"""What an entry was before: who changed what and when, going back, and what was deleted lately."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import dict_row
from pydantic import BaseModel

from vulkn_app.db import Member
from vulkn_app.errors import NotAllowed, NotFound
from vulkn_app.i18n import Language
from vulkn_app.knowledge.changes import acting
from vulkn_app.knowledge.entries import changed

MOST = 50  # former states that a sheet shows
# In the order in which a person would tell what they changed.
FIELDS = (
    "title", "body", "examples", "kind", "language", "exact", "valid_from", "valid_until", "review_by", "status",
)  # fmt: skip

WHO = "coalesce(nullif(p.name, ''), p.email, '')"
# The state that came after a former one is the next former one, or what the entry is now.
HISTORY = f"""
    select v.id, v.verb, v.at, {WHO} as author, v.entry as before,
      coalesce(lead(v.entry) over (order by v.at, v.id), to_jsonb(e)) as after
    from knowledge_versions v
    left join knowledge_entries e on e.org_id = v.org_id and e.id = v.entry_id
    left join profiles p on p.user_id = v.changed_by
    where v.org_id = %(org)s and v.entry_id = %(id)s
    order by v.at desc, v.id desc limit {MOST}
"""
GO_BACK = """
    update knowledge_entries e set title = r.title, body = r.body, language = r.language, examples = r.examples,
      status = r.status, exact = r.exact, kind = r.kind, valid_from = r.valid_from, valid_until = r.valid_until,
      review_by = r.review_by
    from knowledge_versions v, jsonb_populate_record(null::knowledge_entries, v.entry) r
    where v.org_id = %(org)s and v.id = %(version)s and e.org_id = v.org_id and e.id = v.entry_id
    returning e.id
"""
DELETED = f"""
    select v.id, v.entry_id, v.at, {WHO} as author, v.entry ->> 'title' as title, v.entry ->> 'body' as body,
      v.entry ->> 'language' as language,
      greatest(0, v.days_kept - extract(day from now() - v.at)::int) as days_left
    from (
      select distinct on (v.entry_id) v.* from knowledge_versions v
      where v.org_id = %(org)s and v.verb = 'delete' and v.at > now() - make_interval(days => v.days_kept)
        and not exists (select from knowledge_entries e where e.org_id = v.org_id and e.id = v.entry_id)
      order by v.entry_id, v.at desc) v
    left join profiles p on p.user_id = v.changed_by
    where position(lower(%(search)s) in lower(v.entry ->> 'title' || ' ' || (v.entry ->> 'body'))) > 0
    order by v.at desc, v.id
"""
BRING_BACK = "select app.knowledge_bring_back(%(org)s, array[%(version)s::uuid])"
FORGET = "delete from knowledge_versions where org_id = %(org)s and entry_id = %(id)s"
STILL_THERE = "select from knowledge_entries where org_id = %(org)s and id = %(id)s"


class VersionRow(BaseModel):
    """One change: `fields` are what it changed, `title` and `body` what they were before it."""

    id: UUID
    at: datetime
    author: str
    fields: list[str]
    title: str
    body: str


class DeletedRow(BaseModel):
    """An entry that can still come back."""

    id: UUID
    entry_id: UUID
    at: datetime
    author: str
    title: str
    body: str
    language: Language
    days_left: int


class DeletedPage(NamedTuple):
    rows: list[DeletedRow]
    total: int


async def history(member: Member, entry_id: UUID) -> list[VersionRow]:
    """The newest first. Empty for what is not there, or not theirs."""
    return [_version(row) for row in await _rows(member, HISTORY, id=entry_id)]


async def go_back(member: Member, version: UUID) -> None:
    """Makes the entry what it was, which is one more change. Raises NotFound."""
    async with acting(member) as connection:
        done = await connection.execute(GO_BACK, {"org": member.org_id, "version": version})
        if not done.rowcount:
            raise NotFound
    changed(member)


async def deleted(member: Member, *, search: str = "", page: int = 1, size: int = 25) -> DeletedPage:
    """What was deleted lately and not brought back, the latest first: a single entry 30 days, with its source 7."""
    rows = await _rows(member, DELETED, search=search.strip())
    first = (max(1, page) - 1) * size
    return DeletedPage([DeletedRow.model_validate(row) for row in rows[first : first + size]], len(rows))


async def bring_back(member: Member, version: UUID) -> None:
    """Raises NotFound, and Conflict("title_taken") when another entry took its title meanwhile."""
    async with acting(member) as connection:
        values = {"org": member.org_id, "version": version}
        row = await (await connection.execute(BRING_BACK, values)).fetchone()
        if not row or not row[0]:
            raise NotFound
    changed(member)


async def forget(member: Member, entry_id: UUID) -> None:
    """No table and no process has a word of a deleted entry. Raises NotAllowed for a plain member, NotFound while it is there."""
    if member.role == "member":
        raise NotAllowed
    values = {"org": member.org_id, "id": entry_id}
    async with acting(member) as connection:
        if (await connection.execute(STILL_THERE, values)).rowcount:
            raise NotFound
        if not (await connection.execute(FORGET, values)).rowcount:
            raise NotFound
    changed(member, forgotten=True)


def _version(row: dict[str, Any]) -> VersionRow:
    before, after = row["before"], row["after"] or {}
    fields = [name for name in FIELDS if row["verb"] == "update" and before.get(name) != after.get(name)]
    return VersionRow(
        id=row["id"],
        at=row["at"],
        author=row["author"],
        fields=fields or (["deleted"] if row["verb"] == "delete" else []),
        title=before["title"],
        body=before["body"],
    )


async def _rows(member: Member, statement: Any, **values: object) -> list[dict[str, Any]]:
    async with acting(member) as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement, {"org": member.org_id} | values)
        return await cursor.fetchall()
