"""What the agent was told stays with it: no answer repeats a long run of words of its instructions, or tells them in
another guise (disguises.py).

Only our own words count, as they stand in the code. What the owner wrote may well be what the owner wants said."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from vulkn_app.conversations.disguises import Disguised, Revealed, Watch
from vulkn_app.conversations.prompt import RULES, TONES
from vulkn_app.skills.catalogue import ALL

# So many words in a row are no accident.
RUN = 8
# From here on words wait until they go on differently.
HELD = 4

_WORD = re.compile(r"[^\W_]+")
_END = ""  # no run goes over it


class Run(NamedTuple):
    """Words in a row that the instructions have too. `length` does not count names: everybody may say those."""

    length: int
    begins: int


class Said(NamedTuple):
    """A word of a draft, and where it begins."""

    word: str
    at: int


_NOBODY = Said(_END, 0)
_NO_RUNS: dict[int, Run] = {}


class Instructions:
    """Texts to be kept, ready to be compared word by word."""

    def __init__(self, texts: Iterable[str], names: str = "") -> None:
        # Two words in a row are where a run begins; a word alone is in every text.
        self._pairs: dict[tuple[str, str], list[int]] = {}
        texts = tuple(texts)
        words = [word for text in texts for word in (*_WORD.findall(text.casefold()), _END)]
        for place, pair in enumerate(pairwise(words)):
            self._pairs.setdefault(pair, []).append(place)
        self.free = frozenset(_WORD.findall(names.casefold()))
        self.disguised = Disguised(texts, self.free)

    def runs(self, before: dict[int, Run], last: Said, word: str) -> dict[int, Run]:
        """The runs that end with `word`, by their place; `before`: those that ended with `last`."""
        places = self._pairs.get((last.word, word))
        if not places:
            return _NO_RUNS
        counts, new = word not in self.free, Run(last.word not in self.free, last.at)
        found: dict[int, Run] = {}
        for place in places:
            length, begins = before.get(place - 1, new)
            found[place] = Run(length + counts, begins)
        return found


@lru_cache(maxsize=500)
def instructions(agent: str, business: str) -> Instructions:
    """Rules, tones, skills and tools as this agent's prompt tells them, without a word of its owner's."""
    return Instructions(_told(agent, business), f"{agent} {business}")


def _told(agent: str, business: str) -> Iterator[str]:
    yield RULES.format(agent=agent, business=business, tone="")
    yield from TONES.values()
    for skill in ALL.values():
        if not any(field.is_required() for field in skill.config.model_fields.values()):
            yield skill.prompt(skill.config())
        yield from (tool.description for tool in skill.tools)


class Secrecy:
    """One draft's. What `feed` and `finish` return may be shown; both raise Revealed."""

    def __init__(self, kept: Instructions) -> None:
        self._kept = kept
        self._text = ""
        self._out = 0  # shown up to here
        self._read = 0  # compared up to here
        self._last = _NOBODY
        self._runs = _NO_RUNS
        self._watch = Watch(kept.disguised, kept.free)

    def feed(self, piece: str) -> str:
        self._text += piece
        return self._go_on(ended=False)

    def finish(self) -> str:
        """The rest: whoever was still held has not gone on."""
        return self._go_on(ended=True)

    def _go_on(self, *, ended: bool) -> str:
        for found in _WORD.finditer(self._text, self._read):
            if found.end() == len(self._text) and not ended:
                break  # it may be the beginning of a longer word
            self._compare(found)
        stop = len(self._text)
        if self._runs and not ended:
            longest = max(self._runs.values())
            stop = longest.begins if longest.length >= HELD else stop
        stop = min(stop, self._watch.coded(self._text, self._out, ended=ended))
        free = self._text[self._out : stop]
        self._out = max(self._out, stop)
        return free

    def _compare(self, found: re.Match[str]) -> None:
        word, between = found.group().casefold(), self._text[self._read : found.start()]
        self._read = found.end()
        self._runs = self._kept.runs(self._runs, self._last, word)
        self._last = Said(word, found.start())
        if self._runs and any(run.length >= RUN for run in self._runs.values()):
            raise Revealed
        self._watch.word(word, between)
