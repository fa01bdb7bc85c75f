"""Knowledge comes in: what a file would do, row by row, and then doing it.

A title in one language is one entry. The same file again changes nothing; a changed text replaces.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, LiteralString
from uuid import UUID

from psycopg.errors import InsufficientPrivilege
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from models.knowledge_imports import RowState as State
from vulkn_app import live, plans
from vulkn_app.db import Member, as_member, as_operator
from vulkn_app.errors import BadInput, NotAllowed
from vulkn_app.i18n import Language
from vulkn_app.knowledge.drafts import Draft, File
from vulkn_app.knowledge.entries import EntryForm
from vulkn_app.knowledge.planted import order_in
from vulkn_app.knowledge.sources import sandbox
from vulkn_app.knowledge.words import guess_language
from vulkn_app.texts import clean, legible

CHUNK = 400  # rows a transaction: each writes an audit row too, and a call has three seconds

GIVES_ORDERS = "gives_orders"  # to the model: such a row is written only when a person picks it

Key = tuple[str, str]
Told = dict[Key, dict[str, str]]  # under which title each text of one title goes
Detect = Callable[[str], Language]
Run = Callable[[LiteralString, dict[str, Any]], Awaitable[Sequence[Any]]]

STORED = """
    select e.language, e.title, e.body, e.examples, e.status, e.exact, e.kind, e.valid_from::text,
      e.valid_until::text, e.review_by::text, coalesce(o.title, '')
    from knowledge_entries e
    left join knowledge_entries o on o.org_id = e.org_id and o.twin_id = e.twin_id and o.id <> e.id
    where e.org_id = %(org_id)s
"""
UPSERT = """
    insert into knowledge_entries as known (org_id, title, body, language, examples, status, source, exact, kind,
      valid_from, valid_until, review_by)
    select %(org_id)s, r.title, r.body, r.language, r.examples, r.status, r.source, r.exact, r.kind,
      r.valid_from, r.valid_until, r.review_by
    from jsonb_to_recordset(%(rows)s::jsonb)
      as r(title text, body text, language text, examples text[], status text, source text, exact boolean,
        kind text, valid_from date, valid_until date, review_by date)
    on conflict (org_id, language, title) do update
      set body = excluded.body, examples = excluded.examples, status = excluded.status, source = excluded.source,
        exact = excluded.exact, kind = excluded.kind, valid_from = excluded.valid_from,
        valid_until = excluded.valid_until, review_by = excluded.review_by
      where (known.body, known.examples, known.status, known.exact, known.kind, known.valid_from,
          known.valid_until, known.review_by)
        is distinct from (excluded.body, excluded.examples, excluded.status, excluded.exact, excluded.kind,
          excluded.valid_from, excluded.valid_until, excluded.review_by)
    returning 1
