"""Whether a draft that is still being written is in the right language."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from vulkn_app.conversations.language.lexicon import SUREST, lexicon
from vulkn_app.conversations.language.reading import fold, words
from vulkn_app.i18n import Language

Heard = Literal["right", "wrong", "unsure"]

_PIECES = re.compile(r"\n|\S+(?=\s)")
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u00ab": "\u00bb", "\u201e": "\u201c"}
_OPENING = "([*_\u00bf\u00a1"
_SENTENCE_ENDS = re.compile('[.!?\u2026\n][)*_"\u201d\u00bb]*$')
# A longer quotation is the draft itself.
_LONGEST_QUOTE = 12
# How sure a word of the lists must be to count.
_COUNTS = 3.0
# Wrong before a right word was heard: so many small words, or words, and none or few of the right language.
_SMALL, _WORDS = 2, 4
# Wrong later: so many words since the last sentence in the right language.
_DRIFTED = 6
_CLEARLY = 4
_AT_THE_END = 2


class Listener:
    """Hears a draft piece by piece. Names, numbers, links, quotations and `known_words` do not count."""

    def __init__(self, expected: Language, known_words: Iterable[str] = ()) -> None:
        self._sign = 1 if expected == "es" else -1
        self._known = {fold(part) for known in known_words for part in re.findall("[^\\W\\d_]+", known)}
        self._rest = ""
        self._heard: Heard = "unsure"
        self._closing = ""
        self._quoted = 0
        self._begins = True
        self._right = self._wrong = self._wrong_small = 0

    def hear(self, text: str) -> Heard:
        """The next piece of the draft; a word counts once what follows shows that it is whole."""
        self._rest += text
        end = 0
        for piece in _PIECES.finditer(self._rest):
            self._take(piece.group())
            end = piece.end()
        self._rest = self._rest[end:]
        return self._heard

    def end(self) -> Heard:
        """The draft is complete: its last word counts too, and fewer words may tell."""
        self.hear(" ")
        lead = self._right - self._wrong
        if self._heard == "unsure" and abs(lead) >= _AT_THE_END:
            self._heard = "right" if lead > 0 else "wrong"
        return self._heard

    def _take(self, piece: str) -> None:
        if not self._is_quoted(piece) and "](" not in piece:
            self._count(piece)
        if _SENTENCE_ENDS.search(piece):
            self._close_sentence()

    def _is_quoted(self, piece: str) -> bool:
        bare = piece.lstrip(_OPENING)
        if not self._closing and bare[:1] in _QUOTES:
            self._closing, self._quoted, bare = _QUOTES[bare[0]], 0, bare[1:]
        elif not self._closing:
            return False
        self._quoted += 1
        if self._closing in bare or self._quoted > _LONGEST_QUOTE:
            self._closing = ""
        return True

    def _count(self, piece: str) -> None:
        for word in _spoken(piece):
            # Capitals are names' ("El Paso", "The Barber Shop"), but for what begins a sentence.
            named = word.capital and (not self._begins or word.article)
            if word.tells and not named and word.letters not in self._known:
                self._vote(word)
            self._begins = False

    def _vote(self, word: "_Spoken") -> None:
        evidence, small = word.evidence * self._sign, word.small * self._sign
        if evidence >= _COUNTS:
            self._right += 1
        elif evidence <= -_COUNTS:
            self._wrong += 1
            self._wrong_small += small == -SUREST
        if self._heard == "unsure":
            self._heard = "right" if small == SUREST else self._first_verdict()
        elif self._wrong >= _DRIFTED and self._wrong >= _CLEARLY * self._right:
            self._heard = "wrong"

    def _first_verdict(self) -> Heard:
        many = self._wrong >= _WORDS and self._wrong >= _CLEARLY * self._right
        return "wrong" if many or (self._wrong_small >= _SMALL and not self._right) else "unsure"

    def _close_sentence(self) -> None:
        self._begins = True
        if self._heard == "right" and self._right > self._wrong:
            self._right = self._wrong = 0


class _Spoken(NamedTuple):
    letters: str
    tells: bool
    """Whether it has a language at all: not a name, nor one of the words of both."""
    capital: bool
    article: bool
    evidence: float
    small: float


@lru_cache(maxsize=20_000)
def _spoken(piece: str) -> tuple[_Spoken, ...]:
    """The words of a piece with what the lists know of them: the same few thousand make up most answers."""
    lists, shown = lexicon(), piece.lstrip(_OPENING)[:1].isupper()
    return tuple(
        _Spoken(
            word.letters,
            word.letters not in lists.names and word.letters not in lists.silent,
            word.capital or (shown and word.letters != "i"),
            word.letters in lists.articles,
            lists.scores.get(word.letters, 0.0),
            lists.small.get(word.letters, 0.0),
        )
        for word in words(piece)
    )
