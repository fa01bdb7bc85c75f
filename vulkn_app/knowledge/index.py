"""An organization's knowledge as one process holds it: an index that finds, and says how sure it is.

A question's words are looked up as they are, by concept (lexicon) and by how they sound (n-grams), each
weighted by how rare it is. What counts is the share of the question that an entry covers, as a whole
and in its best single sentence, title or example; that share compares across questions, so one
threshold can decline. Small arrays in pure Python: about 7 KB and 0.2 ms of building an entry.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from vulkn_app.i18n import Language
from vulkn_app.knowledge.lexicon import related
from vulkn_app.knowledge.postings import Postings
from vulkn_app.knowledge.sounds import Sounds
from vulkn_app.knowledge.words import SOFT_WORDS, stem, telling_words

# Chosen on questions in the language of the knowledge: keeps 98 % of the answerable, declines 93-96 % of the
# others. Across languages the same figure keeps some 90 % and declines 90 %.
ANSWERABLE = 0.27

CONCEPT = 0.7
SOFT = 0.25
BEST_PASSAGE = 0.4
VERBOSITY = 0.2
# A question shares fewer words with an entry in the other language: what is as sure there as ANSWERABLE is here,
# and the most that such an entry can reach, so that of twins the one in the customer's language wins.
FOREIGN_ANSWERABLE, FOREIGN_BEST = 0.19, 0.92
OTHER_LANGUAGE = 0.92  # where there are entries in the question's language too
FEW = 0.1
EXPANSIONS = 12
CANDIDATES = 25
REMEMBERED_WORDS = 5_000
LONGEST_QUESTION = 60  # words
TOLD = 0.4  # a likeness that a person would see

_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of knowledge, as the agent reads it."""

    id: UUID
    title: str
    text: str
    language: Language = "es"
    examples: tuple[str, ...] = ()
    source: str = ""
    exact: bool = False


class Hit(NamedTuple):
    """An entry that speaks to the question; `score` is 0..1, comparable between questions."""

    entry_id: UUID
    title: str
    text: str
    language: Language
    source: str
    score: float

    @property
    def answerable(self) -> bool:
        return self.score >= ANSWERABLE


class _Reading(NamedTuple):
    """The stems of an entry's title, examples and sentences, each once, and those said again."""

    passages: tuple[tuple[str, ...], ...]
    again: tuple[str, ...]

    def counted(self) -> Counter[str]:
        return Counter(chain(*self.passages, self.again))


