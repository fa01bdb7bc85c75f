"""Tables of cells, read into drafts: lists of questions and answers, price lists, and whatever else has rows."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from vulkn_app.knowledge.drafts import Draft, column_of, draft_of

LARGEST_CELL = 1_000_000  # characters
MOST_COLUMNS = 60

# A spreadsheet runs what starts like this; our own exports put an apostrophe before it.
GUARDED = re.compile(r"'+[=+\-@\t\r]")

_NAMES = re.compile(
    r"(?:servicio|producto|tratamiento|platillo|plato|articulo|concepto|procedimiento|estudio|curso|clase|paquete"
    r"|habitacion|bebida|corte|marca|modelo|nombre|service|product|treatment|item|dish|drink|package|name|title"
    r"|titulo|que)s?\b",
    re.IGNORECASE,
)
_PRICES = re.compile(r"(?:precio|costo|coste|tarifa|importe|valor|price|cost|rate|fee)s?\b", re.IGNORECASE)
_GROUPS = re.compile(r"(?:categor[ií]a|secci[oó]n|grupo|category|section|group|tipo|type)s?\b", re.IGNORECASE)
_ACCENTS = str.maketrans("áéíóúüÁÉÍÓÚÜ", "aeiouuAEIOUU")

Cells = list[str]


def csv_drafts(text: str, name: str) -> Iterator[Draft]:
    return table_drafts(_csv_rows(text), name)


def table_drafts(rows: Iterable[tuple[int, Cells | str]], name: str) -> Iterator[Draft]:
    """`rows` are line numbers with cells, or with the code of what is wrong with that row. The first row with
    anything in it may be a heading."""
    reading: _Columns | None = None
    for line, row in rows:
        if isinstance(row, str):
            yield Draft(line, problem=row)
            continue
        if not any(cell.strip() for cell in row):
            continue
        if reading is None:
            reading = _columns(row)
            if reading.has_heading:
                continue
        yield reading.draft(line, [_unguard(cell) for cell in row], name)


class _Columns:
    """A table with columns that we know, or two of title and text."""

    def __init__(self, fields: list[str | None], *, has_heading: bool) -> None:
        self.fields, self.has_heading = fields, has_heading

    def draft(self, line: int, row: Cells, name: str) -> Draft:
        cells = {field: cell for field, cell in zip(self.fields, row, strict=False) if field}
        return draft_of(line, cells, name)


class _Things(_Columns):
    """One thing a row, its other columns said in words: a price list, mostly."""

    def __init__(self, headings: Cells, title: int, *, suits: str) -> None:
        super().__init__([], has_heading=True)
        self.headings, self.title, self.suits, self.group = headings, title, suits, ""

    def draft(self, line: int, row: Cells, name: str) -> Draft:
        title = row[self.title].strip() if self.title < len(row) else ""
        said = [
            f"{heading}: {cell.strip()}"
            for place, (heading, cell) in enumerate(zip(self.headings, row, strict=False))
            if place != self.title and cell.strip() and heading
        ]
        if not title:
            return Draft(line, problem="no_title")
        if not said:
            return Draft(line, title, problem="no_price" if self.suits == "price" else "no_text")
        body = "\n".join([title, *said])
        return draft_of(line, {"title": title, "body": body}, name, suits=self.suits)


def _columns(first: Cells) -> _Columns:
    fields = [column_of(cell) for cell in first]
    if "body" in fields and not _is_price_list(first, fields):
        return _Columns(fields, has_heading=True)
    if (prices := _price_list(first)) is not None:
        return prices
    if len([cell for cell in first if cell.strip()]) >= 3 and all(_is_heading(cell) for cell in first):
        return _Things([cell.strip() for cell in first], 0, suits="note")
    return _Columns(["title", "body"], has_heading=False)  # title and text, as people make such lists


def _is_price_list(first: Cells, fields: list[str | None]) -> bool:
    """A table of services whose "descripción" is only one of its columns."""
    described = any(field == "body" and cell.strip().lower().startswith("descri") for field, cell in zip(fields, first, strict=True))  # fmt: skip
    return described and any(_PRICES.match(cell.strip().translate(_ACCENTS)) for cell in first)


def _price_list(first: Cells) -> _Things | None:
    plain = [cell.strip().translate(_ACCENTS) for cell in first]
    priced = [place for place, cell in enumerate(plain) if _PRICES.match(cell)]
    named = [place for place, cell in enumerate(plain) if _NAMES.match(cell) and place not in priced]
    if not priced or len(plain) < 2:
        return None
    others = [place for place in range(len(plain)) if place not in priced and not _GROUPS.match(plain[place])]
    if not (named or others):
        return None
    return _Things([cell.strip() for cell in first], (named or others)[0], suits="price")


def _is_heading(cell: str) -> bool:
    said = cell.strip()
    return (
        0 < len(said) <= 40 and not any(letter.isdigit() for letter in said) and not said.endswith((".", "?"))
    )


def _csv_rows(text: str) -> Iterator[tuple[int, Cells | str]]:
    csv.field_size_limit(LARGEST_CELL)
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield line, "not_csv"
            continue
        yield line, row[:MOST_COLUMNS]


def _delimiter(text: str) -> str:
    head = text.lstrip().partition("\n")[0]
    known = {mark: sum(_known(cell) for cell in head.split(mark)) for mark in ",;\t|"}
    best = max(known, key=lambda mark: (known[mark], head.count(mark)))
    return best if head.count(best) else ","


def _known(cell: str) -> bool:
    plain = cell.strip().strip('"').translate(_ACCENTS)
    return column_of(plain) is not None or bool(_PRICES.match(plain) or _NAMES.match(plain))


def _unguard(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell
