"""The twenty questions of an exam: out of what the organization knows, what its vertical's customers ask, and traps.

What is asked depends on the seed and on each entry alone, and what was asked the last time is asked again: so that an
exam after a correction says whether the correction helped."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Literal, TypeVar

from vulkn_app.i18n import Language
from vulkn_app.llm.smalltalk import plain
from vulkn_app.onboarding import phrasing
from vulkn_app.onboarding.grading import Rule
from vulkn_app.verticals import Faq, Pack, Trap, common_traps

TOTAL = 20
TRAPS = 7
VERTICAL = 4
LONGEST = 600
Kind = Literal["own", "vertical", "trap"]
T = TypeVar("T")


@dataclass(frozen=True)
class Known:
    """An entry that holds today. `group`: it and its translation; `faq`: the vertical's answer that it came from."""

    id: str
    title: str
    body: str
    language: Language
    examples: tuple[str, ...] = ()
    group: str = ""
    faq: str = ""


@dataclass(frozen=True)
class Question:
    kind: Kind
    rule: Rule
    language: Language
    question: str
    key: str = ""
    style: str = ""
    expects: tuple[tuple[str, ...], ...] = ()
    never: tuple[str, ...] = ()
    before: bool | None = field(default=None, compare=False)


@dataclass(frozen=True)
class _Groups:
    """What is known, an answer a group, whatever its languages."""

    by_key: Mapping[str, tuple[Known, ...]]
    words: str  # all of it, to see whether a trap is none here

    @classmethod
    def of(cls, known: Iterable[Known]) -> "_Groups":
        groups: dict[str, tuple[Known, ...]] = {}
        texts: list[str] = []
        for entry in known:
            key = entry.group or entry.id
            groups[key] = (*groups.get(key, ()), entry)
            texts.append(plain(f"{entry.title} {entry.body}"))
        return cls(groups, f" {' '.join(texts)} ")

    def ids(self, key: str) -> tuple[str, ...]:
        return tuple(entry.id for entry in self.by_key[key])

    def asked_for(self, question: str) -> tuple[str, ...]:
        """The entries that somebody wrote for this very question."""
        said = plain(question)
        return next(
            (
                self.ids(key)
                for key, entries in self.by_key.items()
                if any(said == plain(words) for entry in entries for words in (entry.title, *entry.examples))
            ),
            (),
        )

    def of_faq(self, key: str) -> tuple[str, ...]:
        return tuple(e.id for entries in self.by_key.values() for e in entries if e.faq == key)


def compose(
    known: Sequence[Known], pack: Pack | None, seed: int, last: Sequence[Question] = ()
) -> list[Question]:
    """Fewer than twenty where there is hardly anything to ask about; none where nothing is known."""
    if not known:
        return []
    groups = _Groups.of(known)
    traps, vertical = _traps(groups, pack, seed), _vertical(groups, pack, seed)
    chosen: dict[str, Question] = {}
    _take([r for asked in last if (r := _renewed(asked, groups, pack))], chosen, TOTAL)
    _take(traps, chosen, TRAPS - _count(chosen, "trap"))
    _take(vertical, chosen, VERTICAL - _count(chosen, "vertical"))
    # Where little is known, what is left is asked of what its customers ask, and of more traps.
    for more in (_own(groups, pack, seed), vertical, traps):
        _take(more, chosen, TOTAL)
    return _shuffled(chosen.values(), seed, lambda question: question.key)


def _take(questions: Iterable[Question], chosen: dict[str, Question], most: int) -> None:
    """So many more at most, none twice, and never more than an exam has."""
    keys = {question.key for question in chosen.values()}
    for question in questions:
        if most <= 0 or len(chosen) >= TOTAL:
            return
        said = plain(question.question)
        if said not in chosen and question.key not in keys:
            chosen[said] = question
            most -= 1


def _count(chosen: Mapping[str, Question], kind: Kind) -> int:
    return sum(question.kind == kind for question in chosen.values())


def _renewed(asked: Question, groups: _Groups, pack: Pack | None) -> Question | None:
    """As it was, with what stands behind it by now. None: what it asks for is gone."""
    if written := groups.asked_for(asked.question):
        return replace(asked, rule="answer", expects=(written,), never=())
    if asked.kind == "vertical":
        mine = pack is not None and any(faq.key == asked.key.split(":")[1] for faq in pack.faqs)
        found = groups.of_faq(asked.key.split(":")[1])
        return replace(asked, expects=(found,) if found else ()) if mine else None
    if asked.kind == "trap":
        return asked if _fools(asked.never, groups) else None
    there = {entry.id for entries in groups.by_key.values() for entry in entries}
    kept = tuple(tuple(each for each in group if each in there) for group in asked.expects)
    return replace(asked, expects=kept) if kept and all(kept) else None


