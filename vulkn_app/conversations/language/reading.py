"""What of a text are words, and which of them look like names."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Addresses, links, mentions, numbers and prices belong to no language.
_NOT_WORDS = re.compile(r"[@#\d]|//|^www\.|\.(?:com|net|org|mx|io|app|es)\W*$", re.IGNORECASE)
_LONGEST = 40
# "don't", "don\u2019t" and the taken-apart "do n't" are all "dont"; "Ana's" is "Ana".
_PULLED_APART = re.compile(r"\s+(?=(?:n['\u2019]t|['\u2019](?:s|m|d|t|re|ll|ve))\b)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?<!\bit)(?<!\bthat)(?<!\bwhat)(?<!\bhe)(?<!\bshe)['\u2019]s\b", re.IGNORECASE)
_APOSTROPHES = re.compile("['\u2019]")
_LETTERS = re.compile("[^\\W\\d_]+")
_ENDS = re.compile(r"[.!?:;\u2026\u00a1\u00bf]|^[-*\u2022\u2013]$")
MOST_WORDS = 400


class Word(NamedTuple):
    letters: str
    """Lower case, without accents."""
    marked: bool
    """Had an accent, or an ñ."""
    capital: bool
    """Begins with a capital that no sentence's beginning explains."""


def words(text: str) -> list[Word]:
    """The words of `text` that can have a language, in order; of a very long text only the beginning."""
    text = _APOSTROPHES.sub("", _POSSESSIVE.sub("", _PULLED_APART.sub("", text[: MOST_WORDS * 10])))
    return list(_words(text, shouting=text.isupper()))[:MOST_WORDS]


def _words(text: str, *, shouting: bool) -> Iterator[Word]:
    begins = True
    for piece in text.split():
        if len(piece) <= _LONGEST and not _NOT_WORDS.search(piece):
            for letters in _LETTERS.findall(piece):
                capital = letters[0].isupper() and not (begins or shouting or letters == "I")
                plain = fold(letters)
                yield Word(plain, plain != letters.lower(), capital)
                begins = False
        begins = begins or bool(_ENDS.search(piece))


@lru_cache(maxsize=20_000)
def fold(letters: str) -> str:
    """Lower case, without accents; ñ is n, because that is how people type it in a hurry."""
    decomposed = unicodedata.normalize("NFD", letters.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
