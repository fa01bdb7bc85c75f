"""An organization's knowledge as one process holds it: an index that finds, and says how sure it is.

A question's words are looked up as they are, by concept (lexicon) and by how they sound (n-grams), each
weighted by how rare it is. What counts is the share of the question that an entry covers, as a whole
and in its best single sentence, title or example; that share compares across questions, so one
threshold can decline. Small arrays in pure Python: about 6 KB and 0.25 ms of building an entry.
"""

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from vulkn_app.i18n import Language
from vulkn_app.knowledge.lexicon import related
from vulkn_app.knowledge.words import SOFT_WORDS, grams, likeness, stem, telling_words

# Chosen on questions in the language of the knowledge: keeps 98 % of the answerable, declines 93-96 % of the
# others. Asked in the other language, general questions rarely reach it; the lexicon's subjects do.
ANSWERABLE = 0.27

SATURATION, LENGTH = 0.6, 0.3  # BM25's k1 and b (Robertson and Zaragoza 2009, §3.4)
CONCEPT = 0.7
SOUNDS_LIKE, SOUND_POWER, SOUND_WEIGHT = 0.42, 1.5, 0.95
SPELLING_POWER = 3
SOFT = 0.25
BEST_PASSAGE = 0.4
VERBOSITY = 0.2
OTHER_LANGUAGE = 0.92
EXPANSIONS = 12
CANDIDATES = 25
REMEMBERED_WORDS = 5_000
LONGEST_QUESTION = 60  # words

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


class _Term:
    """In which entries one stem occurs, and its saturated weight there."""

    __slots__ = ("entries", "idf", "weights")

    def __init__(self) -> None:
        self.entries = array("I")
        self.weights = array("f")
        self.idf = 0.0


class Index:
    """Immutable once built. `build` takes seconds for 10,000 entries: call it in a thread."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._terms: dict[str, _Term] = {}
        self._passages: list[tuple[tuple[str, ...], ...]] = []
        self._rarest = math.log(1 + (len(entries) + 0.5) / 0.5)
        self._vocabulary: list[str] = []
        self._gram_count = array("B")
        self._by_gram: dict[str, array[int]] = {}
        self._meanings: dict[str, list[tuple[str, float]]] = {}

    @classmethod
    def build(cls, entries: Iterable[Entry]) -> "Index":
        index = cls(tuple(entries))
        index._read()
        index._listen()
        return index

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, question: str, *, limit: int = 5, language: Language | None = None) -> list[Hit]:
        """The best entries first; empty when nothing of the question occurs anywhere.

        Entries in another language than `language` need a slightly better match."""
        asked = list(dict.fromkeys(telling_words(question)))[:LONGEST_QUESTION]
        scores = self._scores(asked)
        if language:
            for number in scores:
                if self._entries[number].language != language:
                    scores[number] *= OTHER_LANGUAGE
        best = nlargest(limit, scores.items(), key=lambda found: (found[1], -found[0]))
        return [self._hit(number, score) for number, score in best]

    def _scores(self, asked: list[str]) -> dict[int, float]:
        """The entries that cover most of the question as a whole, scored with their best passage too."""
        whole: defaultdict[int, float] = defaultdict(float)
        wanted: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        total = 0.0
        for place, word in enumerate(asked):
            meanings = self._meaning(stem(word))
            weight = self._weight(meanings) * (SOFT if word in SOFT_WORDS else 1.0)
            total += weight
            for meant, strength in meanings:
                wanted[meant].append((place, weight * strength))
            for number, covered in self._covered(meanings).items():
                whole[number] += weight * covered
        best = nlargest(CANDIDATES, whole, key=whole.__getitem__)
        return {
            number: (
                (1 - BEST_PASSAGE) * whole[number] + BEST_PASSAGE * self._focus(number, wanted, len(asked))
            )
            / total
            for number in best
        }

    def _covered(self, meanings: list[tuple[str, float]]) -> dict[int, float]:
        """How well each entry covers one word. Of its several meanings the best counts, not their sum."""
        covered: dict[int, float] = {}
        for meant, strength in meanings:
            term = self._terms[meant]
            for number, here in zip(term.entries, term.weights, strict=True):
                if covered.get(number, 0.0) < strength * here:
                    covered[number] = strength * here
        return covered

    def _focus(self, number: int, wanted: dict[str, list[tuple[int, float]]], asked: int) -> float:
        """What the entry's best passage covers; one that says much besides counts a little less."""
        best = 0.0
        for passage in self._passages[number]:
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
            return self._rarest
        meant, strength = meanings[0]
        return self._terms[meant].idf * strength + self._rarest * (1 - strength)

    def _meaning(self, stemmed: str) -> list[tuple[str, float]]:
        """The stems this one stands for, best first."""
        known = self._meanings.get(stemmed)
        if known is None:
            strengths = self._sounding_like(stemmed)
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

    def _sounding_like(self, stemmed: str) -> dict[str, float]:
        """Misspellings and cognates, by the Dice coefficient of their n-grams. Numbers are exact or wrong."""
        if len(stemmed) < 3 or stemmed.isdigit():
            return {}
        mine = grams(stemmed)
        shared = Counter(chain.from_iterable(self._by_gram[gram] for gram in mine if gram in self._by_gram))
        enough = SOUNDS_LIKE * len(mine) / (2 - SOUNDS_LIKE)  # fewer can never reach SOUNDS_LIKE
        alike = {
            number: 2 * count / (len(mine) + self._gram_count[number])
            for number, count in shared.items()
            if count >= enough
        }
        found: dict[str, float] = {}
        for number in nlargest(EXPANSIONS, alike, key=alike.__getitem__):
            if alike[number] >= SOUNDS_LIKE:
                other = self._vocabulary[number]
                spelled = likeness(stemmed, other) ** SPELLING_POWER if len(stemmed) > 4 else 0.0
                found[other] = SOUND_WEIGHT * max(alike[number] ** SOUND_POWER, spelled)
        return found

    def _read(self) -> None:
        counts = [self._read_entry(entry) for entry in self._entries]
        lengths = [count.total() for count in counts]
        average = max(1.0, sum(lengths) / max(1, len(lengths)))
        for number, count in enumerate(counts):
            room = SATURATION * (1 - LENGTH + LENGTH * lengths[number] / average)
            for stemmed, times in count.items():
                term = self._terms.setdefault(stemmed, _Term())
                term.entries.append(number)
                term.weights.append(times / (times + room))
        for term in self._terms.values():
            found = len(term.entries)
            term.idf = math.log(1 + (len(counts) - found + 0.5) / (found + 0.5))

    def _read_entry(self, entry: Entry) -> Counter[str]:
        texts = (entry.title, *entry.examples, *_SENTENCE_END.split(entry.text))
        passages = [[stem(word) for word in telling_words(text)] for text in texts]
        self._passages.append(tuple(tuple(dict.fromkeys(stems)) for stems in passages if stems))
        return Counter(chain.from_iterable(passages))

    def _listen(self) -> None:
        for stemmed in self._terms:
            if len(stemmed) < 3 or stemmed.isdigit():
                continue
            number = len(self._vocabulary)
            mine = grams(stemmed[:60])
            self._vocabulary.append(stemmed)
            self._gram_count.append(min(len(mine), 255))
            for gram in mine:
                self._by_gram.setdefault(gram, array("I")).append(number)

    def _hit(self, number: int, score: float) -> Hit:
        entry = self._entries[number]
        return Hit(entry.id, entry.title, entry.text, entry.language, entry.source, round(min(score, 1.0), 4))
