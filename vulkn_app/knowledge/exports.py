"""Knowledge goes out, in files that `imports` reads back to the same entries."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text as sql

from vulkn_app.db import Member, as_member, as_operator
from vulkn_app.errors import BadInput
from vulkn_app.knowledge.formats import MARK
from vulkn_app.knowledge.tables import GUARDED

# Sorted by what an entry is, never by its id: two organizations with the same knowledge export the same bytes.
_ENTRIES = """
    select e.title, e.body, e.language, e.examples, e.status, e.source, e.exact, e.kind, e.valid_from::text,
      e.valid_until::text, e.review_by::text, coalesce(o.title, '')
    from knowledge_entries e
    left join knowledge_entries o on o.org_id = e.org_id and o.twin_id = e.twin_id and o.id <> e.id
    where e.org_id = {org_id} order by e.language desc, e.title collate "C"
"""
_STARTS_A_FORMULA = re.compile(r"[=+\-@\t\r]")
_HEADING = re.compile(r"^(?=\\*#)", re.MULTILINE)


class ExportRow(NamedTuple):
    title: str
    body: str
    language: str
    examples: list[str]
    status: str
    source: str
    exact: bool
    kind: str
    valid_from: str | None
    valid_until: str | None
    review_by: str | None
    twin: str  # the title of the same answer in the other language


async def export(member: Member, name: str) -> bytes:
    """Everything, archived entries too, in the format that `name` ends with. BadInput for another ending."""
    member.must_be_theirs()
    write = writer(name)
    async with as_member(member) as session:
        connection = await session.connection()
        found = await connection.execute(sql(_ENTRIES.format(org_id=":org_id")), {"org_id": member.org_id})
        return write([ExportRow(*row) for row in found.all()])


async def export_as_operator(org_id: UUID, name: str) -> bytes:
    write = writer(name)
    async with as_operator(org_id) as connection:
        cursor = await connection.execute(_ENTRIES.format(org_id="%s"), (org_id,))
        return write([ExportRow(*row) for row in await cursor.fetchall()])


def writer(name: str) -> Callable[[Sequence[ExportRow]], bytes]:
    try:
        return _WRITERS[PurePath(name).suffix.lower()]
    except KeyError:
        raise BadInput("unknown_format") from None


def _csv(rows: Sequence[ExportRow]) -> bytes:
    """With a byte order mark, without which Excel breaks accents."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(ExportRow._fields)
    for row in rows:
        cells = row._replace(examples=_one_cell(row.examples))  # pyright: ignore[reportArgumentType]
        table.writerow([_guard(_plain(cell)) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _one_cell(examples: list[str]) -> str:
    alone_with_bar = len(examples) == 1 and "|" in examples[0]
    return "\n".join(examples) + ("\n" if alone_with_bar else "")


def _plain(cell: object) -> str:
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def _guard(cell: str) -> str:
    return f"'{cell}" if _STARTS_A_FORMULA.match(cell) or GUARDED.match(cell) else cell


def _json_lines(rows: Sequence[ExportRow]) -> bytes:
    return "".join(json.dumps(row._asdict(), ensure_ascii=False) + "\n" for row in rows).encode()


def _markdown(rows: Sequence[ExportRow]) -> bytes:
    """What Markdown has no place for stands in a comment under the heading."""
    return "\n".join(_section(row) for row in rows).encode()


def _section(row: ExportRow) -> str:
    said = {name: value for name, value in row._asdict().items() if name not in ("title", "body")}
    mark = json.dumps(said, ensure_ascii=False).replace(">", "\\u003e")
    body = _HEADING.sub(r"\\", row.body)
    return f"## {row.title}\n<!-- {MARK} {mark} -->\n\n{body}\n"


_WRITERS: dict[str, Callable[[Sequence[ExportRow]], bytes]] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".md": _markdown,
}
ENDINGS = tuple(_WRITERS)
