"""True prices of the wrong thing: "la limpieza cuesta $900" where 900 is what whitening costs.

Prices are filed with the words they stand with. One is refused only where nothing that it is said of stands with it
anywhere, and the thing that is named has another price of its own; whatever is unclear passes."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from vulkn_app.conversations.grounding.figures import stated
from vulkn_app.conversations.grounding.scan import Figure
from vulkn_app.conversations.grounding.subjects import Subject, subject
from vulkn_app.conversations.grounding.words import fold
from vulkn_app.knowledge.lexicon import related

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_NOBODY: Subject = frozenset()
# By which a source says that something costs nothing, besides the figures that say so.
FREE_HINTS = (
    "por nuestra cuenta",
    "no tiene costo",
    "no se cobra",
    "on the house",
    "on us",
    "cortesia",
    "inclu",
    "complimentary",
    "no charge",
    "no cost",
    "sin cobro",
)
# A bare number of a list ("cleaning 850") is a price; a small one may count anything.
_LEAST_BARE = 10


class Place(NamedTuple):
    """A price where it stands. `own`: the words that are its alone in its sentence; `wide`: all it may be about;
    `head`: what its entry is called first and foremost."""

    entry: str
    value: str
    own: Subject
    wide: Subject
    title: Subject
    head: Subject


@dataclass(frozen=True)
class Prices:
    """Of an organization's entries. `named`: in how many entries' titles a word stands."""

    by_value: Mapping[str, Sequence[Place]] = field(default_factory=dict)
    by_word: Mapping[str, Sequence[Place]] = field(default_factory=dict)
    named: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def build(cls, entries: Iterable[tuple[str, str, str, str]]) -> "Prices":
        """From id, title, text and examples. About 0.05 ms each."""
        by_value: dict[str, list[Place]] = {}
        by_word: dict[str, list[Place]] = {}
        named: Counter[str] = Counter()
        for entry, title, text, examples in entries:
            named.update(subject(title))
            for known in _places(title, text, examples):
                place = known._replace(entry=entry)
                by_value.setdefault(place.value, []).append(place)
                for word in place.own | place.title:
                    by_word.setdefault(word, []).append(place)
        return cls(by_value, by_word, named)

    def misplaced(self, figure: Figure, text: str, asked: str, *, ended: bool) -> bool:
        """Whether a price of `text` belongs to another thing than it is said of, as far as its sentence goes.

        `asked`: what the customer wants to know, for an answer that names nothing; nobody can say that of a sentence
        that has not `ended`."""
        here = self.by_value.get(figure.value, ())
        if not here:
            return False
        own, wide = _said_of(figure, text)
        if not wide:
            if not ended:
                return True
            own = wide = subject(text[: figure.start]) | subject(asked)
        strange = (
            word for word in wide if word not in self.by_word
        )  # another language's, or the customers' own
        meant = wide | {other for word in strange for other in related(word)}
        right = [place for place in here if place.wide & meant]
        if right:
            return all(self._a_siblings(place, own, meant) for place in right)
        rivals = {
            place for word in own for place in self.by_word.get(word, ()) if place.value != figure.value
        }
        return any(self._is(rival, own, subject(asked) | wide, here) for rival in rivals)

    def _is(self, rival: Place, own: Subject, context: Subject, here: Sequence[Place]) -> bool:
        """Whether a thing is what is named: all its words, or the one that no other entry is called by."""
        if rival.own and rival.own <= own:
            return True
        if rival.entry in {place.entry for place in here}:
            return False
        if rival.title and rival.title <= own:
            return True
        alone = {word for word in rival.head & own if self.named.get(word) == 1}
        return bool(alone) and not any(place.wide & context for place in here)

    def _a_siblings(self, place: Place, own: Subject, meant: Subject) -> bool:
        """ "Corte de caballero: $350" where dama's is 350 and caballero's 220, both of one entry."""
        mine = place.own - place.title
        for rival in (p for word in own for p in self.by_word.get(word, ()) if p.entry == place.entry):
            its, only = rival.own - place.own - rival.title, mine - rival.own
            if rival.value != place.value and its and its <= own and only and not only & meant:
                return True
        return False


@lru_cache(maxsize=4_096)  # an edit changes one entry of many
def _places(title: str, text: str, examples: str) -> tuple[Place, ...]:
    called = subject(title)
    sentences = [(sentence, *_priced(sentence)) for sentence in _SENTENCE.split(text) if sentence.strip()]
    general = called | subject(examples)
    for sentence, prices, _ in sentences:
        if not prices:
            general |= subject(sentence)
    found = [pair for _, prices, shares in sentences for pair in zip(prices, shares, strict=True)]
    if len({price.value for price, _ in found}) == 1:
        general |= subject(text)
    else:  # what one of several has for itself is not everybody's
        general -= _NOBODY.union(*(own for _, own in found))
    found += [
        (Figure("price", "", 0, 0, "free"), subject(sentence))
        for sentence, _, _ in sentences
        if any(hint in fold(sentence) for hint in FREE_HINTS)
    ]
    words = title.split()
    head = subject(words[0]) | subject(words[-1]) if words else _NOBODY
    return tuple(Place("", price.value, own, own | general | called, called, head) for price, own in found)


@lru_cache(maxsize=1_024)  # a sentence is looked at once for each of its prices, and when all has been said
def _priced(sentence: str) -> tuple[list[Figure], list[Subject]]:
    """A sentence's prices, and which of its words each of them has."""
    prices = [f for f in stated(sentence) if f.kind == "price" or _bare(f)]
    return prices, _shares(sentence, prices)


def forget() -> None:
    """Keeps no sentence of anybody's."""
    _places.cache_clear()
    _priced.cache_clear()


def _bare(figure: Figure) -> bool:
    return figure.kind == "number" and not figure.unit and float(figure.value) >= _LEAST_BARE


def _shares(sentence: str, prices: list[Figure]) -> list[Subject]:
    """Which words of a sentence each of its prices has: those before it, or behind it, as the sentence does it."""
    if not prices:
        return []
    edges = [0, *(price.end for price in prices)]
    before = [subject(sentence[a : price.start]) for a, price in zip(edges, prices, strict=False)]
    stops = [*(price.start for price in prices[1:]), len(sentence)]
    behind = [subject(sentence[price.end : b]) for price, b in zip(prices, stops, strict=True)]
    if len(prices) < 2 or bool(before[0]) == bool(behind[-1]):
        return [a | b for a, b in zip(before, behind, strict=True)]
    return before if before[0] else behind


def _said_of(figure: Figure, text: str) -> tuple[Subject, Subject]:
    """The words that name what an answer's price is said of, and all that may."""
    start = max((m.end() for m in _SENTENCE.finditer(text, 0, figure.start)), default=0)
    end = next((m.start() for m in _SENTENCE.finditer(text, figure.end)), len(text))
    sentence = text[start:end]
    prices, shares = _priced(sentence)
    at = next((n for n, price in enumerate(prices) if price.start == figure.start - start), None)
    if at is None:
        return subject(sentence), subject(sentence)
    before = subject(sentence[prices[at - 1].end if at else 0 : prices[at].start])
    return before or shares[at], shares[at]
