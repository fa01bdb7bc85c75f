"""Two entries that give different figures for the same thing: an agent would say now one, now the other.

What a figure is about are the telling words beside it, or the title's; only the very same words count, because
"corte" and "corte de niño" have two prices rightly. Two languages of one answer are about the same thing anyway."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain, combinations
from typing import NamedTuple
from uuid import UUID

from vulkn_app.conversations.grounding.dates import days_of
from vulkn_app.conversations.grounding.figures import stated
from vulkn_app.conversations.grounding.scan import Figure
from vulkn_app.conversations.grounding.subjects import Subject, stems, subject
from vulkn_app.knowledge.words import fold, stem

MOST = 200  # clashes told at once: more of them are one mistake of an import
WHOLE_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_SEPARATORS = re.compile(r"[,;|]")


_OPENING = stems(
    """
    horario horarios abrimos abre abren abierto abiertos cerramos cierra cierran atendemos atencion servicio
    open opening hours close closing closed schedule business lunes martes miercoles jueves viernes sabado sabados
    domingo domingos monday tuesday wednesday thursday friday saturday saturdays sunday sundays lun mar mie jue vie
    sab dom mon tue wed thu fri sat sun noon mediodia
    """
)

Key = tuple[str, str, Subject]


class Text(NamedTuple):
    """An entry as far as it can contradict another."""

    id: UUID
    title: str
    body: str
    language: str
    kind: str
    twin_id: UUID | None = None


class Value(NamedTuple):
    """A figure as it is compared, and as it was written."""

    amount: str
    unit: str
    shown: str


Claims = Mapping[Key, frozenset[Value]]


class Clash(NamedTuple):
    """`here` is what `one` says, `there` what `other` does; `figures` names this very disagreement."""

    one: UUID
    other: UUID
    figures: str
    here: str
    there: str


def claims(entry: Text) -> Claims:
    """What an entry says of what. About 0.1 ms."""
    found: defaultdict[Key, set[Value]] = defaultdict(set)
    named = subject(entry.title)
    opens = _opens(entry.title)
    for sentence in _SENTENCE.split(entry.body):
        figures = stated(sentence)
        for about, figure in _with_subjects(sentence, figures, named):
            if read := _read(figure, entry.kind):
                found[(*read[0], about)].add(read[1])
        if opens or _opens(sentence):
            for day, hours in _hours(figures):
                found["hour", day, named - _OPENING].add(hours)
    for kind, unit in {key[:2] for key in found if key[0] != "hour"}:
        said = {value for key, values in found.items() if key[:2] == (kind, unit) for value in values}
        if len(said) == 1 and named:  # the only price there is is the title's too
            found[kind, unit, named] |= said
    return {key: frozenset(values) for key, values in found.items() if key[2] or key[0] == "hour"}


def find(known: Mapping[UUID, Claims], twins: Iterable[tuple[UUID, UUID]] = ()) -> list[Clash]:
    """Each pair once, in an order that stays."""
    by_key: defaultdict[Key, list[UUID]] = defaultdict(list)
    for entry_id in sorted(known):
        for key in known[entry_id]:
            by_key[key].append(entry_id)
    clashes: dict[tuple[UUID, UUID], Clash] = {}
    clashing = chain(
        (
            (one, other, known[one][key], known[other][key])
            for key, ids in by_key.items()
            for one, other in combinations(ids[:50], 2)
            if not _agree(known[one][key], known[other][key])
        ),
        (
            (one, other, *said)
            for one, other in sorted(tuple(sorted(pair)) for pair in twins)
            if (said := _differing(known.get(one, {}), known.get(other, {})))
        ),
    )
    for one, other, here, there in clashing:
        if len(clashes) == MOST:
            break
        if (one, other) not in clashes:
            clashes[one, other] = _clash(one, other, here, there)
    return sorted(clashes.values())


def _clash(one: UUID, other: UUID, here: frozenset[Value], there: frozenset[Value]) -> Clash:
    mine, theirs = (" · ".join(sorted({value.shown for value in said})) for said in (here, there))
    return Clash(one, other, f"{mine} / {theirs}"[:200], mine, theirs)


def _differing(here: Claims, there: Claims) -> tuple[frozenset[Value], frozenset[Value]] | None:
    """Of two languages of one answer: figures of a kind that the other one does not have."""
    for kind in ("price", "percent", "number", "hour"):
        mine, theirs = (_all(claims, kind) for claims in (here, there))
        if mine and theirs:
            only_mine = frozenset(v for v in mine if not _agree({v}, theirs))
            only_theirs = frozenset(v for v in theirs if not _agree({v}, mine))
            if only_mine or only_theirs:
                return only_mine or mine, only_theirs or theirs
    return None


def _all(claims: Claims, kind: str) -> frozenset[Value]:
    return frozenset(value for key, values in claims.items() if key[0] == kind for value in values)


def _agree(here: Iterable[Value], there: Iterable[Value]) -> bool:
    """Whether they have a value in common; figures in two currencies are no disagreement."""
    pairs = [(a, b) for a in here for b in there if not a.unit or not b.unit or a.unit == b.unit]
    return not pairs or any(a.amount == b.amount for a, b in pairs)


def _read(figure: Figure, kind: str) -> tuple[tuple[str, str], Value] | None:
    shown = figure.text.strip()
    match figure.kind:
        case "price":
            return ("price", ""), Value(figure.value, figure.unit, shown)
        case "percent":
            return ("percent", ""), Value(figure.value, "", shown)
        case "number" if figure.unit in ("minute", "month"):
            return ("number", figure.unit), Value(figure.value, figure.unit, shown)
        case "number" if kind == "price" and not figure.unit:
            return ("price", ""), Value(figure.value, "", shown)
    return None


def _with_subjects(sentence: str, figures: list[Figure], named: Subject) -> list[tuple[Subject, Figure]]:
    """Each figure with the words before it, after the one before; failing that with those after it, with what
    the sentence was about so far, with the title."""
    found: list[tuple[Subject, Figure]] = []
    about: Subject = frozenset()
    begin = 0
    for place, figure in enumerate(figures):
        last = place + 1 == len(figures)
        end = len(sentence) if last else figures[place + 1].start
        own = subject(_SEPARATORS.split(sentence[begin : figure.start])[-1]) or subject(
            sentence[begin : figure.start]
        )
        following = subject(_SEPARATORS.split(sentence[figure.end : end])[0]) if last or not about else None
        about = own or about or following or named
        found.append((about, figure))
        begin = figure.end
    return found


def _hours(figures: list[Figure]) -> list[tuple[str, Value]]:
    """Each day with the hours that stand after it, in pairs."""
    days: tuple[str, ...] = WHOLE_WEEK
    fresh, begins = False, None
    found: list[tuple[str, Value]] = []
    for figure in figures:
        if figure.kind == "date" and (these := days_of(figure.value) or _day(figure.value)):
            days, fresh = ((*days, *these) if fresh else tuple(these)), True
        elif figure.kind == "hour" and begins is None:
            begins, fresh = figure, False
        elif figure.kind == "hour" and begins:
            span = f"{_hour(begins)}-{_hour(figure, after=begins)}"
            found += [(day, Value(span, "", f"{begins.text} - {figure.text}")) for day in days]
            begins = None
    return found


def _day(value: str) -> tuple[str, ...]:
    return (value,) if value in WHOLE_WEEK else ()


def _hour(figure: Figure, after: Figure | None = None) -> str:
    """An hour that may be either half of the day is the later one behind an earlier."""
    if after and figure.unit == "12h" and figure.value <= after.value:
        return f"{int(figure.value[:2]) + 12:02}{figure.value[2:]}"
    return figure.value


def _opens(text: str) -> bool:
    return any(stem(word) in _OPENING for word in re.findall(r"[^\W\d_]+", fold(text)))
