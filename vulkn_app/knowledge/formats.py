"""Files that owners have (CSV, JSON lines, Markdown, plain text), read into drafts of entries.

Never raises for one bad row: a row that cannot be read is a draft with a `problem`, the rest goes on.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any

from vulkn_app.errors import BadInput
from vulkn_app.knowledge.drafts import DATES, LONGEST_TITLE, Draft, File, column_of, draft_of
from vulkn_app.knowledge.pieces import pieces
from vulkn_app.knowledge.tables import csv_drafts

LARGEST_FILE = 20_000_000  # bytes
MARK = "vulkn"

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
_ESCAPED_HEADING = re.compile(r"\\+#")
_MARK = re.compile(rf"<!-- {MARK} (\{{.*\}}) -->")
_QUESTION = re.compile(r"(?:p|q|pregunta|question)\s*[:.)]\s*(.+)", re.IGNORECASE)
_ANSWER = re.compile(r"(?:r|a|respuesta|answer)\s*[:.)]\s*(.*)", re.IGNORECASE)


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
    """UTF-8, UTF-16 or UTF-32; lines that are none of them in the Windows code page of Spanish and English Excel."""
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        encoding = "utf-32"
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif content[:200].count(0) > len(content[:200]) // 4:
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        # Each line by itself: two files that somebody put together.
        text = "\n".join(map(_line, content.removeprefix(b"\xef\xbb\xbf").split(b"\n")))
    # Control characters by the hundred are a picture or a document, not text in an odd encoding.
    if sum(letter < "\t" for letter in text[:4000]) > len(text[:4000]) // 50 or content.startswith(b"%PDF"):
        raise BadInput("not_text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


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
        field = column_of(str(key))
        if field in DATES and value is None:
            cells[field] = ""  # said to have none, which is more than not said
        elif field and value is not None:
            cells[field] = value if field == "examples" and isinstance(value, list) else str(value)
    return draft_of(number, cells, name)


def _markdown(text: str, name: str) -> Iterator[Draft]:
    """A heading is a title; what is under it, up to the next heading, its text."""
    heading, start, below = "", 1, []
    for number, line in enumerate([*text.split("\n"), "# end"], start=1):
        # The marks at its end come off by hand: an expression takes minutes for a line of hashes.
        found = _HEADING.fullmatch(line)
        said = found[2].strip(" \t") if found else ""
        title = said.rstrip(" \t#") or said[:1]
        if not title:
            below.append(line[1:] if _ESCAPED_HEADING.match(line) else line)
            continue
        body = "\n".join(below).strip()
        if body:
            yield from _section(start, heading, body, name)
        heading, start, below = title, number, []


def _section(line: int, heading: str, body: str, name: str) -> Iterator[Draft]:
    first, _, rest = body.partition("\n")
    mark = _MARK.fullmatch(first.strip())
    if mark is None:
        for piece in pieces(body):
            yield draft_of(line, {"title": heading, "body": piece}, name)
        return
    try:
        said = json.loads(mark[1])
    except ValueError:
        yield Draft(line, problem="not_json")
        return
    yield draft_of(line, {**said, "title": heading, "body": rest.strip()}, name)


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
        for piece in pieces("\n".join(lines[1:] if titled else lines)):
            yield draft_of(number, {"title": lines[0] if titled else "", "body": piece}, name)
        return
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        question = _QUESTION.fullmatch(lines[start])
        assert question
        answer = [said[1] if (said := _ANSWER.fullmatch(line)) else line for line in lines[start + 1 : end]]
        yield draft_of(number + start, {"question": question[1], "body": "\n".join(answer)}, name)


_READERS: dict[str, Callable[[str, str], Iterator[Draft]]] = {
    ".csv": csv_drafts,
    ".tsv": csv_drafts,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".json": _json,
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _plain,
}
