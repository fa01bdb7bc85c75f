"""The word lists of this folder: which words are Spanish, English, either's or another language's."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from vulkn_app.knowledge.lexicon import CONCEPTS

_FOLDER = Path(__file__).parent
SUREST = 6.0
_CHAT, _BUSINESS, _FAINT = 5.0, 4.0, 1.5
# Words of both languages, and lone letters ("d" is "de" and "the"), say little.
_LITTLE = 1.0


class Lexicon(NamedTuple):
    scores: dict[str, float]
    """How much likelier a word is Spanish than English: a logarithm between -6 and 6."""
    small: dict[str, float]
    """The words that alone tell the language of a sentence."""
    silent: frozenset[str]
    names: frozenset[str]
    articles: frozenset[str]
    foreign: frozenset[str]
    shared: frozenset[str]
    """Spanish words that Portuguese, French or Italian have too."""
    endings: tuple[tuple[str, ...], tuple[str, ...]]
    """Spanish ones, English ones."""


@cache
def lexicon() -> Lexicon:
    """The word lists, read once."""
    everyday, elsewhere = _sections("everyday.txt"), _sections("elsewhere.txt")
    both = everyday["both"]
    small = _scored(everyday, "small", SUREST)
    scores = _of_business()
    scores |= {word: float(score) for score, found in _sections("frequent.txt").items() for word in found}
    scores |= {word: _at_most(_LITTLE, score) for word, score in scores.items() if len(word) == 1}
    scores |= _scored(everyday, "chat", _CHAT) | small
    scores |= {word: _at_most(_LITTLE, scores.get(word, 0.0)) for word in both}
    scores |= _scored(everyday, "faint", _FAINT)
    return Lexicon(
        scores,
        {word: score for word, score in small.items() if word not in both},
        frozenset(everyday["silent"]),
        frozenset(everyday["names"]),
        frozenset(everyday["articles"]),
        frozenset(elsewhere["foreign"]) - small.keys(),
        frozenset(elsewhere["shared"]),
        (tuple(everyday["endings spanish"]), tuple(everyday["endings english"])),
    )


def _sections(file: str) -> dict[str, list[str]]:
    """The words under each `[heading]` of a word list."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (_FOLDER / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            current.extend(line.split())
    return found


def _of_business() -> dict[str, float]:
    """Words of shops that are too rare elsewhere to be among the frequent: "agendar", "profilaxis"."""
    halves = [line.partition("|")[::2] for line in CONCEPTS.strip().splitlines()]
    spanish = {word for half, _ in halves for word in half.split()}
    english = {word for _, half in halves for word in half.split()}
    return dict.fromkeys(spanish - english, _BUSINESS) | dict.fromkeys(english - spanish, -_BUSINESS)


def _scored(everyday: dict[str, list[str]], kind: str, score: float) -> dict[str, float]:
    return dict.fromkeys(everyday[f"{kind} spanish"], score) | dict.fromkeys(
        everyday[f"{kind} english"], -score
    )


def _at_most(limit: float, score: float) -> float:
    return max(-limit, min(limit, score))
