"""The days a text names: rules tried in order, joined to stretches, those it refuses marked."""

import re
from dataclasses import replace
from datetime import timedelta

from vulkn_app.skills.when import calendar, numbered, relative
from vulkn_app.skills.when.meaning import Day, Scene

_RULES = tuple(
    (re.compile(rf"(?<!\S){pattern}"), make) for pattern, make in (*numbered.RULES, *relative.RULES)
)
# What leads from the first day of a stretch to its last.
_UNTIL = re.compile(
    r"(?:(?:morning|afternoon|evening|night) |, )?(?:to|until|through|a|al|-)(?: (?:the|las|of|at|o|day|un|\S+x))* "
)
_AND = re.compile(r"(?:and|a|al|-)(?: (?:the|las|of|at|day))* ")
_FROM = re.compile(r"(?:from|del|of|between)(?: (?:the|las|day))* $")
_REFUSED = re.compile(r"(?<!\S)(?:not|instead of|better than)(?: (?![,.;:?!]|better|instead|but)\S+){0,5} $")
_REFUSED_BEHIND = re.compile(r"not (?:\S+ ){0,4}(?:[,.;?!] |better |$)")


def claim(symbols: str, start: int, end: int) -> str:
    """`symbols` with a stretch blotted out, as long as before."""
    return f"{symbols[:start]}{'#' * (end - start - 1)} {symbols[end:]}"


def find(symbols: str, scene: Scene) -> tuple[list[Day], str]:
    """The days in the order of the text, and the symbols that are left."""
    days: list[Day] = []
    rest = symbols
    for pattern, make in _RULES:
        for found in pattern.finditer(rest):
            named = make(found, scene)
            if named is not None:
                days.append(replace(named, start=found.start(), end=found.end()))
                rest = claim(rest, found.start(), found.end())
    days.sort(key=lambda day: day.start)
    joined = _joined(days, symbols)
    return [replace(day, refused=refused(day.start, day.end, symbols)) for day in joined], rest


def _joined(days: list[Day], symbols: str) -> list[Day]:
    """ "Del lunes al miércoles" is one stretch of days."""
    joined: list[Day] = []
    for day in days:
        before = joined[-1] if joined else None
        stretch = _stretch(before, day, symbols) if before else None
        if stretch:
            joined[-1] = stretch
        else:
            joined.append(day)
    return joined


def _stretch(first: Day, last: Day, symbols: str) -> Day | None:
    gap = symbols[first.end : last.start]
    led = _FROM.search(symbols[: first.start]) or symbols[first.start :].startswith(
        ("of ", "del ", "between ")
    )
    if first.last or last.last or not (_UNTIL.fullmatch(gap) or (led and _AND.fullmatch(gap))):
        return None
    begin, end = first.first, last.first
    if first.loose and not last.loose and symbols[last.start : last.end].find(" m") >= 0:
        begin = calendar.of(end.year, end.month, begin.day) or begin
    if end < begin and last.loose:
        end = next((day for day in calendar.days_of_month(begin, end.day)), end)
    elif end < begin and (begin - end).days < 7:
        end += timedelta(days=7)
    elif end < begin and (begin - end).days < 366:
        end = calendar.shifted(end, months=12)
    return replace(first, first=begin, last=end, end=last.end) if end > begin else None


def refused(start: int, end: int, symbols: str) -> bool:
    """The text says no to what stands there: "el viernes no puedo", "not tomorrow", "instead of Monday"."""
    return bool(_REFUSED.search(symbols[:start]) or _REFUSED_BEHIND.match(symbols[end:]))
