"""In which entries each stem stands, and how much of each it is: flat arrays, some 8 bytes a place."""

import math
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

SATURATION, LENGTH = 0.6, 0.3  # BM25's k1 and b (Robertson and Zaragoza 2009, §3.4)
# In a handful of entries every word is common, and rarity would say nothing: it is measured as if there were so many.
FEWEST = 20


class Postings:
    """Stems by entries. Never changes once built."""

    def __init__(self, counts: Sequence[Counter[str]]) -> None:
        self._place: dict[str, int] = {}
        found = Counter(chain.from_iterable(counts))
        self._first = array("I", [0])
        self._idf = array("f")
        for place, (stem, times) in enumerate(found.items()):
            self._place[stem] = place
            self._first.append(self._first[place] + times)
            self._idf.append(_rarity(times, len(counts)))
        self.rarest = _rarity(0, len(counts))
        self._entries = array("I", bytes(4 * self._first[-1]))
        self._weights = array("f", bytes(4 * self._first[-1]))
        self._fill(counts)

    def _fill(self, counts: Sequence[Counter[str]]) -> None:
        lengths = [count.total() for count in counts]
        average = max(1.0, sum(lengths) / max(1, len(lengths)))
        following, place, entries, weights = self._first[:], self._place, self._entries, self._weights
        for number, count in enumerate(counts):
            room = SATURATION * (1 - LENGTH + LENGTH * lengths[number] / average)
            for stem, times in count.items():
                here = place[stem]
                at = following[here]
                following[here] = at + 1
                entries[at] = number
                weights[at] = times / (times + room)

    def __contains__(self, stem: object) -> bool:
        return stem in self._place

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def rarity(self, stem: str) -> float:
        return self._idf[self._place[stem]]

    def of(self, stem: str) -> Iterator[tuple[int, float]]:
        """The entries it stands in, and its saturated weight there."""
        here = self._place[stem]
        first, last = self._first[here], self._first[here + 1]
        return zip(self._entries[first:last], self._weights[first:last], strict=True)

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 120 * len(self._place) + 8 * len(self._entries)


def _rarity(times: int, of: int) -> float:
    return math.log(1 + (max(FEWEST, of) - times + 0.5) / (times + 0.5))
