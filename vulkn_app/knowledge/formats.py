"""Files that owners have (CSV, JSON lines, Markdown, plain text), read into drafts of entries.

Never raises for one bad row: a row that cannot be read is a draft with a `problem`, the rest goes on.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from vulkn_app.errors import BadInput

LARGEST_FILE = 20_000_000  # bytes
LARGEST_CELL = 1_000_000  # characters
LONGEST_TITLE = 80  # of a title made from the text itself
MARK = "vulkn"

COLUMNS = {
    "title": "title titulo tema name nombre heading",
    "question": "question pregunta q p",
    "body": "text body texto respuesta answer contenido content descripcion description a r",
    "language": "language lang idioma",
    "examples": "examples ejemplos phrases frases variantes",
    "status": "status estado",
    "source": "source fuente origen",
    "id": "id",
}
_FIELD = {synonym: field for field, synonyms in COLUMNS.items() for synonym in synonyms.split()}
_ACCENTS = str.maketrans("áéíóúü", "aeiouu")

# A spreadsheet runs what starts like this; our own exports put an apostrophe before it.
GUARDED = re.compile(r"'+[=+\-@\t\r]")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t#]*")
_ESCAPED_HEADING = re.compile(r"\\+#")
_MARK = re.compile(rf"<!-- {MARK} (\{{.*\}}) -->")
_QUESTION = re.compile(r"(?:p|q|pregunta|question)\s*[:.)]\s*(.+)", re.IGNORECASE)
_ANSWER = re.compile(r"(?:r|a|respuesta|answer)\s*[:.)]\s*(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """What was uploaded or named on the command line."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """One row of a file. None means that the file does not say; `problem` is a code of the imports locale."""

    line: int
    title: str = ""
    body: str = ""
    language: str | None = None
    examples: list[str] | None = None
    status: str | None = None
    source: str = ""
    problem: str | None = None


def read(file: File) -> list[Draft]:
    """The drafts in `file`, in its order; a file that cannot be read at all is one draft with a problem."""
    reader = _READERS.get(PurePath(file.name).suffix.lower())
    if reader is None:
        return [Draft(0, problem="unknown_format")]
    if len(file.content) > LARGEST_FILE:
        return [Draft(0, problem="file_too_large")]
    try:
        text = decode(file.content)
    except BadInput as problem:
        return [Draft(0, problem=problem.code)]
    return list(reader(text, PurePath(file.name).name)) or [Draft(0, problem="file_empty")]


def decode(content: bytes) -> str:
    """UTF-8, UTF-16 or, failing both, the Windows code page of Spanish and English Excel."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif content[:200].count(0) > len(content[:200]) // 4:
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    # Control characters by the hundred are a picture or a document, not text in an odd encoding.
    if sum(letter < "\t" for letter in text[:4000]) > len(text[:4000]) // 50 or content.startswith(b"%PDF"):
        raise BadInput("not_text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _csv(text: str, name: str) -> Iterator[Draft]:
    csv.field_size_limit(LARGEST_CELL)
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    fields: list[str | None] = []
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield Draft(line, problem="not_csv")
            continue
        if not any(cell.strip() for cell in row):
            continue
        if not fields:
            fields = [_field(cell) for cell in row]
            if "body" in fields:
                continue
            fields = ["title", "body"]  # no heading: title and text, as people make such lists
        cells = {field: _unguard(cell) for field, cell in zip(fields, row, strict=False) if field}
        yield _draft(line, cells, name)


def _delimiter(text: str) -> str:
    head = text.lstrip().partition("\n")[0]
    known = {mark: sum(_field(cell) is not None for cell in head.split(mark)) for mark in ",;\t|"}
    best = max(known, key=lambda mark: (known[mark], head.count(mark)))
    return best if head.count(best) else ","


def _json_lines(text: str, name: str) -> Iterator[Draft]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _json_row(number, line, name)


def _json(text: str, name: str) -> Iterator[Draft]:
    """One list of objects; anything else is read line by line."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        yield from _json_lines(text, name)
        return
    for number, row in enumerate(rows, start=1):
        yield _json_object(number, row, name)


def _json_row(number: int, line: str, name: str) -> Draft:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return Draft(number, problem="not_json")
    return _json_object(number, row, name)


def _json_object(number: int, row: object, name: str) -> Draft:
    if not isinstance(row, dict):
        return Draft(number, problem="not_json")
    cells: dict[str, Any] = {}
    for key, value in row.items():
        if (field := _field(str(key))) and value is not None:
            cells[field] = value if field == "examples" and isinstance(value, list) else str(value)
    return _draft(number, cells, name)


def _markdown(text: str, name: str) -> Iterator[Draft]:
    """A heading is a title; what is under it, up to the next heading, its text."""
    heading, start, below = "", 1, []
    for number, line in enumerate([*text.split("\n"), "# end"], start=1):
        found = _HEADING.fullmatch(line)
        if not found:
            below.append(line[1:] if _ESCAPED_HEADING.match(line) else line)
            continue
        body = "\n".join(below).strip()
        if body:
            yield _section(start, heading, body, name)
        heading, start, below = found[2], number, []


def _section(line: int, heading: str, body: str, name: str) -> Draft:
    first, _, rest = body.partition("\n")
    mark = _MARK.fullmatch(first.strip())
    if mark is None:
        return _draft(line, {"title": heading, "body": body}, name)
    try:
        said = json.loads(mark[1])
    except ValueError:
        return Draft(line, problem="not_json")
    return _draft(line, {**said, "title": heading, "body": rest.strip()}, name)


def _plain(text: str, name: str) -> Iterator[Draft]:
    """Blocks between empty lines: a question and its answer, a heading line and its text, or just text."""
    number = 1
    for block in re.split(r"(\n[ \t]*(?:\n[ \t]*)+)", text):
        lines = block.strip().split("\n")
        if lines[0]:
            yield from _block(number, [line.strip() for line in lines], name)
        number += block.count("\n")


def _block(number: int, lines: list[str], name: str) -> Iterator[Draft]:
    """One draft, or one for each question when several follow each other without an empty line."""
    starts = [place for place, line in enumerate(lines) if _QUESTION.fullmatch(line)]
    if not starts or starts[0] != 0:
        titled = len(lines) > 1 and len(lines[0]) <= LONGEST_TITLE and not lines[0].endswith((".", ",", ";"))
        cells = {"title": lines[0] if titled else "", "body": "\n".join(lines[1:] if titled else lines)}
        yield _draft(number, cells, name)
        return
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        question = _QUESTION.fullmatch(lines[start])
        assert question
        answer = [said[1] if (said := _ANSWER.fullmatch(line)) else line for line in lines[start + 1 : end]]
        yield _draft(number + start, {"question": question[1], "body": "\n".join(answer)}, name)


def _draft(line: int, cells: dict[str, Any], name: str) -> Draft:
    title, question, body = (str(cells.get(field) or "").strip() for field in ("title", "question", "body"))
    examples = _examples(cells.get("examples"))
    if title and question and question != title:
        examples = [question, *(examples or [])]
    if not body:
        return Draft(line, title or question, problem="no_text")
    given = str(cells.get("id") or "").strip()
    return Draft(
        line,
        title=title or question or _opening(body),
        body=body,
        language=str(cells["language"]).strip().lower()[:2] if cells.get("language") else None,
        examples=examples,
        status=str(cells["status"]).strip() if cells.get("status") else None,
        source=str(cells["source"]) if "source" in cells else f"{name}#{given}" if given else name,
    )


def _examples(said: object) -> list[str] | None:
    """A list, or a cell with one a line, or a cell with bars between them."""
    if said is None:
        return None
    if isinstance(said, list):
        return [str(one) for one in said]
    cell = str(said)
    return [one.strip() for one in (cell.split("\n") if "\n" in cell else cell.split("|")) if one.strip()]


def _opening(body: str) -> str:
    first = re.split(r"(?<=[.!?])\s|\n", body, maxsplit=1)[0]
    if len(first) <= LONGEST_TITLE:
        return first.rstrip(".:")
    return first[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"


def _field(heading: str) -> str | None:
    return _FIELD.get(heading.strip().lower().translate(_ACCENTS))


def _unguard(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell


_READERS: dict[str, Callable[[str, str], Iterator[Draft]]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".json": _json,
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _plain,
}