"""
TWINS = "select app.import_twins(%(org_id)s, %(rows)s::jsonb)"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of a file and what will be done with it; `problem` is a code of the imports locale: what is wrong with an
    error, or why a person should look at a row before it is written. `entry` is what will be written, `before` the text
    that it replaces."""

    file: str
    line: int
    state: State
    title: str
    language: str
    problem: str | None = None
    entry: dict[str, Any] | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """The part of an entry that an import can change; dates as they are written."""

    body: str
    examples: tuple[str, ...] = ()
    status: str = "active"
    exact: bool = False
    kind: str = "faq"
    valid_from: str | None = None
    valid_until: str | None = None
    review_by: str | None = None
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do; `apply` does it."""

    rows: list[PlannedRow]

    @property
    def writes(self) -> list[dict[str, Any]]:
        return [row.entry for row in self.rows if row.entry]

    def count(self, state: State) -> int:
        return sum(row.state == state for row in self.rows)


async def plan(member: Member, files: Sequence[File], *, detect: Detect = guess_language) -> Plan:
    """For a person who uploads. `detect` names the language of a text whose file does not."""
    return await _plan(_run_as_member(member), member.org_id, files, detect)


async def plan_as_operator(org_id: UUID, files: Sequence[File], *, detect: Detect = guess_language) -> Plan:
    return await _plan(_run_as_operator(org_id), org_id, files, detect)


async def apply(member: Member, planned: Plan) -> int:
    """Writes the plan in chunks; returns how many entries are new or different now. Raises PlanFull before the
    first one when not all of the new ones fit."""
    plans.ask(await plans.room(member), "entries", planned.count(State.OK))
    written = await _apply(_run_as_member(member), member.org_id, planned)
    if written:
        live.publish(live.Ring(member.org_id, "knowledge"))
    return written


async def apply_as_operator(org_id: UUID, planned: Plan) -> int:
    plans.ask(await plans.room_as_operator(org_id), "entries", planned.count(State.OK))
    return await _apply(_run_as_operator(org_id), org_id, planned)


async def too_many(org_id: UUID, planned: Plan) -> int:
    """For an operator: how many of the new entries the plan has no room for."""
    left = (await plans.room_as_operator(org_id))["entries"].left
    return 0 if left is None else max(0, planned.count(State.OK) - left)


def compare(
    files: Sequence[tuple[str, Sequence[Draft]]],
    stored: Mapping[Key, Stored],
    *,
    detect: Detect = guess_language,
) -> Plan:
    """What the drafts of these files would change in `stored`. CPU work: about 0.1 ms a row."""
    seen: dict[Key, Stored] = {}
    told: Told = {}
    return Plan(
        [_place(name, draft, stored, seen, told, detect) for name, drafts in files for draft in drafts]
    )


def _place(
    name: str,
    draft: Draft,
    stored: Mapping[Key, Stored],
    seen: dict[Key, Stored],
    told: Told,
    detect: Detect,
) -> PlannedRow:
    form = _form(draft, detect)
    if isinstance(form, str):
        title, language = legible(draft.title)[:200], legible(draft.language or "")
        return PlannedRow(name, draft.line, State.ERROR, title, language, form)
    form = _told_apart(form, seen, told)
    key = (form.language, form.title)
    known = stored.get(key)
    new = _changed(form, draft, known)
    if new is None:
        return PlannedRow(name, draft.line, State.ERROR, form.title, form.language, "bad_dates")
    if key in seen or known == new:
        seen.setdefault(key, new)
        return PlannedRow(name, draft.line, State.DUPLICATE, form.title, form.language)
    seen[key] = new
    entry = {"title": form.title, "language": form.language, "source": legible(draft.source)[:200]}
    return PlannedRow(
        name,
        draft.line,
        State.REPLACE if known else State.OK,
        form.title,
        form.language,
        GIVES_ORDERS if order_in("\n\n".join((form.title, form.body, *form.examples))) else None,
        entry=entry | asdict(new),
        before=known.body if known else None,
    )


def _changed(form: EntryForm, draft: Draft, known: Stored | None) -> Stored | None:
    """The entry as it will be: what the file does not say stays as it is. None for a span that ends before it begins."""
    said = dict(draft.more)
    if draft.examples is not None or not known:
        said["examples"] = tuple(form.examples)
    if draft.status:
        said["status"] = draft.status
    if known and known.twin:
        said.pop("twin", None)  # a link that is there is not torn
    new = replace(known or Stored("", kind=draft.suits), body=form.body, **said)
    ends_early = new.valid_from and new.valid_until and new.valid_from > new.valid_until
    return None if ends_early else new


def _form(draft: Draft, detect: Detect) -> EntryForm | str:
    """A valid form, or the code of what is wrong."""
    if draft.problem:
        return draft.problem
    if draft.status not in (None, "active", "archived", "draft"):
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


def _told_apart(form: EntryForm, seen: Mapping[Key, Stored], told: Told) -> EntryForm:
    """Paragraphs of one article share its title: the second gets "(2)", the same one on every import."""
    titles = told.setdefault((form.language, form.title), {})
    number, title = len(titles), titles.get(form.body, "")
    while not title:
        number += 1
        wanted = form.title if number == 1 else f"{form.title[:190]} ({number})"
        before = seen.get((form.language, wanted))
        title = wanted if before is None or before.body == form.body else ""
    titles[form.body] = title
    return form.model_copy(update={"title": title})


async def _plan(run: Run, org_id: UUID, files: Sequence[File], detect: Detect) -> Plan:
    read = [(file.name, await sandbox.read(file)) for file in files]
    stored = as_stored(await run(STORED, {"org_id": org_id}))
    return await asyncio.to_thread(compare, read, stored, detect=detect)


def as_stored(rows: Sequence[Any]) -> dict[Key, Stored]:
    """The rows of STORED."""
    return {
        (language, title): Stored(body, tuple(examples), *more)
        for language, title, body, examples, *more in rows
    }


async def _apply(run: Run, org_id: UUID, planned: Plan) -> int:
    written, writes = 0, planned.writes
    for start in range(0, len(writes), CHUNK):
        rows = json.dumps(writes[start : start + CHUNK])
        written += len(await run(UPSERT, {"org_id": org_id, "rows": rows}))
    paired = [entry for entry in writes if entry["twin"]]
    if paired:
        await run(TWINS, {"org_id": org_id, "rows": json.dumps(paired)})
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
