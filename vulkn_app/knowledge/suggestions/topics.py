"""A question as a direction in the space of what the questions are about.

Words count by their beginning (so that "reservar" is "reservaciones"), by what they ask to be done (`acts`) and by the concept
they share across languages (`lexicon`). A word nobody else used says nothing, and rare ones weigh hardly more than
common ones: a topic is what many have in common. Each question then leans toward its nearest neighbours, which
brings together those that say the same in other words."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from vulkn_app.knowledge.lexicon import CONCEPTS
from vulkn_app.knowledge.suggestions.acts import WHEN, act
from vulkn_app.knowledge.words import SOFT_WORDS, stem, telling_words, words

Vector = Mapping[str, float]

BEGINNING = 6  # letters, the plural's not among them
SOFT, CONCEPT, WORD_OF_ACT = 0.8, 0.5, 0.3
RARITY = 0.25  # exponent of the usual idf
NEIGHBOURS, LEANING = 10, 0.5
MOST_TERMS = 30
ALIKE = 0.2  # what is less alike counts as not at all


def unit(weights: Mapping[str, float]) -> Vector:
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {term: weight / length for term, weight in weights.items()}


def product(one: Vector, other: Vector) -> float:
    short, long = sorted((one, other), key=len)
    return sum(weight * long.get(term, 0.0) for term, weight in short.items())


def centre(vectors: Sequence[Vector]) -> Vector:
    total: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for term, weight in vector.items():
            total[term] += weight
    return unit(total)


class Space:
    """Knows how common each term is among `texts`, which are the only questions there are."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._terms = [terms(text) for text in texts]
        found = Counter(term for counted in self._terms for term in counted)
        self._rarity = {
            term: math.log(1 + len(texts) / count) ** RARITY for term, count in found.items() if count > 1
        }

    def vectors(self) -> list[Vector]:
        """Of each text, as it stands."""
        return [self._vector(counted) for counted in self._terms]

    def vector(self, text: str) -> Vector:
        """Of another text, by the words of these."""
        return self._vector(terms(text))

    def _vector(self, counted: Mapping[str, float]) -> Vector:
        return unit({t: weight * self._rarity[t] for t, weight in counted.items() if t in self._rarity})


def terms(text: str) -> dict[str, float]:
    """What a question is about, each with its weight; a date, an hour or a number is not a topic."""
    found: dict[str, float] = {}

    def count(term: str, weight: float) -> None:
        found[term] = max(found.get(term, 0.0), weight)

    for word in telling_words(text):
        if word[0].isdigit() or word in WHEN:
            continue
        weight = SOFT if word in SOFT_WORDS else 1.0
        done = act(word)
        if done:
            count(done, weight)
        elif concept := _concepts().get(stem(word)):
            count(concept, CONCEPT * weight)
        count(word.removesuffix("s")[:BEGINNING], WORD_OF_ACT * weight if done else weight)
    return found


@cache
def _concepts() -> dict[str, str]:
    """The first concept that each stem names, so that both languages' words for it are one term."""
    found: dict[str, str] = {}
    for number, line in enumerate(CONCEPTS.strip().splitlines()):
        for word in words(line):
            found.setdefault(stem(word), f"concept:{number}")
    return found


def alike(vectors: Sequence[Vector], least: float = ALIKE) -> list[dict[int, float]]:
    """For each one the others that are at least so much alike."""
    where: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    found: list[dict[int, float]] = [{} for _ in vectors]
    for number, vector in enumerate(vectors):
        likeness: defaultdict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            here = where[term]
            for other, there in here:
                likeness[other] += weight * there
            here.append((number, weight))
        for other, share in likeness.items():
            if share >= least:
                found[number][other] = found[other][number] = share
    return found


def leaning(vectors: Sequence[Vector]) -> list[Vector]:
    """Each one drawn toward the neighbours that are most like it."""
    near = alike(vectors, least=1e-6)
    return [_lean(number, vectors, near[number]) for number in range(len(vectors))]


def _lean(number: int, vectors: Sequence[Vector], near: Mapping[int, float]) -> Vector:
    nearest = sorted(near.items(), key=lambda found: -found[1])[:NEIGHBOURS]
    total = sum(share for _, share in nearest) or 1.0
    drawn: defaultdict[str, float] = defaultdict(float, vectors[number])
    for other, share in nearest:
        for term, weight in vectors[other].items():
            drawn[term] += LEANING * weight * share / total
    return unit(dict(sorted(drawn.items(), key=lambda found: -found[1])[:MOST_TERMS]))