class Index:
    """Immutable once built. `build` takes seconds for 10,000 entries: call it in a thread."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._languages = Counter(entry.language for entry in entries)
        self._terms = Postings(())
        self._readings: list[_Reading] = []
        self._sounds = Sounds()
        self._meanings: dict[str, list[tuple[str, float]]] = {}

    @classmethod
    def build(cls, entries: Iterable[Entry], like: "Index | None" = None) -> "Index":
        """With `like`, what that one has read of the same entries is not read again."""
        index = cls(tuple(entries))
        known = dict(zip(like._entries, like._readings, strict=True)) if like else {}
        index._readings = [known.get(entry) or _read(entry) for entry in index._entries]
        index._terms = Postings([reading.counted() for reading in index._readings])
        index._sounds = Sounds.of(index._terms, like._sounds if like else None)
        return index

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes that it and its entries take, roughly: what a cache is bounded by."""
        said = sum(
            len(entry.title) + len(entry.text) + sum(map(len, entry.examples)) for entry in self._entries
        )
        read = sum(len(passage) for reading in self._readings for passage in reading.passages)
        return 700 * len(self._entries) + 2 * said + 8 * read + self._terms.size + self._sounds.size

    @property
    def language(self) -> Language | None:
        """That of most entries; None where neither is."""
        es, en = self._languages["es"], self._languages["en"]
        return None if es == en else "es" if es > en else "en"

    def matched(self, question: str, entry_id: UUID) -> list[str]:
        """The words of the question that the entry speaks of, itself or by another word."""
        reading = next(
            (r for e, r in zip(self._entries, self._readings, strict=True) if e.id == entry_id), None
        )
        if reading is None:
            return []
        here = {stemmed for passage in reading.passages for stemmed in passage}
        asked = dict.fromkeys(telling_words(question))
        return [
            word
            for word in asked
            if any(meant in here for meant, strength in self._meaning(stem(word)) if strength >= TOLD)
        ]

    def search(self, question: str, *, limit: int = 5, language: Language | None = None) -> list[Hit]:
        """The best entries first; empty when nothing of the question occurs anywhere.

        With `language`, entries in the other one come second; where they are nearly all there is, they are measured
        by what can be expected across languages."""
        asked = list(dict.fromkeys(telling_words(question)))[:LONGEST_QUESTION]
        scores = self._scores(asked)
        if language:
            across = _across if self._foreign_to(language) else _second_choice
            for number in scores:
                if self._entries[number].language != language:
                    scores[number] = across(scores[number])
        best = nlargest(limit, scores.items(), key=lambda found: (found[1], -found[0]))
        return [hit_of(self._entries[number], score) for number, score in best]

    def _foreign_to(self, language: Language) -> bool:
        return self._languages[language] < FEW * len(self._entries)

    def _scores(self, asked: list[str]) -> dict[int, float]:
        """The entries that cover most of the question as a whole, scored with their best passage too."""
        whole: dict[int, float] = {}
        wanted: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        total = 0.0
        for place, word in enumerate(asked):
            meanings = self._meaning(stem(word))
            weight = self._weight(meanings) * (SOFT if word in SOFT_WORDS else 1.0)
            total += weight
            for meant, strength in meanings:
                wanted[meant].append((place, weight * strength))
            for number, covered in self._covered(meanings).items():
                whole[number] = whole.get(number, 0.0) + weight * covered
        return {
            number: (
                (1 - BEST_PASSAGE) * whole[number] + BEST_PASSAGE * self._focus(number, wanted, len(asked))
            )
            / total
            for number in _largest(whole, CANDIDATES)
        }

    def _covered(self, meanings: list[tuple[str, float]]) -> dict[int, float]:
        """How well each entry covers one word. Of its several meanings the best counts, not their sum."""
        covered: dict[int, float] = {}
        for meant, strength in meanings:
            if not covered:
                covered = {number: strength * here for number, here in self._terms.of(meant)}
                continue
            for number, here in self._terms.of(meant):
                if covered.get(number, 0.0) < (share := strength * here):
                    covered[number] = share
        return covered

    def _focus(self, number: int, wanted: dict[str, list[tuple[int, float]]], asked: int) -> float:
        """What the entry's best passage covers; one that says much besides counts a little less."""
        best = 0.0
        for passage in self._readings[number].passages:
            if wanted.keys().isdisjoint(passage):
                continue
            shares: dict[int, float] = {}
            for meant in passage:
                for place, share in wanted.get(meant, ()):
                    if shares.get(place, 0.0) < share:
                        shares[place] = share
            surplus = max(0, len(passage) - asked)
            best = max(best, sum(shares.values()) / (1 + VERBOSITY * surplus / (asked + 4)))
        return best

    def _weight(self, meanings: list[tuple[str, float]]) -> float:
        """How much a word matters: what is nowhere in the knowledge counts as rarest, so it lowers scores."""
        if not meanings:
            return self._terms.rarest
        meant, strength = meanings[0]
        return self._terms.rarity(meant) * strength + self._terms.rarest * (1 - strength)

    def _meaning(self, stemmed: str) -> list[tuple[str, float]]:
        """The stems this one stands for, best first."""
        known = self._meanings.get(stemmed)
        if known is None:
            strengths = self._sounds.like(stemmed, self._terms)
            for concept in related(stemmed):
                if concept in self._terms:
                    strengths[concept] = max(strengths.get(concept, 0.0), CONCEPT)
            if stemmed in self._terms:
                strengths[stemmed] = 1.0
            known = nlargest(EXPANSIONS, strengths.items(), key=lambda meant: (meant[1], meant[0]))
            if len(self._meanings) >= REMEMBERED_WORDS:
                self._meanings.clear()
            self._meanings[stemmed] = known
        return known


def hit_of(entry: Entry, score: float) -> Hit:
    return Hit(entry.id, entry.title, entry.text, entry.language, entry.source, round(min(score, 1.0), 4))


def _read(entry: Entry) -> _Reading:
    texts = (entry.title, *entry.examples, *_SENTENCE_END.split(entry.text))
    passages: list[tuple[str, ...]] = []
    again: list[str] = []
    for text in texts:
        said = [stem(word) for word in telling_words(text)]
        once = tuple(dict.fromkeys(said))
        if once:
            passages.append(once)
        if len(once) < len(said):
            again += (Counter(said) - Counter(once)).elements()
    return _Reading(tuple(passages), tuple(again))


def _largest(scores: dict[int, float], count: int) -> list[int]:
    """As `nlargest` with a key, which is slow where there are thousands: few are as large as the last that counts."""
    enough = min(nlargest(count, scores.values()), default=0.0)
    return nlargest(count, (n for n, score in scores.items() if score >= enough), key=scores.__getitem__)


def _across(score: float) -> float:
    """The score of an entry in the other language, as one in the question's would have it."""
    if score < FOREIGN_ANSWERABLE:
        return score * ANSWERABLE / FOREIGN_ANSWERABLE
    rest = (score - FOREIGN_ANSWERABLE) / (1 - FOREIGN_ANSWERABLE)
    return ANSWERABLE + rest * (FOREIGN_BEST - ANSWERABLE)


def _second_choice(score: float) -> float:
    return score * OTHER_LANGUAGE
