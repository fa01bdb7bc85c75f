"""What an answer may stand on: knowledge, tools, the business's own facts, the customer's words, the clock."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from vulkn_app.conversations.grounding import priced
from vulkn_app.conversations.grounding.closing import closed_days
from vulkn_app.conversations.grounding.dates import days_of
from vulkn_app.conversations.grounding.figures import stated
from vulkn_app.conversations.grounding.keys import Key, agree, day_keys, filed, relative_day, wanted
from vulkn_app.conversations.grounding.places import standing_together
from vulkn_app.conversations.grounding.priced import FREE_HINTS, Prices
from vulkn_app.conversations.grounding.scan import LEX, Figure
from vulkn_app.conversations.grounding.words import fold

SourceKind = Literal["entry", "tool", "business", "said", "customer", "now"]
# Words of these may be repeated, but nothing is promised because of them.
WEAK: frozenset[SourceKind] = frozenset(("customer", "now"))
STRONG: frozenset[SourceKind] = frozenset(("entry", "tool", "business", "said"))
_ORDER: dict[SourceKind, int] = {"tool": 0, "entry": 1, "business": 2, "said": 3, "customer": 4, "now": 5}
_DAYS_AHEAD = 14


class Source(NamedTuple):
    """`said`: an earlier answer of ours in this conversation, checked when it was given."""

    kind: SourceKind
    id: str
    title: str
    text: str
    examples: str = ""  # questions that an entry answers


class Found(NamedTuple):
    unit: str
    source: Source


class Told(NamedTuple):
    """What one source says: its figures as they are filed, and the hours that stand as a range."""

    units: Mapping[Key, tuple[str, ...]]
    spans: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Facts:
    """The figures of some sources, ready to be asked. Built once for an organization's knowledge.

    About 0.06 ms a source of 120 characters: in a thread when there are hundreds."""

    sources: tuple[Source, ...] = ()
    index: Mapping[Key, list[Found]] = field(default_factory=dict)
    open_hours: tuple[tuple[str, str, Source], ...] = ()
    prices: Prices = field(default_factory=Prices)

    @classmethod
    def build(cls, sources: Iterable[Source]) -> "Facts":
        kept = tuple(sources)
        index: dict[Key, list[Found]] = {}
        spans: list[tuple[str, str, Source]] = []
        for source in kept:
            text = f"{source.title}\n{source.text}" if source.kind == "entry" else source.text
            told = _told(source.kind, text, None)
            for key, units in told.units.items():
                index.setdefault(key, []).extend(Found(unit, source) for unit in units)
            spans += [(begin, end, source) for begin, end in told.spans]
        entries = ((s.id, s.title, s.text, s.examples) for s in kept if s.kind == "entry")
        return cls(kept, index, tuple(spans), Prices.build(entries))


class Evidence:
    """All that one answer may stand on. `preferred`: entries by id, the most likely source first."""

    def __init__(
        self, facts: Facts, *turn: Source, today: date | None = None, preferred: Iterable[str] = ()
    ) -> None:
        self._known = facts
        self._turn = turn
        self._today = today
        self._rank = {entry: rank for rank, entry in enumerate(preferred)}

    @cached_property
    def _lines(self) -> list[tuple[Source, Told]]:
        """Read when the first figure comes: most answers have none, and before that a customer waits."""
        read = ((source, _remembered(source.kind, source.text, self._today)) for source in self._turn)
        return [(source, told) for source, told in read if told.units]

    def find(self, figure: Figure) -> Source | None:
        """The source of a figure; a weak one (see WEAK) only when no other has it."""
        if figure.kind == "address":
            return self.place(figure.value.split())
        if figure.kind == "name" or (figure.kind == "link" and figure.value[0] == "@"):
            return self._named(figure.value.removeprefix("@"))
        if figure.kind == "date":
            if figure.value[0] == "+":
                return self._relative(figure)
            if days := days_of(figure.value):
                return self._every(days, figure.unit)
            if self._today and figure.unit and int(figure.unit) - self._today.year not in (0, 1):
                # A year that nobody wrote is the next one at most.
                return self._best(self._at(("date", figure.value), figure.unit, exact=True))
        return self._best(found for key, unit in wanted(figure) for found in self._at(key, unit))

    def place(self, tokens: list[str]) -> Source | None:
        """The source in which all these words stand together."""
        folded = (
            (source, fold(source.text))
            for source in (*self._known.sources, *self._turn)
            if source.kind != "now"
        )
        return self._best(
            source
            for source, text in folded
            if all(token in text for token in tokens) and standing_together(tokens, LEX.findall(text))
        )

    def speaks_of(self, ground: re.Pattern[str], *, kinds: frozenset[SourceKind] = STRONG) -> bool:
        """Whether a source that promises says something of a kind, in folded words."""
        return any(
            source.kind in kinds and ground.search(fold(source.text))
            for source in (*self._turn, *self._known.sources)
        )

    def _named(self, name: str) -> Source | None:
        """Who has this name: a person's, or one on a network with or without its sign."""
        words = r"\W+(?:(?:de|del|la|las|los)\W+)*".join(map(re.escape, name.split()))
        word = re.compile(rf"(?<![\w.]){words}(?![\w])")
        return self._best(s for s in (*self._known.sources, *self._turn) if word.search(fold(s.text)))

    def misplaced(self, figure: Figure, text: str, source: Source, *, ended: bool) -> bool:
        """Whether a price stands in the entries, but of another thing; see priced.py."""
        if source.kind != "entry":
            return False
        others = {found.kind for key, unit in wanted(figure) for found in self._at(key, unit)} - {"entry"}
        asked = next((s.text for s in reversed(self._turn) if s.kind == "customer"), "")
        return not others & {"business", "tool"} and self._known.prices.misplaced(
            figure, text, asked, ended=ended
        )

    def open_at(self, figure: Figure) -> Source | None:
        """Whose hours "from … to …" an hour lies in."""
        said = [(begin, end, source) for source, told in self._lines for begin, end in told.spans]
        spans = (*self._known.open_hours, *said)
        return self._best(s for begin, end, s in spans if begin <= figure.value <= end and s.kind not in WEAK)

    def _at(self, key: Key, unit: str, *, exact: bool = False) -> Iterable[Source]:
        for found in self._known.index.get(key, ()):
            if unit == found.unit or (not exact and agree(key[0], unit, found.unit)):
                yield found.source
        for source, told in self._lines:
            for its in told.units.get(key, ()):
                if unit == its or (not exact and agree(key[0], unit, its)):
                    yield source

    def _best(self, sources: Iterable[Source]) -> Source | None:
        return min(
            sources, key=lambda s: (_ORDER[s.kind], self._rank.get(s.id, len(self._rank))), default=None
        )

    def _every(self, days: list[str], unit: str) -> Source | None:
        """A range of weekdays stands only if each of them does; its weakest source counts."""
        found = [self._best(self._at(("weekday", day), unit)) for day in days]
        known = [source for source in found if source]
        return max(known, key=lambda s: _ORDER[s.kind]) if len(known) == len(days) else None

    def _relative(self, figure: Figure) -> Source | None:
        keys: list[Key] = [("relative", figure.value)]
        if self._today:
            keys += [key for key in day_keys(relative_day(figure.value, self._today)) if key[0] != "day"]
        return self._best(source for key in keys for source in self._at(key, ""))


