"""An answer on its way to the customer: plain words pass at once, figures only when something stands behind them.

A figure begins with a digit, a sign or one of a few hundred words. From there the text is held until so
many words follow that the figure is whole, then judged; a word that may become one of those is held too.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from vulkn_app.conversations.grounding import claims, clauses, promises, risk
from vulkn_app.conversations.grounding.evidence import Evidence, Source
from vulkn_app.conversations.grounding.figures import figures
from vulkn_app.conversations.grounding.scan import DIGITS, LEX, Figure
from vulkn_app.conversations.grounding.spelled import DICTATED
from vulkn_app.conversations.grounding.verdict import Say, judge, link
from vulkn_app.conversations.grounding.words import NUMBERS, fold
from vulkn_app.llm.asks import Language

# Emphasis and brackets wait for what they belong to.
_OPENERS = "*_~`([{\"'«“+#¡¿-"
_LANGUAGES: tuple[Language, ...] = ("es", "en")
_SHORT = 24  # characters; longer tails are not worth remembering
# A telephone number may go on for as long as nothing else comes.
_DIALLED = "0123456789() .-"
_LINKING = frozenset(".@/")


class Ungrounded(Exception):
    """Something that must not be said. `release` may still be shown, `shown` is all that was, with it."""

    def __init__(self, figure: Figure, *, release: str, shown: str) -> None:
        super().__init__(figure.kind)
        self.figure = figure
        self.release = release
        self.shown = shown


@lru_cache(maxsize=20_000)
def _calm(tail: str) -> int | None:
    """Where the last word of a few plain ones begins; None if anything in them is worth a second look."""
    if tail[-1:] in _OPENERS:
        return None
    start = 0
    for match in LEX.finditer(fold(tail)):
        word, start = match.group(), match.start()
        if risk.reach(word) or risk.claims(word) or word in _LINKING or word == "\n":
            return None
        if match.end() == len(tail) and risk.unsure(word):
            return None
    return start if tail[-1:].isalnum() else len(tail)


class Gate:
    """One answer. `booked`: a booking was returned this turn; `did`: what else a tool has done."""

    def __init__(
        self,
        evidence: Evidence,
        *,
        booked: Callable[[], bool] = lambda: False,
        did: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._evidence = evidence
        self._booked = booked
        self._did = did
        self._text = ""
        self._out = 0  # shown up to here
        self._from = 0  # a word that may go on, or the first that is held
        self._sentence = 0  # see _opened
        self._waits = False  # for the end of a sentence
        self._claimed = False  # a word of a claim stands in what is not yet shown
        self._found: list[tuple[Figure, Source]] = []

    @property
    def shown(self) -> str:
        return self._text[: self._out]

    @property
    def links(self) -> list[dict[str, Any]]:
        """The figures shown so far with their sources, as they are stored."""
        unique = {figure.start: (figure, source) for figure, source in self._found if figure.end <= self._out}
        return [link(figure, source) for figure, source in unique.values()]

    def feed(self, piece: str) -> str:
        """What may be shown now. Raises Ungrounded; nothing may be fed after that."""
        self._text += piece
        if self._waits and not clauses.sentence_end(self._text, self._from):
            return ""
        calm = _calm(self._text[self._from :]) if len(self._text) - self._from < _SHORT else None
        if calm is None:
            stop, risky = self._settled()
            return self._release(stop, risky=risky, ended=False)
        self._from += calm
        return self._release(len(self._text), risky=False, ended=False)

    def finish(self) -> str:
        """The rest, when the answer is complete."""
        self._claimed = True
        return self._release(len(self._text), risky=self._from < len(self._text) or self._waits, ended=True)

    def _settled(self) -> tuple[int, bool]:
        """How far the text cannot change its meaning any more, and whether figures may stand in that."""
        text, base = self._text, self._from
        tokens = [(m.group(), m.start()) for m in LEX.finditer(fold(text[base:]))]
        size, length, risky = len(tokens), len(text) - base, False
        lines = -1
        if "\n" in text[base:]:
            lines = max((n for n, (word, _) in enumerate(tokens) if word == "\n"), default=-1)
        for n, (word, start) in enumerate(tokens):
            partial = start + len(word) == length
            if partial and risk.unsure(word):
                return self._before(base + start), risky
            needed = self._needs(tokens, n, base)
            if needed and n > lines and size - 1 - n <= needed:
                at = base + start
                return self._before(self._unbroken(at) if word in _LINKING else at), risky
            risky = risky or needed > 0
        last = base + tokens[-1][1] if tokens else base
        touches = bool(tokens) and last + len(tokens[-1][0]) == len(text)
        self._from = last if touches else len(text)
        return self._trimmed(len(text)), risky

    def _needs(self, tokens: list[tuple[str, int]], n: int, base: int) -> int:
        """How many tokens must follow; more than there can be until a link or a claim's sentence has ended."""
        word, start = tokens[n]
        if needed := risk.reach(word):
            rest = self._text[base + start :]
            dialled = word[0] in DIGITS and not fold(rest).strip(_DIALLED)
            # The last word may be the beginning of the next number.
            dictated = word in NUMBERS and all(later in DICTATED for later, _ in tokens[n:-1])
            dictated = dictated and (tokens[-1][0] in DICTATED or not self._text[-1].isspace())
            return len(self._text) if dialled or dictated else needed
        if word in _LINKING:
            return self._link_needs(tokens, n, base)
        if not risk.claims(word) or self._in_question(base + start):
            return 0
        self._claimed = True
        return 0 if clauses.sentence_end(self._text, base + start) else len(self._text)

    def _link_needs(self, tokens: list[tuple[str, int]], n: int, base: int) -> int:
        """A point between letters holds until a space tells where the link ends."""
        begin = base + tokens[n][1]
        if tokens[n][0] == "@" and not (begin and self._text[begin - 1].isalnum()):  # somebody's name
            return 1 if any(c.isspace() for c in self._text[begin + 1 :]) else len(self._text)
        if not (begin and self._text[begin - 1].isalnum()):
            return 0
        rest = self._text[begin + 1 :]
        if not rest:
            return 1
        if not rest[0].isalnum():
            return 0
        return 1 if any(c.isspace() for c in rest) else len(self._text)

    def _unbroken(self, at: int) -> int:
        """Where the run of letters and signs around `at` began: a link that is cut at its point is another link."""
        while at > self._out and not self._text[at - 1].isspace():
            at -= 1
        return at

    def _in_question(self, at: int) -> bool:
        opened = self._text.rfind("¿", self._opened(), at)
        return opened >= 0 and "?" not in self._text[opened:at]

    def _opened(self) -> int:
        """Where the sentence began that is being shown."""
        self._sentence = clauses.sentence_start(self._text, self._out, self._sentence)
        return self._sentence

    def _before(self, at: int) -> int:
        """Held from here on, with the marks that open what is held."""
        self._from = at
        return self._trimmed(at)

    def _trimmed(self, stop: int) -> int:
        while stop > self._out and self._text[stop - 1] in _OPENERS:
            stop -= 1
        return stop

    def _release(self, stop: int, *, risky: bool, ended: bool) -> str:
        if (risky or self._waits) and (stop > self._out or ended):
            stop = self._checked(stop, ended=ended)
        if self._claimed:
            self._check_claims(stop)
        if stop <= self._out:
            return ""
        piece, self._out = self._text[self._out : stop], stop
        return piece

    def _checked(self, stop: int, *, ended: bool) -> int:
        """How much of it may be shown. Raises Ungrounded."""
        begin = self._opened()
        text = self._text[begin:]
        self._waits = False
        leaning, leans_until = len(self._text), 0  # the first that may be said because of its sentence
        for figure in figures(text):
            start, end = figure.start + begin, figure.end + begin
            if end <= self._out:
                continue
            if start >= stop:
                break
            if end > stop or (end == len(self._text) and not ended):
                return self._hold(min(start, leaning) if start < leans_until else start)
            verdict = judge(figure, text, self._evidence, ended=ended)
            if verdict.say is Say.LATER:
                self._waits = True
                return self._hold(start)
            placed = figure._replace(start=start, end=end)
            if verdict.say is Say.NO:
                raise self._refused(placed, leaning if start < leans_until else start)
            if verdict.leans:
                sentence_end = begin + clauses.sentence_end(text, figure.end)
                if sentence_end > stop and not ended:
                    return self._hold(min(start, leaning) if start < leans_until else start)
                leaning = leaning if start < leans_until else start
                leans_until = len(self._text) if ended else sentence_end
            if verdict.source:
                self._found.append((placed, verdict.source))
        return stop

    def _hold(self, start: int) -> int:
        self._from = max(start, self._out)
        return self._trimmed(self._from)

    def _check_claims(self, stop: int) -> None:
        """A sentence that says something was done is shown only if it was."""
        start = self._opened()
        # Its end is read already where it has one, though a figure of it may still be held.
        begun = clauses.sentence_start(self._text, stop, start)
        until = clauses.sentence_end(self._text, begun) if begun < stop else stop
        for sentence in clauses.sentences(self._text[start : until or stop]):
            end = start + len(sentence)
            begin = max(start, self._out)
            if end > self._out and (name := self._untrue(sentence)):
                raise self._refused(Figure("claim", sentence.strip(), begin, end, name), begin)
            if end > self._out and (name := promises.unfounded(sentence, self._evidence)):
                raise self._refused(Figure("promise", sentence.strip(), begin, end, name), begin)
            start = end
        self._claimed = False

    def _untrue(self, sentence: str) -> str:
        """What it says was done and was not, in whichever language; "" for nothing."""
        for language in _LANGUAGES:
            if claims.claims_booking(sentence, language) and not self._booked():
                return "booked"
            for name in claims.claims_action(sentence, language):
                if not self._did(name):
                    return name
        return ""

    def _refused(self, figure: Figure, start: int) -> Ungrounded:
        stop = clauses.last_pause(self._text, self._out, max(start, self._out))
        release, self._out = self._text[self._out : stop], stop
        return Ungrounded(figure, release=release, shown=self.shown)
