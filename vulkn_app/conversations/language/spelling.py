"""How surely one word is Spanish or English: by the word lists, else by how else it is spelled, else by its letters."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from math import log

from vulkn_app.conversations.language.lexicon import SUREST, lexicon
from vulkn_app.conversations.language.reading import Word

# What an accent adds; the most that a word nobody knows may say; what an ending in it says.
_ACCENT, _GUESS, _ENDING = 4.0, 4.0, 2.0
# How far a run of letters counts, and a known word that the unknown one may stand for.
_RUN, _STANDS_FOR = 0.5, 0.7
_RARE_RUN = 2

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1+")
_RESPELLED = [
    (re.compile(pattern), as_written)
    for pattern, as_written in [
        (r"k(?=[ei])", "qu"),
        (r"k", "c"),
        (r"sh", "s"),
        (r"v", "b"),
        (r"b", "v"),
        (r"s(?=[ei])", "c"),
        (r"s", "z"),
        (r"z|c(?=[ei])", "s"),
        (r"^(?=[aeiou])", "h"),
        (r"y", "ll"),
        (r"ll", "y"),
        (r"j(?=[ei])", "g"),
        (r"g(?=[ei])", "j"),
        (r"a([ao]s?)$", r"ad\1"),
        (r"in$", "ing"),
    ]
]


@lru_cache(maxsize=50_000)
def score(letters: str, marked: bool = False) -> float | None:
    """Above zero for Spanish, up to 6, below for English; None for what is of no language."""
    accent = _ACCENT if marked else 0.0
    for spelling in _undrawn(letters):
        if spelling in lexicon().silent:
            return None
        if (known := lexicon().scores.get(spelling)) is not None:
            return max(-SUREST, min(SUREST, known + accent))
    return max(-_GUESS, min(_GUESS, _guess(_DOUBLE.sub(r"\1", letters)) + accent))


def known(word: Word) -> bool:
    """Whether the lists have the word, drawn out ("holaaa") or not."""
    return any(spelling in lexicon().scores for spelling in _undrawn(word.letters))


def _undrawn(letters: str) -> Iterator[str]:
    """As written, then with drawn-out letters shortened; a lone letter is no word drawn out."""
    yield letters
    for shorter in (
        _DRAWN_OUT.sub(r"\1\1", letters),
        _DRAWN_OUT.sub(r"\1", letters),
        _DOUBLE.sub(r"\1", letters),
    ):
        if shorter != letters and len(shorter) > 1:
            yield shorter


def _guess(letters: str) -> float:
    runs = _runs()
    guess = sum(_RUN * runs.get(run, 0.0) for run in _runs_of(letters))
    if len(letters) <= 3:
        return guess
    spanish, english = lexicon().endings
    guess += _ENDING * letters.endswith(spanish) - _ENDING * letters.endswith(english)
    stands_for = next(
        (lexicon().scores[other] for other in _respelled(letters) if other in lexicon().scores), None
    )
    return guess if stands_for is None else guess / 2 + _STANDS_FOR * stands_for


def _respelled(letters: str) -> Iterator[str]:
    """What it may be a hasty spelling of: "kiero", "aser", "coshita", "cansao"; "nothin"."""
    for pattern, as_written in _RESPELLED:
        if (other := pattern.sub(as_written, letters)) != letters:
            yield other


def _runs_of(letters: str) -> Iterator[str]:
    bounded = f"^{letters}$"
    for length in (3, 4):
        for start in range(len(bounded) - length + 1):
            yield bounded[start : start + length]


@cache
def _runs() -> dict[str, float]:
    """How much likelier each run of three or four letters is in a Spanish word, learnt from the lists."""
    spanish, english = Counter[str](), Counter[str]()
    words = [0, 0]
    for word, evidence in lexicon().scores.items():
        if abs(evidence) >= 1 and len(word) >= 3:
            (spanish if evidence > 0 else english).update(_runs_of(word))
            words[evidence > 0] += 1
    evens = log(words[1] / words[0])
    return {
        run: log((spanish[run] + 0.5) / (english[run] + 0.5)) - evens
        for run in spanish.keys() | english.keys()
        if spanish[run] + english[run] >= _RARE_RUN
    }
