"""Knowledge entries as people read and correct them, each call with that person's own token."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from postgrest import APIError, AsyncSelectRequestBuilder, CountMethod
from pydantic import BaseModel, Field, field_validator

from vulkn_app import clients, live, postgrest
from vulkn_app.db import Member
from vulkn_app.errors import NotAllowed, NotFound
from vulkn_app.i18n import Language
from vulkn_app.knowledge.words import fold
from vulkn_app.texts import Line, Text

Status = Literal["active", "archived"]
COLUMNS = "id,title,body,language,examples,exact,status,source,updated_at"
MOST_EXAMPLES = 40
MOST_IDS = 200

# LIKE's and PostgREST's own characters; a searched word never needs them.
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
    updated_at: postgrest.Instant


class EntryPage(BaseModel):
    """One page of entries, and how many there are in all."""

    rows: list[EntryRow]
    total: int


class EntryForm(BaseModel):
    """What a person may write into an entry; the limits are the table's."""

    title: Line = Field(min_length=1, max_length=200)
    body: Text = Field(min_length=1, max_length=20_000)
    language: Language = "es"
    examples: list[Annotated[Line, Field(max_length=300)]] = Field(default=[], max_length=MOST_EXAMPLES)
    exact: bool = False  # its very words are the answer to its title and its examples

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
    *,
    search: str = "",
    language: Language | None = None,
    status: Status | None = "active",
    page: int = 1,
    size: int = 25,
) -> EntryPage:
    """The newest first. `search` finds its words in title or text, in any order, accents or not."""
    asked = (await _table(member)).select(COLUMNS, count=CountMethod.exact).eq("org_id", str(member.org_id))
    if language:
        asked = asked.eq("language", language)
    if status:
        asked = asked.eq("status", status)
    asked = _with_words(asked, search)
    first = (max(1, page) - 1) * size
    asked = asked.order("updated_at", desc=True).order("id").range(first, first + size - 1)
    with postgrest.told():
        try:
            answer = await asked.retry(False).execute()
        except APIError as problem:
            if problem.code != "PGRST103":  # past the last page
                raise
            return EntryPage(rows=[], total=0)
    return EntryPage(rows=[EntryRow.model_validate(row) for row in answer.data], total=answer.count or 0)


async def get(member: Member, entry_id: UUID) -> EntryRow:
    asked = (await _table(member)).select(COLUMNS).eq("org_id", str(member.org_id)).eq("id", str(entry_id))
    with postgrest.told():
        answer = await asked.retry(False).execute()
    return _only(answer.data)


async def create(member: Member, form: EntryForm) -> EntryRow:
    """Raises Conflict("title_taken") when the language already has an entry of that title."""
    row = form.model_dump() | {"org_id": str(member.org_id)}
    with postgrest.told(taken="title_taken"):
        answer = await (await _table(member)).insert(row).execute()
    _changed(member)
    return _only(answer.data)


async def change(member: Member, entry_id: UUID, form: EntryForm) -> EntryRow:
    changed = (await _table(member)).update(form.model_dump())
    with postgrest.told(taken="title_taken"):
        answer = await changed.eq("org_id", str(member.org_id)).eq("id", str(entry_id)).execute()
    row = _only(answer.data)
    _changed(member)
    return row


async def archive(member: Member, ids: Sequence[UUID]) -> int:
    """Out of the agent's sight from its next turn on, kept for people. Returns how many there were."""
    return await _set_status(member, ids, "archived")


async def restore(member: Member, ids: Sequence[UUID]) -> int:
    return await _set_status(member, ids, "active")


async def delete(member: Member, ids: Sequence[UUID]) -> int:
    """For good. Raises NotAllowed for a plain member."""
    if member.role == "member":
        raise NotAllowed  # the policy would answer "0 rows", which reads like success
    with postgrest.told():
        answer = await _of(member, (await _table(member)).delete(), ids).execute()
    return _count(member, answer.data)


async def _set_status(member: Member, ids: Sequence[UUID], status: Status) -> int:
    with postgrest.told():
        answer = await _of(member, (await _table(member)).update({"status": status}), ids).execute()
    return _count(member, answer.data)


async def _table(member: Member) -> Any:
    return (await clients.supabase(member.token)).table("knowledge_entries")


def _of(member: Member, asked: Any, ids: Sequence[UUID]) -> Any:
    return asked.eq("org_id", str(member.org_id)).in_("id", [str(entry_id) for entry_id in ids[:MOST_IDS]])


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


def _count(member: Member, rows: list[dict[str, Any]]) -> int:
    if not rows:
        raise NotFound
    _changed(member)
    return len(rows)


def _changed(member: Member) -> None:
    live.publish(live.Ring(member.org_id, "knowledge"))
