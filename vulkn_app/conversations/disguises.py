"""Instructions told otherwise than word by word: in base64, backwards, letter by letter, or a rule in Spanish; and
the names of our fences and tools, which no customer needs."""

import base64
import binascii
import codecs
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache, lru_cache
from math import ceil
from typing import NamedTuple

from vulkn_app.knowledge.lexicon import related
from vulkn_app.knowledge.words import fold, stem, telling_words
from vulkn_app.skills.catalogue import ALL

# Letters in a row, whatever stands between them; about eight words.
LETTERS = 36
# A rule of so many telling words is told once this share of them is in one sentence. Ordinary answers (1,000 sentences
# of real dialogues) share 40 % at most, a translation 60 to 90.
TELLING, SHARE = 8, 0.6

_WORD = re.compile(r"[^\W_]+")
# Nothing that a business says is this long and unbroken but a link.
_CODED = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_STOP = re.compile(r"[.!?\n]")
_RULE = re.compile(r"(?<=[.:])\s+|\n- ")


class Revealed(Exception):
    """The draft was about to repeat its instructions. What was held of them is never shown."""


class Part(NamedTuple):
    """One telling word of a rule, and how many of that rule's tell it."""

    rule: int
    word: str
    enough: int


class Disguised:
    """Texts to be kept, ready to be known again. `free`: words that everybody may say."""

    def __init__(self, texts: Iterable[str], free: frozenset[str]) -> None:
        text = "\n- ".join(texts)
        letters = "".join(word for word in _WORD.findall(text.casefold()) if word not in free)
        # Forwards, backwards and turned by thirteen.
        self._letters = "\n".join((letters, letters[::-1], codecs.encode(letters, "rot13")))
        self._parts: dict[str, list[Part]] = {}
        for number, rule in enumerate(_RULE.split(text)):
            telling = {stem(word) for word in telling_words(rule) if word not in free}
            if len(telling) >= TELLING:
                self._file(number, telling)

    def spells(self, letters: str) -> bool:
        return letters in self._letters

    def tells(self, text: str) -> bool:
        letters = "".join(_WORD.findall(text.casefold()))
        return any(self.spells(letters[at : at + LETTERS]) for at in range(len(letters) - LETTERS + 1))

    def parts(self, word: str) -> list[Part]:
        """What a word, in either language, may be of."""
        return self._parts.get(_root(word), [])

    def _file(self, number: int, telling: set[str]) -> None:
        part = (number, ceil(len(telling) * SHARE))
        for one in telling:
            for word in {one, *related(one)}:
                self._parts.setdefault(word, []).append(Part(part[0], one, part[1]))


class Watch:
    """One draft's. Both raise Revealed."""

    def __init__(self, kept: Disguised, free: frozenset[str]) -> None:
        self._kept = kept
        self._free = free
        self._letters = ""
        self._told: dict[int, set[str]] = {}  # of which rules which words, in this sentence

    def word(self, word: str, between: str) -> None:
        """The next word, and what stands before it."""
        if word not in self._free:
            self._letters = (self._letters + word)[-LETTERS:]
        if len(self._letters) == LETTERS and self._kept.spells(self._letters):
            raise Revealed
        if between != " " and _STOP.search(between):
            self._told.clear()
        for part in self._kept.parts(word):
            told = self._told.setdefault(part.rule, set())
            told.add(part.word)
            if len(told) >= part.enough:
                raise Revealed

    def coded(self, text: str, begin: int, *, ended: bool) -> int:
        """Up to where no word stands that may be words in another writing and go on."""
        begin = max(text.rfind(" ", 0, begin), text.rfind("\n", 0, begin)) + 1
        if _inner_names().search(text, begin):
            raise Revealed
        for found in _CODED.finditer(text, begin):
            if found.end() == len(text) and not ended:
                return found.start()
            if any(self._kept.tells(told) for told in _decoded(found.group())):
                raise Revealed
        return len(text)


@lru_cache(maxsize=20_000)
def _root(word: str) -> str:
    return stem(fold(word))


@cache
def _inner_names() -> re.Pattern[str]:
    tools = [tool.name for skill in ALL.values() for tool in skill.tools if "_" in tool.name]
    fences = "knowledge|found|tools?|skills?|now|language|customer|interrupted_answer"
    return re.compile(rf"</?(?:{fences})>|\b(?:{'|'.join(map(re.escape, tools))})\b")


def _decoded(coded: str) -> Iterator[str]:
    """What a word says in base64 or in hexadecimal digits."""
    with suppress(ValueError, binascii.Error):
        yield base64.b64decode(
            coded + "=" * (-len(coded) % 4), altchars=b"-_" if "-" in coded else None
        ).decode()
    with suppress(ValueError):
        yield bytes.fromhex(coded).decode()
