"""One row of a file on its way to an entry: what the file says, in our words, or what is wrong with it."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vulkn_app.texts import legible

LONGEST_TITLE = 80  # of a title made from the text itself
LONGEST_GIVEN_TITLE = 200

COLUMNS = {
    "title": "title titulo tema name nombre heading",
    "question": "question pregunta q p",
    "body": "text body texto respuesta answer contenido content descripcion description a r",
    "language": "language lang idioma",
    "examples": "examples ejemplos phrases frases variantes",
    "status": "status estado",
    "source": "source fuente origen",
    "id": "id",
    "exact": "exact exacta",
    "kind": "kind tipo",
    "valid_from": "valid_from desde",
    "valid_until": "valid_until hasta vence",
    "review_by": "review_by revisar",
    "twin": "twin traduccion",
}
_FIELD = {synonym: name for name, synonyms in COLUMNS.items() for synonym in synonyms.split()}
_ACCENTS = str.maketrans("áéíóúü", "aeiouu")

KINDS = ("faq", "note", "price", "document")
DATES = ("valid_from", "valid_until", "review_by")
MORE = ("exact", "kind", *DATES, "twin")
_YES = {"true", "1", "yes", "si", "x"}
_NO = {"", "false", "0", "no"}


@dataclass(frozen=True, slots=True)
class File:
    """What was uploaded or named on the command line."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """One row of a file. None means that the file does not say; `problem` is a code of the imports locale.

    `more`: what the file says of the columns of MORE. `suits`: the kind that its format suggests for a new entry."""

    line: int
    title: str = ""
    body: str = ""
    language: str | None = None
    examples: list[str] | None = None
    status: str | None = None
    source: str = ""
    problem: str | None = None
    more: dict[str, Any] = field(default_factory=dict)
    suits: str = "faq"


def draft_of(line: int, cells: dict[str, Any], name: str, *, suits: str = "faq") -> Draft:
    """The draft that these cells, by our own column names, make; `name` is the file's."""
    title, question, body = (str(cells.get(column) or "").strip() for column in ("title", "question", "body"))
    examples = _examples(cells.get("examples"))
    if title and question and question != title:
        examples = [question, *(examples or [])]
    if not body:
        return Draft(line, title or question, problem="no_text")
    more = _more(cells)
    if isinstance(more, str):
        return Draft(line, title or question, problem=more)
    given = str(cells.get("id") or "").strip()
    return Draft(
        line,
        title=title or question or opening(body),
        body=body,
        language=str(cells["language"]).strip().lower()[:2] if cells.get("language") else None,
        examples=examples,
        status=str(cells["status"]).strip() if cells.get("status") else None,
        source=str(cells["source"]) if "source" in cells else f"{name}#{given}" if given else name,
        more=more,
        suits=suits,
    )


def column_of(heading: str) -> str | None:
    """Our name for a column that a person named."""
    return _FIELD.get(heading.strip().lower().translate(_ACCENTS))


def opening(body: str) -> str:
    """A title made of the first words."""
    first = re.split(r"(?<=[.!?])\s|\n", body, maxsplit=1)[0]
    if len(first) <= LONGEST_TITLE:
        return first.rstrip(".:")
    return first[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"


def _more(cells: dict[str, Any]) -> dict[str, Any] | str:
    """The rarer columns, each in its own type; the code of a problem when one cannot be read."""
    more: dict[str, Any] = {}
    for column in MORE:
        if column not in cells:
            continue
        said = "" if cells[column] is None else str(cells[column]).strip()
        if column == "exact":
            if (word := said.lower().translate(_ACCENTS)) not in _YES | _NO:
                return "bad_exact"
            more[column] = word in _YES
        elif column in DATES:
            if said and not _is_date(said):
                return "bad_date"
            more[column] = said or None
        elif column == "kind":
            # A column called "tipo" may hold the owner's own words.
            more |= {"kind": said.lower()} if said.lower() in KINDS else {}
        else:
            more[column] = legible(said)
    return more


def _is_date(said: str) -> bool:
    try:
        return date.fromisoformat(said).isoformat() == said
    except ValueError:
        return False


def _examples(said: object) -> list[str] | None:
    """A list, or a cell with one a line, or a cell with bars between them."""
    if said is None:
        return None
    if isinstance(said, list):
        return [str(one) for one in said]
    cell = str(said)
    return [one.strip() for one in (cell.split("\n") if "\n" in cell else cell.split("|")) if one.strip()]
