"""Web pages: what a visitor sees, and nothing that only a machine would."""

import re
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.html
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - compiled, without types

from vulkn_app.knowledge.pieces import Block
from vulkn_app.knowledge.sources import colours, styles
from vulkn_app.knowledge.sources.colours import Colour
from vulkn_app.knowledge.sources.faults import Unreadable
from vulkn_app.knowledge.sources.styles import Styles

MOST_LINKS = 300
DEEPEST = 200

_NEVER = {
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas", "video", "audio",
    "nav", "form", "select", "textarea", "input", "head", "dialog", "map", "math",
}  # fmt: skip
_PARAGRAPHS = {
    "p", "div", "section", "article", "main", "header", "footer", "aside", "ul", "ol", "dl", "li", "dd", "table",
    "blockquote", "pre", "figure", "figcaption", "address", "details", "tbody", "thead", "hr", "fieldset", "body",
}  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "dt": 6, "summary": 6}
_NOISE = re.compile(r"(?:^|[-_ ])(?:cookies?|gdpr|consent|newsletter|breadcrumbs?|popup|modal|skip-link|navbar|sr-only|visually-hidden|screen-reader-text)(?:$|[-_ ])", re.IGNORECASE)  # fmt: skip
# Letters that nobody sees and a model reads: tags, joiners without anything to join, direction marks.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]")  # fmt: skip


class Page(NamedTuple):
    title: str
    blocks: list[Block]
    links: list[str]


def read(text: str, address: str = "") -> Page:
    """`address` makes links whole."""
    try:
        parser = lxml.html.HTMLParser(
            encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False
        )
        root = lxml.html.document_fromstring(text.encode("utf-8", "ignore"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as problem:
        raise Unreadable("file_empty") from problem
    title = " ".join((root.findtext(".//title") or "").split())
    links = _links(root, address)
    body = root.find("body")
    sheets = Styles(root)
    walker = _Walker(sheets, paper=_ground(root, sheets))
    walker.walk(body if body is not None else root)
    walker.end()
    return Page(_seen(title), walker.blocks, links)


def _seen(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", text).split())


class _Walker:
    """Goes through the page once, and keeps a paragraph's words until it ends."""

    def __init__(self, sheets: Styles, *, ink: Colour | None = None, paper: Colour | None = None) -> None:
        self.sheets, self.blocks = sheets, []
        self.ink, self.paper = ink, paper  # of letters and ground, where the page says so
        self.tiny = False
        self._words: list[str] = []
        self._bold, self._link = 0, 0  # how many such elements are open
        self._plain, self._free = False, False  # whether any word stands outside of them

    def walk(self, element: etree._Element, depth: int = 0) -> None:
        if depth > DEEPEST:
            raise Unreadable("broken")
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _NEVER:
            return
        declared = self.sheets.of(element)
        if _is_hidden(element) or styles.unseen(declared):
            return
        before = self.ink, self.paper, self.tiny
        self._paint(declared)
        self._enter(tag, element, depth)
        self.ink, self.paper, self.tiny = before

    def _paint(self, declared: styles.Declared) -> None:
        if colour := declared.get("color"):
            self.ink = colours.of(colour)
        own, ground = styles.paper(declared)
        self.paper = ground if own else self.paper
        self.tiny = styles.tiny(declared, self.tiny)

    def _enter(self, tag: str, element: etree._Element, depth: int) -> None:
        if tag == "tr":
            self._row(element, depth)
        elif tag in _HEADINGS:
            self.end()
            self._inside(element, depth)
            self.end(level=_HEADINGS[tag])
        elif tag in _PARAGRAPHS:
            self.end()
            self._words += ["- "] if tag == "li" else []
            self._inside(element, depth)
            self.end()
        elif tag == "br":
            self.end()
        else:
            strong, link = tag in ("b", "strong"), tag == "a"
            self._bold, self._link = self._bold + strong, self._link + link
            self._inside(element, depth)
            self._bold, self._link = self._bold - strong, self._link - link

    def end(self, *, level: int = 0) -> None:
        """A paragraph is over. What is only a short link ("Inicio", "Leer más") leads on and says nothing."""
        said = _seen("".join(self._words))
        bold = said and not self._plain and len(said) <= 100 and not said.endswith((".", ",", ";", "-"))
        way_on = not self._free and not level and len(said) <= 40 and not re.search(r"[\d?]", said)
        if said.strip("-—•| ") and not way_on:
            self.blocks.append(Block(len(self.blocks) + 1, level or (5 if bold else 0), said))
        self._words, self._plain, self._free = [], False, False

    def _inside(self, element: etree._Element, depth: int) -> None:
        self._say(element.text)
        for child in element:
            self.walk(child, depth + 1)
            self._say(child.tail)

    def _say(self, text: str | None) -> None:
        if text and not self.tiny and not colours.alike(self.ink, self.paper):
            self._words.append(text)
            self._plain = self._plain or (not self._bold and bool(text.strip()))
            self._free = self._free or (not self._link and bool(text.strip()))

    def _row(self, row: etree._Element, depth: int) -> None:
        """A table's row is a line of its cells."""
        self.end()
        cells = []
        for cell in row:
            if cell.tag not in ("td", "th") or _is_hidden(cell):
                continue
            if not styles.unseen(declared := self.sheets.of(cell)):
                inner = _Walker(self.sheets, ink=self.ink, paper=self.paper)
                inner._paint(declared)
                inner.walk_cell(cell, depth + 1)
                cells.append(" ".join(block.text for block in inner.blocks))
        if any(cells):
            self.blocks.append(Block(len(self.blocks) + 1, 0, " — ".join(cell for cell in cells if cell)))

    def walk_cell(self, cell: etree._Element, depth: int) -> None:
        self._inside(cell, depth)
        self.end()


def _is_hidden(element: etree._Element) -> bool:
    """By the page's own word, or as what every page carries besides."""
    if element.tag == "button" and not "".join(element.itertext()).strip().endswith("?"):
        return True  # "Comprar"; a question is one that unfolds its answer
    if element.get("hidden") not in (None, "until-found") or element.get("popover") is not None:
        return True
    if (element.get("aria-hidden") or "").strip().lower() == "true":
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return element.tag not in ("body", "html", "main") and bool(_NOISE.search(names))


def _ground(root: etree._Element, sheets: Styles) -> Colour | None:
    own, ground = styles.paper(sheets.of(root))
    return ground if own else sheets.paper


def _links(root: etree._Element, address: str) -> list[str]:
    """The page's links to the same site, in its order."""
    if not address:
        return []
    found: dict[str, None] = {}
    for link in root.iter("a"):
        try:
            whole = urldefrag(urljoin(address, (link.get("href") or "").strip()))[0]
            same = urlsplit(whole).netloc == urlsplit(address).netloc and whole.startswith(
                ("http://", "https://")
            )
        except ValueError:
            continue
        if same and "nofollow" not in (link.get("rel") or "") and len(whole) <= 500:
            found[whole] = None
    return list(found)[:MOST_LINKS]