def _told(kind: SourceKind, text: str, today: date | None) -> Told:
    found = closed_days(_by_the_clock(stated(text)), text)
    units: dict[Key, tuple[str, ...]] = {}
    for key, unit in (entry for figure in found for entry in filed(figure, today=today)):
        units[key] = (*units.get(key, ()), unit)
    folded = fold(text)
    if any(words in folded for words in FREE_HINTS):
        units[("price", "free")] = ("",)
    if today and kind in WEAK:
        units |= {key: (*units.get(key, ()), "") for key in _days_meant(kind, found, today)}
    return Told(units, tuple(_spans(found, text)))


# The lines of a conversation come again with each of its turns.
_remembered = lru_cache(maxsize=4_096)(_told)


def forget_texts() -> None:
    """The next turn of each conversation reads its lines anew."""
    _remembered.cache_clear()
    priced.forget()


def _days_meant(kind: SourceKind, found: list[Figure], today: date) -> Iterator[Key]:
    """What the calendar adds: "mañana" and "el viernes" are dates; today's line knows the days ahead."""
    ahead = [day_keys(today + timedelta(days)) for days in range(_DAYS_AHEAD + 1)]
    for days in _days_named(found, ahead) if kind == "customer" else range(_DAYS_AHEAD + 1):
        # Any weekday comes within a week: only the nearest are told by today's line.
        yield from ahead[days] if kind == "customer" or days < 2 else ahead[days][:2]
        yield ("relative", f"+{days}")


def _days_named(found: list[Figure], ahead: list[list[Key]]) -> list[int]:
    named = {figure.value for figure in found if figure.kind == "date"}
    return [n for n, keys in enumerate(ahead) if n and (f"+{n}" in named or keys[2][1] in named)]


def _by_the_clock(found: list[Figure]) -> list[Figure]:
    """Where one hour is told as "20:00", "9:00" is in the morning."""
    whole = any(f.kind == "hour" and f.text[:2].isdigit() and f.text[:2] >= "13" for f in found)
    return [f._replace(unit="") if whole and f.kind == "hour" else f for f in found]


def _spans(found: list[Figure], text: str) -> list[tuple[str, str]]:
    """Hours that stand as a range: "de 9:00 a 20:00"."""
    hours = [figure for figure in found if figure.kind == "hour"]
    joined = [(a, b) for a, b in pairwise(hours) if fold(text[a.end : b.start]).strip() in _BETWEEN]
    return [(a.value, b.value) for a, b in joined if a.value < b.value]


_BETWEEN = frozenset(
    ("a", "a las", "-", "to", "hasta", "hasta las", "y", "y las", "until", "till", "and", "a la")
)
