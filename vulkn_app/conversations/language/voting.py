"""The language to answer in: that of most words of what a customer wrote.

A word alone may be of both languages ("a", "has", "come"), so each is judged with its neighbours: people change
language between words, but seldom. Then the words are counted.
"""

from math import exp, log
from typing import NamedTuple

from vulkn_app.conversations.language.lexicon import lexicon
from vulkn_app.conversations.language.reading import Word, words
from vulkn_app.conversations.language.spelling import known, score
from vulkn_app.i18n import Language

# How likely the next word is of the same language, and how sure (as a logarithm of odds) a word must be to count.
_STAYS = 0.8
_COUNTS = 1.0
# How far the conversation's language speaks for the first word.
_PREVIOUS = 0.7
# With fewer unknown words than this, a text is as likely a name.
_FEW = 2


class Votes(NamedTuple):
    spanish: int
    english: int


def detect(text: str, *, previous: Language | None, default: Language = "es") -> Language:
    """The language to answer in; `previous` is the conversation's so far.

    A text that says nothing of its language, is as much of one as of the other, or is in a third language
    keeps the conversation's, or has the default.
    """
    found = [word for word in _without_names(words(text)) if score(word.letters, word.marked) is not None]
    kept = previous or default
    if _is_foreign(found) or (previous and len(found) <= _FEW and not any(map(known, found))):
        return kept
    spanish, english = _count(found, previous)
    if spanish == english:
        return kept
    return "es" if spanish > english else "en"


def of_burst(texts: list[str], *, previous: Language | None, default: Language = "es") -> Language:
    """The language of several messages sent in a row: by the words of all of them."""
    return detect("\n".join(texts), previous=previous, default=default)


def warm() -> None:
    """Reads the word lists; takes some tenths of a second, so start-up does it in a thread."""
    score("bienvenidx")


def _without_names(found: list[Word]) -> list[Word]:
    """Without people's names and what is written as one: capitals that nothing explains and no list knows."""
    kept: list[Word] = []
    after_name = False
    for word in found:
        named = word.letters in lexicon().names or (word.capital and (after_name or not known(word)))
        after_name = named
        if not named:
            kept.append(word)
    return kept


def _is_foreign(found: list[Word]) -> bool:
    """More words of a third language than of Spanish alone or of English."""
    lists = lexicon()
    foreign = sum(word.letters in lists.foreign for word in found)
    if not foreign:
        return False
    ours = [
        lists.scores.get(word.letters, 0.0)
        for word in found
        if word.letters not in lists.foreign | lists.shared
    ]
    return foreign > sum(evidence >= 2 for evidence in ours) and foreign > sum(
        evidence <= -2 for evidence in ours
    )


def _count(found: list[Word], previous: Language | None) -> Votes:
    first = {"es": _PREVIOUS, "en": -_PREVIOUS, None: 0.0}[previous]
    judged = _with_neighbours([score(word.letters, word.marked) or 0.0 for word in found], first)
    return Votes(sum(odds > _COUNTS for odds in judged), sum(odds < -_COUNTS for odds in judged))


def _with_neighbours(scores: list[float], first: float) -> list[float]:
    """Each word's odds given all the others: a chain of two states, judged forwards and backwards."""
    before, after = _carried(scores, first), _carried(scores[::-1], 0.0)[::-1]
    return [sum(evidence) for evidence in zip(before, scores, after, strict=True)]


def _carried(scores: list[float], first: float) -> list[float]:
    """What the words before each say of it."""
    carried = [first]
    for own in scores:
        odds = exp(carried[-1] + own)
        carried.append(log((odds * _STAYS + 1 - _STAYS) / (odds * (1 - _STAYS) + _STAYS)))
    return carried[:-1]
