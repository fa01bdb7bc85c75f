"""Knowledge entries as people read and correct them, each call with that person's own token."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from postgrest import APIError, AsyncSelectRequestBuilder, CountMethod
from pydantic import BaseModel, Field, field_validator, model_validator

from vulkn_app import live, postgrest
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, NotFound
from vulkn_app.i18n import Language
from vulkn_app.knowledge.planted import order_in
from vulkn_app.knowledge.words import fold
from vulkn_app.texts import Line, Text

Status = Literal["active", "archived", "draft"]
Kind = Literal["faq", "note", "price", "document"]
Show = Literal["ended", "coming", "due", "clashing"]
COLUMNS = (
    "id,title,body,language,examples,exact,status,source,kind,valid_from,valid_until,review_by,twin_id,"
    "updated_at,updated_by"
)
MOST_EXAMPLES = 40
MOST_IDS = 200

# LIKE's and PostgREST's own characters; a searched word never needs them.
# Where a vertical's answer waits for what only the owner knows; app.has_blank says the same.
BLANK = re.compile(r"\[(?:falta|missing): ([^\[\]]{1,80})\]")

_SPECIAL = str.maketrans(dict.fromkeys('%_*\\",()', " "))
_ACCENTS = {"a": "á", "e": "é", "i": "í", "o": "ó", "u": "ú", "n": "ñ"}
MOST_WORDS = 4


class EntryRow(BaseModel):
    """An entry as the editor lists it."""

    id: UUID
    title: str
    body: str
    language: Language
    examples: list[str]
    exact: bool = False
    status: Status
    source: str
    kind: Kind = "faq"
    valid_from: date | None = None
    valid_until: date | None = None
    review_by: date | None = None
    twin_id: UUID | None = None
    updated_at: postgrest.Instant
    updated_by: UUID | None = None
    # Filled in for a list: who wrote it last, what the day makes of it, and whether another entry says otherwise.
    author: str = ""
    ended: bool = False
    coming: bool = False
    due: bool = False
    clashing: bool = False
    ordering: bool = False  # has a part that gives the model orders, which it never gets
    missing: str = ""  # what a draft waits for


class EntryPage(BaseModel):
    """One page of entries, and how many there are in all."""

    rows: list[EntryRow]
    total: int


class Filters(BaseModel):
    """Which entries a list shows. `ids` are those in contradiction, for `show="clashing"`."""

    search: str = ""
    language: Language | None = None
    status: Status | None = "active"
    kind: Kind | None = None
    source: str = ""
    show: Show | None = None
    ids: list[UUID] = []


class EntryForm(BaseModel):
    """What a person may write into an entry; the limits are the table's."""

    title: Line = Field(min_length=1, max_length=200)
    body: Text = Field(min_length=1, max_length=20_000)
    language: Language = "es"
    examples: list[Annotated[Line, Field(max_length=300)]] = Field(default=[], max_length=MOST_EXAMPLES)
    exact: bool = False  # its very words are the answer to its title and its examples
    kind: Kind = "faq"
    valid_from: date | None = None
    valid_until: date | None = None
    review_by: date | None = None

    @field_validator("valid_from", "valid_until", "review_by", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        """An empty date field is no date."""
        return None if value == "" else value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise BadInput("dates_reversed")
        return self

    @field_validator("examples", mode="before")
    @classmethod
    def _lines(cls, value: object) -> object:
        """A text field gives one example a line; empty and repeated ones go."""
        lines = value.splitlines() if isinstance(value, str) else value
        if not isinstance(lines, list | tuple):
            return lines
        return list(dict.fromkeys(line.strip() for line in lines if isinstance(line, str) and line.strip()))


async def list_entries(
    member: Member,
    filters: Filters | None = None,
    *,
    today: date | None = None,
    page: int = 1,
    size: int = 25,
) -> EntryPage:
    """The newest first. `search` finds its words in title or text, in any order, accents or not."""
    filters = filters or Filters()
    asked = (await _table(member)).select(COLUMNS, count=CountMethod.exact).eq("org_id", str(member.org_id))
    asked = _with_words(_narrowed(asked, filters, today), filters.search)
    first = (max(1, page) - 1) * size
    asked = asked.order("updated_at", desc=True).order("id").range(first, first + size - 1)
    with postgrest.told():
        try:
            answer = await asked.retry(False).execute()
        except APIError as problem:
            if problem.code != "PGRST103":  # past the last page
                raise
            return EntryPage(rows=[], total=0)
    rows = [dated(EntryRow.model_validate(row), today) for row in answer.data]
    for row in rows:
        row.ordering = bool(order_in("\n\n".join((row.title, row.body, *row.examples))))
    return EntryPage(rows=await signed(member, rows), total=answer.count or 0)


def _narrowed(asked: Any, filters: Filters, today: date | None) -> Any:
    for column in ("language", "status", "kind", "source"):
        if wanted := getattr(filters, column):
            asked = asked.eq(column, wanted)
    match filters.show if today else None:
        case "ended":
            asked = asked.lt("valid_until", str(today))
        case "coming":
            asked = asked.gt("valid_from", str(today))
        case "due":
            asked = asked.lte("review_by", str(today))
        case "clashing":
            asked = asked.in_("id", [str(entry_id) for entry_id in filters.ids[:MOST_IDS]])
    return asked


def dated(row: EntryRow, today: date | None) -> EntryRow:
    """With what the day makes of it, and what is missing."""
    row.missing = ", ".join(BLANK.findall(row.body))
    if today:
        row.ended = row.valid_until is not None and row.valid_until < today
        row.coming = row.valid_from is not None and row.valid_from > today
        row.due = row.review_by is not None and row.review_by <= today
    return row


async def signed(member: Member, rows: list[EntryRow]) -> list[EntryRow]:
    """With the names of who wrote them last; no name for who left, and for what came from the shell."""
    authors = await names(member, (row.updated_by for row in rows))
    for row in rows:
        row.author = authors.get(row.updated_by, "") if row.updated_by else ""
    return rows


async def names(member: Member, people: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = sorted({str(person) for person in people if person})
    if not wanted:
        return {}
    asked = (await postgrest.of(member)).table("profiles").select("user_id,name,email")
    with postgrest.told():
        answer = await asked.in_("user_id", wanted).retry(False).execute()
    return {UUID(str(row["user_id"])): row["name"] or row["email"] for row in answer.data}  # pyright: ignore


async def get(member: Member, entry_id: UUID) -> EntryRow:
    asked = (await _table(member)).select(COLUMNS).eq("org_id", str(member.org_id)).eq("id", str(entry_id))
    with postgrest.told():
        answer = await asked.retry(False).execute()
    return _only(answer.data)


async def create(member: Member, form: EntryForm) -> EntryRow:
    """Raises Conflict("title_taken") when the language already has an entry of that title."""
    row = form.model_dump(mode="json") | {"org_id": str(member.org_id)}
    with postgrest.told(taken="title_taken"):
        answer = await (await _table(member)).insert(row).execute()
    changed(member)
    return _only(answer.data)


async def change(member: Member, entry_id: UUID, form: EntryForm) -> EntryRow:
    asked = (await _table(member)).update(form.model_dump(mode="json"))
    with postgrest.told(taken="title_taken"):
        answer = await asked.eq("org_id", str(member.org_id)).eq("id", str(entry_id)).execute()
    row = _only(answer.data)
    changed(member)
    return row


async def _table(member: Member) -> Any:
    return (await postgrest.of(member)).table("knowledge_entries")


def _with_words(asked: AsyncSelectRequestBuilder, search: str) -> AsyncSelectRequestBuilder:
    """One condition, as the local server reads only one `or`."""
    found = [_either(word) for word in search.casefold().translate(_SPECIAL).split()[:MOST_WORDS]]
    return asked.or_(f"and({','.join(found)})") if found else asked


def _either(word: str) -> str:
    patterns = [f"ilike.%{spelling}%" for spelling in _spellings(word)]
    return f"or({','.join(f'{column}.{pattern}' for pattern in patterns for column in ('title', 'body'))})"


def _spellings(word: str) -> list[str]:
    """The word without accents and with each one it may have: a Spanish word carries one at most."""
    plain = fold(word)
    accented = [
        plain[:place] + _ACCENTS[letter] + plain[place + 1 :]
        for place, letter in enumerate(plain[:20])
        if letter in _ACCENTS
    ]
    return list(dict.fromkeys([word, plain, *accented]))


def _only(rows: list[dict[str, Any]]) -> EntryRow:
    if not rows:
        raise NotFound
    return EntryRow.model_validate(rows[0])


def changed(member: Member, *, forgotten: bool = False) -> None:
    """`forgotten`: for good, in every process's memory too."""
    live.publish(live.Ring(member.org_id, "knowledge"))
    if forgotten:
        live.publish(live.Ring(member.org_id, live.FORGOTTEN))
