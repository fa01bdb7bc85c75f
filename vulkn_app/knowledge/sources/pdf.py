"""PDFs: their lines in reading order, larger ones as headings."""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from vulkn_app.knowledge.pieces import Block
from vulkn_app.knowledge.sources.faults import Unreadable

MOST_PAGES = 300
MOST_LETTERS = 1_000_000
LARGER = 1.14  # times the size of most letters: a heading
LONGEST_HEADING = 110
SMALLEST = 1.5  # points
EDGE = 2  # lines at the top and at the bottom of a page
REPEATED = 3  # pages on which a line stands to be the head or foot of all

_LEADER = re.compile(r"\s*(?:\.[ \u00a0]?){4,}\s*|\s*(?:…\s?){2,}|\s*_{4,}\s*")
_PAGE_NUMBER = re.compile(
    r"(?:p[aá]g(?:ina|\.)?|page)?\s*\d{1,3}(?:\s*(?:de|of|/)\s*\d{1,3})?", re.IGNORECASE
)
_BLANK = frozenset(map(ord, " \t\u00a0"))
_ENDS = (".", "!", "?", ":", ";")


class Line(NamedTuple):
    page: int
    text: str
    size: float


def blocks(content: bytes) -> Iterator[Block]:
    lines = _without_repeated(_lines(content))
    if not lines:
        raise Unreadable("no_text_in_pdf")
    usual = _usual_size(lines)
    before: Block | None = None
    for line in lines:
        level = _level(line, usual)
        if before and _goes_on(before, line.text, level):
            joint = "" if before.text.endswith("-") and line.text[:1].islower() else " "
            before = Block(
                before.line,
                before.level,
                before.text.removesuffix("-" if not joint else "") + joint + line.text,
            )
            continue
        if before:
            yield before
        before = Block(line.page, level, line.text)
    if before:
        yield before


def _goes_on(before: Block, text: str, level: int) -> bool:
    """A line that its page was too narrow for; a title of two lines."""
    if before.level != level:
        return False
    if level:
        return len(before.text) + len(text) < LONGEST_HEADING and text[:1].islower()
    return text[:1].islower() and not before.text.endswith(_ENDS)


def _level(line: Line, usual: float) -> int:
    if (
        len(line.text) > LONGEST_HEADING
        or line.text.endswith((".", ",", ";"))
        or not any(map(str.isalpha, line.text))
    ):
        return 0
    if line.size >= usual * LARGER * LARGER * LARGER:
        return 1
    if line.size >= usual * LARGER:
        return 2
    capitals = line.text.isupper() and sum(map(str.isalpha, line.text)) >= 4
    return 3 if capitals and not any(map(str.isdigit, line.text)) and len(line.text) <= 60 else 0


def _lines(content: bytes) -> list[Line]:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as problem:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "assword" in str(problem)
        raise Unreadable("encrypted" if locked else "broken") from problem
    if len(document) > MOST_PAGES:
        raise Unreadable("too_many_pages")
    found: list[Line] = []
    letters = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text, paper = page.get_textpage(), page.get_bbox()
        except pdfium.PdfiumError:
            continue  # one broken page; the others may be whole
        letters += text.count_chars()
        if letters > MOST_LETTERS:
            raise Unreadable("too_much_text")
        found += _lines_of(number + 1, text, paper)
    return found


def _lines_of(page: int, text: pdfium.PdfTextPage, paper: tuple[float, ...]) -> Iterator[Line]:
    """What is written beside the paper, or too small for any eye, is not."""
    units: list[int] = []
    size, here, begins, many = 0.0, 0.0, True, text.count_chars()
    for place in range(many + 1):
        unit = raw.FPDFText_GetUnicode(text.raw, place) if place < many else 10
        if unit not in (10, 13):
            blank = unit in _BLANK
            if begins and not blank:  # asked once a word: it takes longer than all the rest
                here = _size(text, place, paper)
            if blank or here > SMALLEST:
                units.append(0x2D if unit in (2, 0xAD, 0xFFFE) else unit)
                size = size if blank else max(size, here)
            begins = blank
            continue
        begins = True
        said = _LEADER.sub(" — ", " ".join(_decoded(units).split())).strip()
        if said.strip("—- "):
            yield Line(page, said.strip("— "), size)
        units, size = [], 0.0


def _size(text: pdfium.PdfTextPage, place: int, paper: tuple[float, ...]) -> float:
    """How large the letter is on the page, by its font and what its matrix makes of that; 0 beside the page."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    left, bottom, right, top = paper
    if raw.FPDFText_GetCharOrigin(text.raw, place, x, y) and not (
        left <= x.value <= right and bottom <= y.value <= top
    ):
        return 0.0
    size = raw.FPDFText_GetFontSize(text.raw, place)
    return size * math.hypot(matrix.c, matrix.d) if raw.FPDFText_GetMatrix(text.raw, place, matrix) else size


def _decoded(units: list[int]) -> str:
    """PDFium hands out UTF-16, half an emoji at a time."""
    return (
        bytes((ctypes.c_uint16 * len(units))(*units)).decode("utf-16-le", errors="ignore").replace("\0", "")
    )


def _usual_size(lines: list[Line]) -> float:
    weights: Counter[float] = Counter()
    for line in lines:
        weights[round(line.size, 1)] += len(line.text)
    return weights.most_common(1)[0][0] or 1.0


def _without_repeated(lines: list[Line]) -> list[Line]:
    """Heads and feet of all pages, and their numbers, are the paper's and not the text's. What stands in the
    middle of a page is text, however often it is said."""
    edges = _edges(lines)
    at_edge = Counter(text for _, text in {(lines[place].page, lines[place].text) for place in edges})
    often = max(REPEATED, len({line.page for line in lines}) // 2)
    return [
        line
        for place, line in enumerate(lines)
        if place not in edges or not (at_edge[line.text] >= often or _PAGE_NUMBER.fullmatch(line.text))
    ]


def _edges(lines: list[Line]) -> set[int]:
    """The first and last lines of every page, where there are several pages."""
    pages: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        pages.setdefault(line.page, []).append(place)
    if len(pages) < 2:
        return set()
    return {place for places in pages.values() for place in (*places[:EDGE], *places[-EDGE:])}
