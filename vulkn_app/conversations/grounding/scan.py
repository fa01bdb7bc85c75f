"""A text cut into words and signs, with what was said so far in the sentence."""

import re
from typing import Literal, NamedTuple

from vulkn_app.conversations.grounding.numbers import Number, number
from vulkn_app.conversations.grounding.words import (
    ABBREVIATIONS,
    FUNCTION_WORDS,
    OPENING_WORDS,
    PRICE_WORDS,
    WEEKDAYS,
)

Kind = Literal[
    "price",
    "percent",
    "date",
    "hour",
    "phone",
    "address",
    "link",
    "email",
    "number",
    "name",
    "claim",
    "promise",
]

# Marks of emphasis are no part of what is said.
LEX = re.compile(
    r"[0-9]+(?::[0-9]{2}){1,2}(?![0-9])|[0-9]+(?:/[0-9]+){1,2}|[0-9]+(?:[.,'][0-9]+)*|[^\W\d_]+|[^\w\s*~`]|\n"
)
DIGITS = frozenset("0123456789")
_ENDS = frozenset(".!?;\n")
# What `pass_by` wants to hear of.
NOTED = _ENDS | PRICE_WORDS | OPENING_WORDS | frozenset(WEEKDAYS)


class Figure(NamedTuple):
    """Something that must be true: `value` (with `unit`) is the same for every way of writing it.

    price: amount, currency ("" when only "$" or nothing says it; the value "free" for what costs nothing).
    hour: "09:00"; unit "12h" when afternoon is possible too. date: "03-15" with the year as unit, "--15",
    "03", a weekday "mon", weekdays "mon-fri", days from today "+1". number: amount and what is counted,
    time as minutes or months, with the number as written as `told`. phone: digits. link: host and path, or "@name".
    address: its words, sorted. name: its words.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: str
    unit: str = ""
    told: str = ""


# One figure or several, and the token behind them.
Read = tuple[Figure, int] | None
Reads = tuple[list[Figure], int] | None


class Scan:
    """`words[i]` begins at `starts[i]`. `priced`, `opening`: such a word stands before in this sentence.

    `source`: the text is somebody's knowledge, where bare numbers count as well."""

    def __init__(self, text: str, folded: str, taken: list[Figure], *, source: bool) -> None:
        self.text = text
        self.source = source
        for figure in taken:
            blank = "\x01".ljust(figure.end - figure.start)  # a sign that no reader knows
            folded = f"{folded[: figure.start]}{blank}{folded[figure.end :]}"
        found = [(match.group(), match.start()) for match in LEX.finditer(folded)]
        self.words = [word for word, _ in found]
        self.starts = [start for _, start in found]
        self.size = len(found)
        self.priced = False
        self.opening = False

    def word(self, at: int) -> str:
        """ "" outside the text, so that looking around needs no bounds."""
        return self.words[at] if 0 <= at < self.size else ""

    def glued(self, at: int) -> bool:
        """Whether a token touches the one before it."""
        return 0 < at < self.size and self.starts[at] == self.starts[at - 1] + len(self.words[at - 1])

    def capital(self, at: int) -> bool:
        return 0 <= at < self.size and self.text[self.starts[at]].isupper()

    def number(self, at: int) -> Number | None:
        return number(self.words, at) if 0 <= at < self.size else None

    def noun(self, at: int) -> bool:
        """Whether a plain word stands here that a number before it may count."""
        word = self.word(at)
        return len(word) > 3 and word.isalpha() and word not in FUNCTION_WORDS and not self.capital(at)

    def figure(self, kind: Kind, first: int, after: int, value: str, unit: str = "") -> Figure:
        """From one token up to but not including another."""
        start = self.starts[first]
        end = self.starts[after - 1] + len(self.words[after - 1])
        return Figure(kind, self.text[start:end], start, end, value, unit)

    def pass_by(self, at: int) -> None:
        """Notes what a word says about the rest of its sentence."""
        word = self.words[at]
        if word in _ENDS:
            inside = word != "\n" and self.glued(at + 1)
            shortened = word == "." and self.glued(at) and self.word(at - 1) in ABBREVIATIONS
            if not inside and not shortened:
                self.priced = self.opening = False
        elif word in PRICE_WORDS:
            self.priced = True
        elif word in OPENING_WORDS or word in WEEKDAYS:
            self.opening = True
