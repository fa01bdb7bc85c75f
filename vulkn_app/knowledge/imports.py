"""Knowledge comes in: what a file would do, row by row, and then doing it.

A title in one language is one entry. The same file again changes nothing; a changed text replaces.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID

from psycopg.errors import InsufficientPrivilege
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from vulkn_app import live
from vulkn_app.db import Member, as_member, as_operator
from vulkn_app.errors import BadInput, NotAllowed
from vulkn_app.i18n import Language
from vulkn_app.knowledge.entries import EntryForm
from vulkn_app.knowledge.formats import Draft, File, read
from vulkn_app.knowledge.words import guess_language
from vulkn_app.texts import clean, one_line

CHUNK = 400  # rows a transaction: each writes an audit row too, and a call has three seconds

Key = tuple[str, str]
Detect = Callable[[str], Language]
Run = Callable[[LiteralString, dict[str, Any]], Awaitable[Sequence[Any]]]

STORED = """
    select language, title, body, examples, status from knowledge_entries where org_id = %(org_id)s
"""
UPSERT = """
    insert into knowledge_entries as known (org_id, title, body, language, examples, status, source)
    select %(org_id)s, r.title, r.body, r.language, r.examples, r.status, r.source
    from jsonb_to_recordset(%(rows)s::jsonb)
      as r(title text, body text, language text, examples text[], status text, source text)
    on conflict (org_id, language, title) do update
      set body = excluded.body, examples = excluded.examples, status = excluded.status, source = excluded.source
      where (known.body, known.examples, known.status)
        is distinct from (excluded.body, excluded.examples, excluded.status)
    returning 1
"""


class State(StrEnum):
    """What becomes of a row."""

    OK = "ok"
    REPLACE = "replace"
    DUPLICATE = "duplicate"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of a file and what will be done with it; `problem` is a code of the imports locale."""

    file: str
    line: int
    state: State
    title: str
    language: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """The part of an entry that an import can change."""

    body: str
    examples: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do; `apply` does it. `writes` are the rows of OK and REPLACE."""

    rows: list[PlannedRow]
    writes: list[dict[str, Any]]

    def count(self, state: State) -> int:
        return sum(row.state == state for row in self.rows)


async def plan(member: Member, files: Sequence[File], *, detect: Detect = guess_language) -> Plan:
    """For a person who uploads. `detect` names the language of a text whose file does not."""
    return await _plan(_run_as_member(member), member.org_id, files, detect)


async def plan_as_operator(org_id: UUID, files: Sequence[File], *, detect: Detect = guess_language) -> Plan:
    return await _plan(_run_as_operator(org_id), org_id, files, detect)


async def apply(member: Member, planned: Plan) -> int:
    """Writes the plan in chunks; returns how many entries are new or different now."""
    written = await _apply(_run_as_member(member), member.org_id, planned)
    if written:
        live.publish(live.Ring(member.org_id, "knowledge"))
    return written


async def apply_as_operator(org_id: UUID, planned: Plan) -> int:
    return await _apply(_run_as_operator(org_id), org_id, planned)


def compare(files: Sequence[File], stored: Mapping[Key, Stored], *, detect: Detect = guess_language) -> Plan:
    """What `files` would change in `stored`. CPU work: about 30 µs a row."""
    planned = Plan([], [])
    seen: dict[Key, Stored] = {}
    for file in files:
        for draft in read(file):
            _place(planned, file.name, draft, stored, seen, detect)
    return planned


def _place(
    planned: Plan,
    name: str,
    draft: Draft,
    stored: Mapping[Key, Stored],
    seen: dict[Key, Stored],
    detect: Detect,
) -> None:
    def note(state: State, title: str, language: str = "", problem: str | None = None) -> None:
        planned.rows.append(PlannedRow(name, draft.line, state, title, language, problem))

    form = _form(draft, detect)
    if isinstance(form, str):
        return note(State.ERROR, draft.title[:200], draft.language or "", form)
    form = _told_apart(form, seen)
    key = (form.language, form.title)
    known = stored.get(key)
    new = Stored(
        form.body,
        tuple(form.examples) if draft.examples is not None or not known else known.examples,
        draft.status or (known.status if known else "active"),
    )
    if key in seen or known == new:
        seen.setdefault(key, new)
        return note(State.DUPLICATE, form.title, form.language)
    seen[key] = new
    written = {"title": form.title, "body": new.body, "language": form.language}
    written |= {"examples": list(new.examples), "status": new.status, "source": one_line(draft.source)[:200]}
    planned.writes.append(written)
    note(State.REPLACE if known else State.OK, form.title, form.language)


def _form(draft: Draft, detect: Detect) -> EntryForm | str:
    """A valid form, or the code of what is wrong."""
    if draft.problem:
        return draft.problem
    if draft.status not in (None, "active", "archived"):
        return "bad_status"
    try:
        language = draft.language or detect(f"{draft.title}. {draft.body}")
        said = {"title": draft.title, "body": clean(draft.body), "language": language}
        return EntryForm.model_validate(said | {"examples": draft.examples or []})
    except BadInput:
        return "not_text"
    except ValidationError as problem:
        kind = problem.errors()[0]
        return _PROBLEMS.get((str(kind["loc"][0]), kind["type"]), "bad_row")


_PROBLEMS = {
    ("title", "string_too_long"): "title_too_long",
    ("title", "string_too_short"): "no_title",
    ("body", "string_too_long"): "text_too_long",
    ("body", "string_too_short"): "no_text",
    ("language", "literal_error"): "bad_language",
    ("examples", "too_long"): "too_many_examples",
    ("examples", "string_too_long"): "example_too_long",
}


def _told_apart(form: EntryForm, seen: Mapping[Key, Stored]) -> EntryForm:
    """Paragraphs of one article share its title: the second gets "(2)", the same one on every import."""
    title, number = form.title, 1
    while (before := seen.get((form.language, title))) and before.body != form.body:
        number += 1
        title = f"{form.title[:190]} ({number})"
    return form.model_copy(update={"title": title})


async def _plan(run: Run, org_id: UUID, files: Sequence[File], detect: Detect) -> Plan:
    rows = await run(STORED, {"org_id": org_id})
    stored = {
        (language, title): Stored(body, tuple(examples), status)
        for language, title, body, examples, status in rows
    }
    return await asyncio.to_thread(compare, files, stored, detect=detect)


async def _apply(run: Run, org_id: UUID, planned: Plan) -> int:
    written = 0
    for start in range(0, len(planned.writes), CHUNK):
        rows = json.dumps(planned.writes[start : start + CHUNK])
        written += len(await run(UPSERT, {"org_id": org_id, "rows": rows}))
    return written


def _run_as_operator(org_id: UUID) -> Run:
    async def run(statement: LiteralString, values: dict[str, Any]) -> Sequence[Any]:
        async with as_operator(org_id) as connection:
            cursor = await connection.execute(statement, values)
            return await cursor.fetchall()

    return run


def _run_as_member(member: Member) -> Run:
    async def run(statement: LiteralString, values: dict[str, Any]) -> Sequence[Any]:
        try:
            async with as_member(member) as session:
                connection = await session.connection()
                return (await connection.exec_driver_sql(statement, values)).all()
        except DBAPIError as problem:
            if isinstance(problem.orig, InsufficientPrivilege):
                raise NotAllowed from problem
            raise

    return run
