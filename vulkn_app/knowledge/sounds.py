"""Words that sound alike: misspellings, and cognates in the other language."""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable
from heapq import nlargest
from itertools import chain
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

    def _with(self, gram: str) -> "array[int]":
        code = _code(gram)
        first = bisect_left(self._codes, code)
        return self._numbers[first : bisect_right(self._codes, code, first)]

    def like(self, stem: str, within: Container[str]) -> dict[str, float]:
        """Those `within` that sound like this one, by the Dice coefficient of their runs. Numbers are exact or
        wrong."""
        if len(stem) < 3 or stem.isdigit():
            return {}
        mine = grams(stem)
        shared = Counter(chain.from_iterable(map(self._with, mine)))
        enough = SOUNDS_LIKE * len(mine) / (2 - SOUNDS_LIKE)  # fewer can never reach SOUNDS_LIKE
        alike = {
            number: 2 * count / (len(mine) + self._gram_count[number])
            for number, count in shared.items()
            if count >= enough and self._stems[number] in within
        }
        best = nlargest(MOST_ALIKE, alike, key=alike.__getitem__)
        return {
            self._stems[number]: _strength(stem, self._stems[number], alike[number])
            for number in best
            if alike[number] >= SOUNDS_LIKE
        }

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 9 * len(self._stems) + 8 * len(self._codes)


def _code(gram: str) -> int:
    return crc32(gram.encode())


def _strength(one: str, other: str, alike: float) -> float:
    spelled = likeness(one, other) ** SPELLING_POWER if len(one) > 4 else 0.0
    return SOUND_WEIGHT * max(alike**SOUND_POWER, spelled)
