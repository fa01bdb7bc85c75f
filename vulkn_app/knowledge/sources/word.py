"""Word documents: headings, paragraphs and tables in their order. Text that the document hides is not read."""

import re
from collections.abc import Iterator

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - compiled, without types

from vulkn_app.knowledge.pieces import Block
from vulkn_app.knowledge.sources.archive import Archive
from vulkn_app.knowledge.sources.faults import Unreadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|t[ií]tulo|encabezado)\s*([1-6])|(title|t[ií]tulo|puesto)", re.IGNORECASE)
LONGEST_BOLD_HEADING = 100


def blocks(content: bytes) -> Iterator[Block]:
    archive = Archive(content)
    try:
        document = _parse(archive.read("word/document.xml"))
    except KeyError as problem:
        raise Unreadable("broken") from problem
    levels = _levels(archive)
    body = document.find(f"{W}body")
    for number, element in enumerate(body if body is not None else (), start=1):
        yield from _block(number, element, levels)


def _block(number: int, element: etree._Element, levels: dict[str, int]) -> Iterator[Block]:
    if element.tag == f"{W}p":
        if said := _text(element):
            yield Block(number, _level(element, said, levels), said)
    elif element.tag == f"{W}tbl":
        for row in element.iter(f"{W}tr"):
            cells = [
                " ".join(_text(line) for line in cell.iter(f"{W}p")).strip() for cell in row.iter(f"{W}tc")
            ]
            if any(cells):
                yield Block(number, 0, " — ".join(cell for cell in cells if cell))
    elif element.tag == f"{W}sdt":
        for inner in element.iterfind(f"{W}sdtContent/*"):
            yield from _block(number, inner, levels)


def _text(paragraph: etree._Element) -> str:
    said: list[str] = []
    for run in paragraph.iter(f"{W}r"):
        if _on(run, "vanish") or _on(run, "webHidden"):
            continue
        for part in run:
            if part.tag == f"{W}t":
                said.append(part.text or "")
            elif part.tag in (f"{W}br", f"{W}cr"):
                said.append("\n")
            elif part.tag in (f"{W}tab", f"{W}noBreakHyphen"):
                said.append(" " if part.tag == f"{W}tab" else "-")
    text = "".join(said).strip()
    return f"- {text}" if text and paragraph.find(f"{W}pPr/{W}numPr") is not None else text


def _level(paragraph: etree._Element, said: str, levels: dict[str, int]) -> int:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    if style is not None and (level := levels.get(style.get(f"{W}val", ""), 0)):
        return level
    runs = [run for run in paragraph.iter(f"{W}r") if "".join(run.itertext()).strip()]
    short = len(said) <= LONGEST_BOLD_HEADING and "\n" not in said and not said.startswith("- ")
    ends = said.endswith((".", ",", ";"))
    return 5 if short and not ends and runs and all(_on(run, "b") for run in runs) else 0


def _on(run: etree._Element, name: str) -> bool:
    switch = run.find(f"{W}rPr/{W}{name}")
    return switch is not None and switch.get(f"{W}val", "1") not in ("0", "false", "off")


def _levels(archive: Archive) -> dict[str, int]:
    """Which styles are headings, and of what rank; their ids are in the language of the Word that made them."""
    try:
        styles = _parse(archive.read("word/styles.xml"))
    except KeyError:
        return {}
    levels: dict[str, int] = {}
    for style in styles.iter(f"{W}style"):
        name = style.find(f"{W}name")
        found = _HEADING.fullmatch((name.get(f"{W}val", "") if name is not None else "").strip())
        if found:
            levels[style.get(f"{W}styleId", "")] = int(found[1]) if found[1] else 1
    return levels


def _parse(content: bytes) -> etree._Element:
    """No entities, no network, no depth without end."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise Unreadable("broken") from problem