def _traps(groups: _Groups, pack: Pack | None, seed: int) -> list[Question]:
    """The vertical's first; one premise, and only what really is not so here."""
    own = pack.traps if pack else ()
    common = [trap for trap in common_traps() if _fools(trap.never, groups)]
    premise = [trap for trap in common if trap.rule == "premise"][:1]
    rest = [trap for trap in common if trap.rule != "premise"]
    # These every customer tries, and they are the dearest.
    first = [trap for trap in rest if trap.key in ("discount", "instructions", "private")]
    others = _shuffled([trap for trap in rest if trap not in first], seed, lambda trap: trap.key)
    return [_trap(trap, place) for place, trap in enumerate([*first, *premise, *own, *others])]


def _trap(trap: Trap, place: int) -> Question:
    language: Language = "en" if place == 5 else "es"
    return Question("trap", trap.rule, language, trap.ask(language), f"trap:{trap.key}", never=trap.never)


def _fools(never: Iterable[str], groups: _Groups) -> bool:
    return not any(f" {plain(words)} " in groups.words for words in never)


def _vertical(groups: _Groups, pack: Pack | None, seed: int) -> list[Question]:
    """What its customers ask, known or not: an answer that nobody wrote is what an owner must hear of."""
    if pack is None:
        return []
    asked = [faq for faq in pack.faqs if faq.needs or groups.of_faq(faq.key)]
    return [_of_vertical(faq, groups, seed) for faq in _shuffled(asked, seed, lambda faq: faq.key)]


def _of_vertical(faq: Faq, groups: _Groups, seed: int) -> Question:
    dice = _dice(seed, faq.key)
    found = groups.of_faq(faq.key) or groups.asked_for(faq.es.title)
    question = dice.choice(faq.es.examples)
    return Question("vertical", "answer", "es", question, f"faq:{faq.key}", expects=(found,) if found else ())


def _own(groups: _Groups, pack: Pack | None, seed: int) -> list[Question]:
    """Each answer once in a manner of its own, then again in another, so that a few answers fill an exam too."""
    keys = _shuffled(sorted(groups.by_key), seed, lambda key: key)
    styles = ("plain", "no_accents", "typos", "other_language", "two", "hurried")
    found: list[Question] = []
    for turn in range(len(styles)):
        for place, key in enumerate(keys):
            other = keys[(place + 1) % len(keys)]
            question = _put(groups, key, other, styles[(place + turn) % len(styles)], pack, seed)
            found += [question] if question else []
    return found


def _put(groups: _Groups, key: str, other: str, style: str, pack: Pack | None, seed: int) -> Question | None:
    """None where an answer cannot be asked for in that manner."""
    dice = _dice(seed, key, style)
    entry = groups.by_key[key][0]
    language, words, expects = entry.language, _words(entry, dice), (groups.ids(key),)
    match style:
        case "plain":
            words = phrasing.opened(words, language, dice)
        case "no_accents":
            words = phrasing.without_accents(words)
        case "typos":
            words = phrasing.mistyped(words, dice)
        case "hurried":
            words = phrasing.hurried(words)
        case "other_language":
            language = "en" if language == "es" else "es"
            words = _translated(groups.by_key[key], language, pack, dice)
        case "two":
            second = groups.by_key[other][0]
            if other == key or second.language != language:
                return None
            words = phrasing.both(words, _words(second, _dice(seed, other, style)), language)
            expects = (*expects, groups.ids(other))
    if not words or len(words) > LONGEST:
        return None
    return Question("own", "answer", language, words, f"own:{key}:{style}", style, expects)


def _words(entry: Known, dice: random.Random) -> str:
    """As its owner says that customers ask, or a question made of its title."""
    return (
        dice.choice(entry.examples) if entry.examples else phrasing.about(entry.title, entry.language, dice)
    )


def _translated(entries: Sequence[Known], language: Language, pack: Pack | None, dice: random.Random) -> str:
    """By its translation, its vertical, or what is asked everywhere; empty where nobody knows."""
    if twin := next((entry for entry in entries if entry.language == language), None):
        return _words(twin, dice)
    faqs = pack.faqs if pack else ()
    faq = next((faq for faq in faqs if faq.key in {entry.faq for entry in entries}), None)
    if faq:
        return dice.choice(faq.side(language).examples)
    return phrasing.elsewhere(entries[0].title, entries[0].language)


def _shuffled(items: Iterable[T], seed: int, key: Callable[[T], str]) -> list[T]:
    """Each item's place hangs on itself alone: another one more or less moves nobody."""
    return sorted(items, key=lambda item: sha256(f"{seed}:{key(item)}".encode()).digest())


def _dice(seed: int, *words: str) -> random.Random:
    return random.Random(f"{seed}:{':'.join(words)}")
