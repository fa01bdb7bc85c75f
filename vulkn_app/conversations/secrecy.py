"""What the agent was told stays with it: no answer repeats a long run of words of its instructions.

Only our own words count, as they stand in the code. What the owner wrote may well be what the owner wants said."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from vulkn_app.conversations.prompt import RULES, TONES
from vulkn_app.skills.catalogue import ALL

# So many words in a row are no accident.
RUN = 8
# From here on words wait until they go on differently.
HELD = 4

_WORD = re.compile(r"[^\W_]+")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_END = ""  # no run goes over it


class Revealed(Exception):
    """The draft was about to repeat its instructions. What was held of them is never shown."""


class Instructions:
    """Texts to be kept, ready to be compared word by word."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._places: dict[str, list[int]] = {}
        words = (word for text in texts for word in (*_WORD.findall(text.casefold()), _END))
        for place, word in enumerate(words):
            self._places.setdefault(word, []).append(place)

    def runs(self, before: dict[int, int], word: str) -> dict[int, int]:
        """How long the run is that ends with `word`, at each of its places; `before`: the same of the last word."""
        return {place: before.get(place - 1, 0) + 1 for place in self._places.get(word.casefold(), ())}


@cache
def ours() -> Instructions:
    """Rules, tones, skills and tools as every prompt tells them, without a word of any owner's."""
    return Instructions(_told())


def _told() -> Iterator[str]:
    yield from _PLACEHOLDER.split(RULES)
    yield from TONES.values()
    for skill in ALL.values():
        if not any(field.is_required() for field in skill.config.model_fields.values()):
            yield skill.prompt(skill.config())
        yield from (tool.description for tool in skill.tools)


class Secrecy:
    """One draft's. What `feed` and `finish` return may be shown; both raise Revealed."""

    def __init__(self, kept: Instructions | None = None) -> None:
        self._kept = kept or ours()
        self._text = ""
        self._out = 0  # shown up to here
        self._read = 0  # compared up to here
        self._runs: dict[int, int] = {}
        self._begins: list[int] = []  # of the words of the longest run

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
        holds = len(self._begins) >= HELD and not ended
        stop = self._begins[0] if holds else len(self._text)
        free = self._text[self._out : stop]
        self._out = max(self._out, stop)
        return free

    def _compare(self, word: re.Match[str]) -> None:
        self._read = word.end()
        self._runs = self._kept.runs(self._runs, word.group())
        longest = max(self._runs.values(), default=0)
        if longest >= RUN:
            raise Revealed
        self._begins = [*self._begins, word.start()][-longest:] if longest else []
