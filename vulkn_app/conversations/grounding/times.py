"""Hours: "9 am", "9:00", "09:00 hrs", "las nueve de la mañana", "half past nine", "9-14h"."""

from typing import NamedTuple

from vulkn_app.conversations.grounding.numbers import Number
from vulkn_app.conversations.grounding.scan import Figure, Read, Reads, Scan
from vulkn_app.conversations.grounding.words import (
    AFTERNOONS,
    CURRENCIES,
    FUNCTION_WORDS,
    HOUR_UNITS,
    MORNINGS,
    RANGE_WORDS,
    UNITS,
    word_set,
)

_BEFORE_LAS = word_set("a de desde hasta para sobre entre son y o tipo eso despues antes - abrimos cerramos")
_BEFORE_HOUR = word_set("at by around until till before after from between @")
_PARTS = {"media": 30, "cuarto": 15, "half": 30, "quarter": 15}
NAMED_HOURS = {
    "noon": "12:00",
    "midday": "12:00",
    "mediodia": "12:00",
    "midnight": "00:00",
    "medianoche": "00:00",
}


class _Mark(NamedTuple):
    """What stands behind an hour: "am", "pm", "24" for a bare "hrs", "on" for "en punto"; "" for nothing."""

    half: str
    after: int


def clock(scan: Scan, at: int, found: Number | None) -> Read:
    """The hour at a token, when something says that it is one."""
    word = scan.words[at]
    if word == "24/7":
        return scan.figure("hour", at, at + 1, "24/7"), at + 1
    written = ":" in word
    if written:
        hour, minute = (int(part) for part in word.split(":")[:2])
        after = at + 1
    elif found and found.after - at <= 2:
        hour, minute, after = int(found.value), round(found.value % 1 * 100), found.after
    else:
        return None
    if hour > 24 or minute > 59:
        return None
    called = _called(scan, at, hour)
    extra, after = _minutes(scan, after, called=called or written)
    mark = _mark(scan, after)
    if not (written or mark.half in ("am", "pm", "on") or _is_hour(scan, at, after, mark, called=called)):
        return None
    if extra < 0:
        hour -= 1
    return _figure(scan, at, mark.after, hour, (minute + extra) % 60, mark.half), mark.after


def past(scan: Scan, at: int) -> Read:
    """ "half past nine", "quarter to five", "cuarto para las 9"."""
    minutes = _PARTS.get(scan.word(at))
    link = scan.word(at + 1)
    if not minutes or link not in ("past", "to", "para"):
        return None
    hour_at = at + 3 if link == "para" and scan.word(at + 2) in ("las", "la") else at + 2
    found = scan.number(hour_at)
    if not found or found.value > 24 or found.value < 1:
        return None
    mark = _mark(scan, found.after)
    late = link != "past"
    hour = int(found.value) - late
    return _figure(scan, at, mark.after, hour, 60 - minutes if late else minutes, mark.half), mark.after


def named(scan: Scan, at: int) -> Read:
    """ "noon", "medianoche"."""
    return scan.figure("hour", at, at + 1, NAMED_HOURS[scan.words[at]]), at + 1


def as_hour(scan: Scan, at: int, found: Number) -> Figure | None:
    """The first of "9 a 14 h": an hour because the second is one."""
    if found.value > 24 or found.value != int(found.value):
        return None
    return _figure(scan, at, found.after, int(found.value), 0, "")


def span(scan: Scan, at: int, first: Number) -> Reads:
    """Both hours of "9-14h" or, where opening hours are told, of "de 9 a 14"."""
    between = scan.word(at - 1) in ("entre", "between") and scan.word(first.after) in ("y", "and")
    if not between and scan.word(first.after) not in RANGE_WORDS:
        return None
    last_at = first.after + 1 + (scan.word(first.after + 1) in ("las", "la"))
    last = scan.number(last_at)
    begin = as_hour(scan, at, first)
    end = as_hour(scan, last_at, last) if last else None
    if not last or not begin or not end or clock(scan, last_at, last):
        return None
    unit, tight = scan.word(last.after), scan.word(first.after) == "-"
    if unit in HOUR_UNITS:
        told = scan.opening or (tight and unit in ("h", "hs", "hrs"))
        return ([begin, end], last.after + 1) if told else None
    counted = unit in UNITS or unit in CURRENCIES or unit == "%" or scan.noun(last.after)
    return ([begin, end], last.after) if scan.opening and not scan.priced and not counted else None


def _called(scan: Scan, at: int, hour: int) -> bool:
    """ "a las 9", "at 9"."""
    before = scan.word(at - 1)
    if before == "las" or (before == "la" and hour == 1):
        return scan.word(at - 2) in _BEFORE_LAS
    return before in _BEFORE_HOUR


def _is_hour(scan: Scan, at: int, after: int, mark: _Mark, *, called: bool) -> bool:
    if mark.half == "24":
        return called or scan.words[at].startswith("0")
    follows = scan.word(after)
    if not called or follows in UNITS or follows in CURRENCIES or follows in ("%", "x", "por", "percent"):
        return False
    # "from 9 to 5 sessions": what is counted stands behind the second number.
    return not (follows.isalpha() and follows not in FUNCTION_WORDS and not scan.capital(after))


def _minutes(scan: Scan, after: int, *, called: bool) -> tuple[int, int]:
    """ "y media", "y cuarto", "menos cuarto", "y diez": minutes to add, or below zero to take off."""
    link, part = scan.word(after), scan.word(after + 1)
    if not called or link not in ("y", "menos"):
        return 0, after
    minutes = _PARTS.get(part, 0)
    found = None if minutes else scan.number(after + 1)
    if found and found.spoken and 5 <= found.value < 60 and scan.word(found.after) not in UNITS:
        minutes = int(found.value)
    if not minutes:
        return 0, after
    return (minutes if link == "y" else -minutes), found.after if found else after + 2


def _mark(scan: Scan, at: int) -> _Mark:
    word = scan.word(at)
    if word in ("am", "pm"):
        return _Mark(word, at + 1)
    if word in ("a", "p") and scan.word(at + 1) == "." and scan.word(at + 2) == "m":
        return _Mark(f"{word}m", at + 3 + (scan.word(at + 3) == "." and scan.glued(at + 3)))
    if word in HOUR_UNITS:
        half = _mark(scan, at + 1)
        return half if half.half in ("am", "pm") else _Mark("24", at + 1)
    if word == "en" and scan.word(at + 1) == "punto":
        half = _mark(scan, at + 2)
        return half if half.half else _Mark("on", at + 2)
    if word == "o" and scan.word(at + 1) == "'" and scan.word(at + 2) == "clock":
        half = _mark(scan, at + 3)
        return half if half.half else _Mark("on", at + 3)
    if word in ("de", "in", "por") and scan.word(at + 1) in ("la", "the"):
        return _half_of(scan.word(at + 2), at, at + 3)
    if (word, scan.word(at + 1)) in (("at", "night"), ("del", "mediodia")):
        return _Mark("pm", at + 2)
    return _Mark("", at)


def _half_of(word: str, at: int, after: int) -> _Mark:
    if word in MORNINGS:
        return _Mark("am", after)
    return _Mark("pm", after) if word in AFTERNOONS else _Mark("", at)


def _figure(scan: Scan, at: int, after: int, hour: int, minute: int, half: str) -> Figure:
    if half == "pm" and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    either = half not in ("am", "pm") and 1 <= hour < 12 and not scan.words[at].startswith("0")
    value = f"{hour % 24:02}:{minute:02}"
    return scan.figure("hour", at, after, value, "12h" if either else "")
