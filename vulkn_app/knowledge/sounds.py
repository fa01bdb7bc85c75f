"""Words that sound alike: misspellings, and cognates in the other language."""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Container, Iterable
from functools import lru_cache
from heapq import nsmallest
from itertools import chain
from math import ceil
from zlib import crc32

from vulkn_app.knowledge.words import grams, likeness

SOUNDS_LIKE, SOUND_POWER, SOUND_WEIGHT = 0.42, 1.5, 0.95
SPELLING_POWER = 3
MOST_ALIKE = 12
# A vocabulary taken over from an earlier index may be this much larger than what is used of it.
SLACK = 1.3
NUMBER = (1 << 32) - 1


class Sounds:
    """Stems by how they sound, in runs of letters: two arrays side by side, the runs' codes in order
    and the stems they are of. Never changes once built."""

    def __init__(self) -> None:
        self._stems: list[str] = []
        self._gram_count = array("B")
        self._codes = array("I")
        self._numbers = array("I")

    @classmethod
    def of(cls, stems: Iterable[str], like: "Sounds | None" = None) -> "Sounds":
        """With `like`, what that one has already heard is taken over."""
        wanted = [stem for stem in stems if len(stem) > 2 and not stem.isdigit()]
        sounds = cls()
        if like and len(like._stems) < SLACK * len(wanted):
            sounds._stems, sounds._gram_count = like._stems.copy(), like._gram_count[:]
            sounds._codes, sounds._numbers = like._codes, like._numbers
        known = set(sounds._stems)
        sounds._add(sorted(run for stem in wanted if stem not in known for run in sounds._hear(stem)))
        return sounds

    def _add(self, heard: list[int]) -> None:
        """Into new arrays: the old ones are another's too."""
        codes, numbers = array("I"), array("I")
        done = 0
        for run in heard if self._codes else ():
            here = bisect_right(self._codes, run >> 32, done)
            codes += self._codes[done:here]
            numbers += self._numbers[done:here]
            codes.append(run >> 32)
            numbers.append(run & NUMBER)
            done = here
        if self._codes:
            self._codes, self._numbers = codes + self._codes[done:], numbers + self._numbers[done:]
        else:
            self._codes = array("I", [run >> 32 for run in heard])
            self._numbers = array("I", [run & NUMBER for run in heard])

    def _hear(self, stem: str) -> list[int]:
        number, mine = len(self._stems), grams(stem[:60])
        self._stems.append(stem)
        self._gram_count.append(min(len(mine), 255))
        return [_code(gram) << 32 | number for gram in mine]

    def like(self, stem: str, within: Container[str]) -> dict[str, float]:
        """Those `within` that sound like this one, of equals the first in the alphabet. Numbers are exact or wrong."""
        if len(stem) < 3 or stem.isdigit():
            return {}
        alike = self._alike(grams(stem)).items()
        found = ((-dice, self._stems[number]) for number, dice in alike if self._stems[number] in within)
        return {other: _strength(stem, other, -unlike) for unlike, other in nsmallest(MOST_ALIKE, found)}

    def _alike(self, mine: Collection[str]) -> dict[int, float]:
        """Who shares enough of these runs, by the Dice coefficient. Nobody does who has none but the commonest few
        of them: so these, which are most of what there is to count, are only looked into for who is still left."""
        runs, least, theirs = sorted(map(self._where, mine), key=len), _least(len(mine)), self._gram_count
        to_come = min((need for have, need in enumerate(least) if need <= have), default=len(runs) + 1) - 1
        rare, common = runs[: len(runs) - to_come], runs[len(runs) - to_come :]
        counted = Counter(chain.from_iterable(self._numbers[run.start : run.stop] for run in rare))
        left = {one: shared for one, shared in counted.items() if shared + to_come >= least[theirs[one]]}
        for run in common:
            to_come -= 1
            now = ((one, shared + self._is_in(run, one)) for one, shared in left.items())
            left = {one: shared for one, shared in now if shared + to_come >= least[theirs[one]]}
        return {one: 2 * shared / (len(mine) + theirs[one]) for one, shared in left.items()}

    def _where(self, gram: str) -> range:
        """The places of the stems that have it: their numbers, in order."""
        code = _code(gram)
        first = bisect_left(self._codes, code)
        return range(first, bisect_right(self._codes, code, first))

    def _is_in(self, run: range, number: int) -> bool:
        place = bisect_left(self._numbers, number, run.start, run.stop)
        return place < run.stop and self._numbers[place] == number

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 9 * len(self._stems) + 8 * len(self._codes)


def _code(gram: str) -> int:
    return crc32(gram.encode())


@lru_cache
def _least(size: int) -> list[int]:
    """How many runs a stem has to share with one of `size` of them to sound like it, by how many it has itself."""
    return [ceil(SOUNDS_LIKE * (size + its_own) / 2) for its_own in range(256)]


def _strength(one: str, other: str, alike: float) -> float:
    spelled = likeness(one, other) ** SPELLING_POWER if len(one) > 4 else 0.0
    return SOUND_WEIGHT * max(alike**SOUND_POWER, spelled)
