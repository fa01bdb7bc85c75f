"""Word documents: headings, paragraphs and tables in their order. Text that the document hides is not read."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - compiled, without types

from vulkn_app.knowledge.pieces import Block
from vulkn_app.knowledge.sources import colours
from vulkn_app.knowledge.sources.archive import Archive
from vulkn_app.knowledge.sources.faults import Unreadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|t[ií]tulo|encabezado)\s*([1-6])|(title|t[ií]tulo|puesto)", re.IGNORECASE)
LONGEST_BOLD_HEADING = 100
SMALLEST = 4  # half points: what is no larger is not meant to be read

# What was moved away or deleted while changes are tracked, and the same text box again for an older Word.
_GONE = {f"{W}moveFrom", f"{W}del", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_MARKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": " ", f"{W}noBreakHyphen": "-"}


class _Looks(NamedTuple):
    """What the document's styles mean, by their ids: ranks of headings, and those that nobody sees."""

    levels: dict[str, int]
    hidden: frozenset[str]
    coloured: bool  # the page itself: white letters may be seen on it


def blocks(content: bytes) -> Iterator[Block]:
    archive = Archive(content)
    try:
        document = _parse(archive.read("word/document.xml"))
    except KeyError as problem:
        raise Unreadable("broken") from problem
    looks = _looks(archive, document)
    body = document.find(f"{W}body")
    for number, element in enumerate(body if body is not None else (), start=1):
        yield from _block(number, element, looks)


def _block(number: int, element: etree._Element, looks: _Looks) -> Iterator[Block]:
    if element.tag == f"{W}p":
        if said := _text(element, looks):
            yield Block(number, _level(element, said, looks.levels), said)
    elif element.tag == f"{W}tbl":
        for row in _rows(element, looks):
            yield Block(number, 0, row)
    elif element.tag == f"{W}sdt":
        for inner in element.iterfind(f"{W}sdtContent/*"):
            yield from _block(number, inner, looks)


def _rows(table: etree._Element, looks: _Looks) -> Iterator[str]:
    """Each row a line of its cells."""
    for row in _children(table, "tr"):
        cells = [_cell(cell, looks) for cell in _children(row, "tc")]
        if any(cells):
            yield " — ".join(cell for cell in cells if cell)


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Those of that name, in content controls too; those of a table within are its own."""
    for child in element:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent"):
            yield from _children(child, name)


def _cell(cell: etree._Element, looks: _Looks) -> str:
    said = [_text(line, looks) for line in _children(cell, "p")]
    said += [row for table in _children(cell, "tbl") for row in _rows(table, looks)]
    return " ".join(part for part in said if part)


def _text(paragraph: etree._Element, looks: _Looks) -> str:
    if _styled(paragraph, "pPr", "pStyle") in looks.hidden:
        return ""
    text = "".join(_words(paragraph, looks)).strip()
    return f"- {text}" if text and paragraph.find(f"{W}pPr/{W}numPr") is not None else text


def _words(element: etree._Element, looks: _Looks) -> Iterator[str]:
    for child in element:
        if child.tag in _GONE or (child.tag == f"{W}r" and _unseen(child, looks)):
            continue
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in _MARKS:
            yield _MARKS[child.tag]
        elif child.tag == f"{W}p":  # in a text box
            yield f"\n{_text(child, looks)}\n"
        else:
            yield from _words(child, looks)


def _unseen(run: etree._Element, looks: _Looks) -> bool:
    if any(_on(run, name) for name in ("vanish", "webHidden", "specVanish")):
        return True
    if _styled(run, "rPr", "rStyle") in looks.hidden or _small(run):
        return True
    ink = run.find(f"{W}rPr/{W}color")
    white = ink is not None and colours.alike(colours.of(f"#{ink.get(f'{W}val', '')}".lower()), colours.WHITE)
    return white and not looks.coloured and not _on_colour(run)


def _on_colour(run: etree._Element) -> bool:
    """Whether it may stand on another ground than the paper: its own, its paragraph's, a table's, a box's."""
    if run.find(f"{W}rPr/{W}shd") is not None or run.find(f"{W}rPr/{W}highlight") is not None:
        return True
    above = list(run.iterancestors(f"{W}p", f"{W}tbl", f"{W}txbxContent"))
    return any(one.tag != f"{W}p" or one.find(f"{W}pPr/{W}shd") is not None for one in above)


def _small(element: etree._Element) -> bool:
    size = element.find(f"{W}rPr/{W}sz")
    said = size.get(f"{W}val", "") if size is not None else ""
    return said.isdecimal() and int(said) <= SMALLEST


def _level(paragraph: etree._Element, said: str, levels: dict[str, int]) -> int:
    if level := levels.get(_styled(paragraph, "pPr", "pStyle"), 0):
        return level
    runs = [run for run in paragraph.iter(f"{W}r") if "".join(run.itertext()).strip()]
    short = len(said) <= LONGEST_BOLD_HEADING and "\n" not in said and not said.startswith("- ")
    ends = said.endswith((".", ",", ";"))
    return 5 if short and not ends and runs and all(_on(run, "b") for run in runs) else 0


def _styled(element: etree._Element, properties: str, name: str) -> str:
    style = element.find(f"{W}{properties}/{W}{name}")
    return style.get(f"{W}val", "") if style is not None else ""


def _on(run: etree._Element, name: str) -> bool:
    switch = run.find(f"{W}rPr/{W}{name}")
    return switch is not None and switch.get(f"{W}val", "1") not in ("0", "false", "off")


def _looks(archive: Archive, document: etree._Element) -> _Looks:
    """Styles' ids are in the language of the Word that made them."""
    coloured = document.find(f"{W}background") is not None
    try:
        styles = _parse(archive.read("word/styles.xml"))
    except KeyError:
        return _Looks({}, frozenset(), coloured)
    levels: dict[str, int] = {}
    hidden: set[str] = set()
    for style in styles.iter(f"{W}style"):
        key, name = style.get(f"{W}styleId", ""), style.find(f"{W}name")
        found = _HEADING.fullmatch((name.get(f"{W}val", "") if name is not None else "").strip())
        if found:
            levels[key] = int(found[1]) if found[1] else 1
        if _on(style, "vanish") or _small(style):
            hidden.add(key)
    return _Looks(levels, frozenset(hidden), coloured)


def _parse(content: bytes) -> etree._Element:
    """No entities, no network, no depth without end."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise Unreadable("broken") from problem
