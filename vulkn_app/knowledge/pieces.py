"""Long texts in pieces that an answer can be found in, cut where a reader would pause."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vulkn_app.knowledge.drafts import LONGEST_GIVEN_TITLE, Draft, draft_of

LONGEST = 1_500  # characters of one entry made from a document

_PAUSES = (re.compile(r"\n{2,}"), re.compile(r"\n"), re.compile(r"(?<=[.!?;])\s+"), re.compile(r"\s+"))
_QUESTION = re.compile(r"¿?[^\n?]{6,158}\?")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a document; `level` 1 to 6 makes it a heading, 0 is text. `line`: its line or page."""

    line: int
    level: int
    text: str


def pieces(text: str, longest: int = LONGEST) -> Iterator[str]:
    """`text` in parts of at most `longest` characters, none empty."""
    rest = text.strip()
    while len(rest) > longest:
        cut = _cut(rest, longest)
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def _cut(text: str, longest: int) -> int:
    """The last good pause, not in the first third: a paragraph's end before a sentence's before a word's."""
    for pause in _PAUSES:
        ends = [found.start() for found in pause.finditer(text, longest // 3, longest + 1)]
        if ends:
            return ends[-1]
    return longest


def entries(blocks: Iterable[Block], name: str, *, title: str = "") -> Iterator[Draft]:
    """One draft a heading with what stands under it. A heading with nothing of its own under it names the ones
    below ("Entradas: Edamame"); text before any heading belongs to `title`, the document's."""
    path: list[tuple[int, str, bool]] = []  # level, heading, whether it has text of its own
    line, below = 1, []
    for block in (*blocks, Block(0, 1, "")):
        level = block.level or (6 if _QUESTION.fullmatch(block.text) else 0)
        if not level:
            line = line if below else block.line
            below.append(block.text)
            continue
        yield from _entry(line, path, below, name, title)
        if below and path:
            path[-1] = (*path[-1][:2], True)
        path = [one for one in path if one[0] < level]
        path.append((level, block.text.strip(), False))
        line, below = block.line, []


def _entry(
    line: int, path: list[tuple[int, str, bool]], below: list[str], name: str, title: str
) -> Iterator[Draft]:
    if not path:
        heading = title
    else:
        # A question says what it is about by itself.
        lonely = len(path) < 2 or path[-2][2] or path[-1][1].endswith("?")
        empty_parent = "" if lonely else path[-2][1]
        heading = f"{empty_parent}: {path[-1][1]}" if empty_parent else path[-1][1]
    for piece in pieces("\n".join(below)):
        cells = {"title": " ".join(heading.split())[:LONGEST_GIVEN_TITLE].rstrip(), "body": piece}
        yield draft_of(line, cells, name, suits="document")
