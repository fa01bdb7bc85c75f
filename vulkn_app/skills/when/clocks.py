"""Hours as people name them: "5 y media", "cuarto para las 6", "half past 4", "5pm", "15hs", "17 30"."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import TypeAlias

from vulkn_app.skills.when.meaning import Clock, Scene

_Make: TypeAlias = Callable[[re.Match[str], Scene], Clock | None]

_PART = "dawn|morning|afternoon|evening|night|noon"
# What tells one half of the day from the other behind an hour: "pm", "de la tarde", "evening".
_HALF = rf"(?:(?:clock |hrs )?(?:(am|pm)|(?:(?:of|in|at|del|al|a) )?(?:(?:the|las) )?({_PART})) )"
_ANY = rf"{_HALF}?(?:(?:hrs|clock|ish) )?"
_H = r"(\d{1,2}) "
_M = r"([0-5]\d) "
_LAS = r"(?:(?:at|a|for|about|las|of|the|@|eso) )*"
_AT = r"(?:(?:at|@|las|starts) )(?:(?:about|the|las|of) )*"
_LED = r"(?:(?:after|before|until|from|than|by|about|between|better) )(?:(?:of|las|about|the|at) )*"
# What may stand behind a bare number that is an hour; "after 3 visits" is none.
_DONE = r"(?=$|[,.;:!?)#] ?|#|(?:o|and|or|on|for|today|tonight|tomorrow|better|in|later|the|at) )(?![.:] \d)"
_COUNTED = r"(?!(?:st|days?|weeks?|months?|years?|hours?|minutes|nights|fortnight|x|%|m\d+|[-/] \d) )"
# Minutes that stand before "to" and "para las".
_FEW = r"(?:un |a )?(5|10|15|20|25|quarter|half) (?:minutes )?"
_FRACTIONS = {"quarter": 15, "half": 30}
_STEP = r"(?:to|a|-|until|al|and|through) (?:(?:las|the|at|of) )*"
_POINT = rf"{_H}(?:(?:[:.] )?{_M}|and (half|quarter) )?{_ANY}"


def told(hour: int, minute: int, meridiem: str | None, part: str | None) -> time | None:
    """The time of day; None for an hour that no clock has."""
    if meridiem == "am" or part == "dawn" or (part == "night" and hour == 12):
        hour = 0 if hour == 12 else hour
    elif meridiem == "pm" or part in ("afternoon", "evening"):
        hour += 12 if hour < 12 else 0
    elif part in ("noon", "night"):
        late = 1 <= hour <= 4 if part == "noon" else 5 <= hour < 12
        hour += 12 if late else 0
    hour = 0 if hour == 24 and not minute else hour
    return time(hour, minute) if 0 <= hour < 24 and 0 <= minute < 60 else None


def _clock(hour: str, minute: int, meridiem: str | None, part: str | None) -> Clock | None:
    """Open to both halves of the day when nothing told which; "05:00" and "15" tell themselves."""
    at = told(int(hour), minute, meridiem, part)
    plain = not (meridiem or part) and not hour.startswith("0") and 1 <= int(hour) < 12
    return Clock(at=at, open=plain) if at else None


def _minutes(word: str | None) -> int:
    return _FRACTIONS[word] if word in _FRACTIONS else int(word or 0)


def _exact(found: re.Match[str], scene: Scene) -> Clock | None:
    return _clock(found[1], int(found[2]), found[3], found[4])


def _bare(found: re.Match[str], scene: Scene) -> Clock | None:
    return _clock(found[1], 0, found[2], found[3])


def _bare_night(found: re.Match[str], scene: Scene) -> Clock | None:
    """ "3 night stay" is no hour."""
    return None if int(found[1]) < 6 else _clock(found[1], 0, None, "night")


def _past(found: re.Match[str], scene: Scene) -> Clock | None:
    return _clock(found[2], _minutes(found[1]), found[3], found[4])


def _and(found: re.Match[str], scene: Scene) -> Clock | None:
    """ "Las 5 y media", "las 8 y 20"."""
    return _clock(found[1], _minutes(found[2]), found[3], found[4])


def _to(found: re.Match[str], scene: Scene) -> Clock | None:
    """ "Cuarto para las 6", "20 to 2"; but "5 to 6" is an hour long."""
    few, hour = _minutes(found[1]), int(found[2])
    if found[1].isdigit() and few <= 10 and "las" not in found[0] and 0 < hour - few <= 3:
        return None
    return _less(found[2], few, found[3], found[4])


def _minus(found: re.Match[str], scene: Scene) -> Clock | None:
    return _less(found[1], _minutes(found[2]), found[3], found[4])


def _less(hour: str, minutes: int, meridiem: str | None, part: str | None) -> Clock | None:
    """Minutes before the hour."""
    full = _clock(hour, 0, meridiem, part)
    if full is None or full.at is None:
        return None
    left = (full.at.hour * 60 - minutes) % (24 * 60)
    if full.open and full.at.hour == 1:
        left = 12 * 60 + 60 - minutes
    return replace(full, at=time(*divmod(left, 60)))


def _half_before(found: re.Match[str], scene: Scene) -> Clock | None:
    """ "Evening 5", "morning 10:30"."""
    return _clock(found[2], int(found[3] or 0), None, found[1])


def _noon(found: re.Match[str], scene: Scene) -> Clock | None:
    return Clock(at=time(12) if found[1] == "noon" else time(0))


def _military(found: re.Match[str], scene: Scene) -> Clock | None:
    return _clock(found[1], int(found[2]), None, None)


def _asked(found: re.Match[str], scene: Scene) -> Clock | None:
    return _clock(found[1], int(found[2] or 0), None, None) if scene.asked == "time" else None


def _hours(found: re.Match[str], scene: Scene) -> Clock | None:
    """ "15hs" is an hour of the day, "2 hs" a length of time."""
    return _clock(found[1], 0, None, None) if int(found[1]) >= 7 else None


def _span(found: re.Match[str], scene: Scene) -> Clock | None:
    """ "De 4 a 6", "between 8 and 9:30", "11 to 1 pm": the first hour takes the second's half if it stays first."""
    first = _clock(found[1], _minutes(found[2] or found[3]), found[4], found[5])
    last = _clock(found[6], _minutes(found[7] or found[8]), found[9], found[10])
    if not (first and last and first.at and last.at):
        return None
    if first.open and not last.open:
        alike = told(first.at.hour, first.at.minute, found[9], found[10])
        first = Clock(at=alike) if alike and alike < last.at else first
    return Clock(earliest=first.at, latest=last.at, open=first.open and last.open)


RULES: tuple[tuple[str, _Make], ...] = (
    (
        rf"(?<!from )(?<!between )(?<!of )(?<!for ){_FEW}(?:to|before|until|for las) (?:las )?{_H}(?!: ){_ANY}",
        _to,
    ),
    (rf"(?:(?:from|between) (?:las )?|(?:of|del) las ){_POINT}{_STEP}{_POINT}{_COUNTED}(?!# |o of )", _span),
    (rf"(?:of|del) {_POINT}(?:a|to|-|until) {_POINT}{_COUNTED}(?!# |o of )", _span),
    (rf"las {_POINT}{_STEP}{_POINT}{_COUNTED}", _span),
    (rf"{_H}(?:: {_M})?()(?:(am|pm) )?()(?:-|to|a) {_H}(?:: {_M})?()(am|pm) ()", _span),
    (rf"{_H}(?::|hrs) {_M}(?:: \d\d )?{_ANY}", _exact),
    (rf"{_FEW}(?:past|after) (?:las )?{_H}{_ANY}", _past),
    (rf"(half) (\d{{1,2}}) {_ANY}(?!# |hours? )", _past),
    (rf"{_H}and (half|quarter|pico) (?!of )(?!hours? ){_ANY}", _and),
    (rf"(?:{_AT}|{_LED}){_H}and {_M}{_ANY}", _and),
    (rf"{_H}and {_M}{_HALF}", _and),
    (rf"{_H}minus (?:un )?(quarter|\d\d?) {_ANY}", _minus),
    (rf"{_H}(?:[.'] )?{_M}{_HALF}(?:clock )?", _exact),
    (rf"(?:{_AT}|{_LED}){_H}(?:[.'] )?{_M}(?:hrs |clock )?()()(?!\d)", _exact),
    (rf"(?<!\d )(?<!- ){_H}([0-5][05]) ()()(?:hrs )?(?![-.] \d|\d){_COUNTED}", _exact),
    (rf"(?:{_AT}|{_LED})?(\d\d)(\d\d) (?:hrs|clock) ", _military),
    (rf"(?:{_AT}|(?<=# ))([01]\d|2[0-3])([0-5]\d) ", _military),
    (r"(?:12 (?:of the |del |of )?)?(?:mid )?(noon|midnight) ", _noon),
    (rf"{_H}()night ", _bare_night),
    (rf"{_H}(?!night ){_HALF}(?:clock |ish )?", _bare),
    (rf"{_H}(?:clock|ish) ()()", _bare),
    (rf"las {_H}()()(?:hours |hrs )", _bare),
    (rf"{_H}hrs (?!ago|before|after)", _hours),
    (rf"(dawn|morning|afternoon|evening|night) (?:at |time |las )*{_H}(?:: {_M})?{_DONE}", _half_before),
    (rf"{_AT}{_H}()(){_COUNTED}", _bare),
    (rf"{_LED}{_H}()(){_DONE}", _bare),
    (rf"^(?:o |about |a |las |at |for |better )*{_H}(?:{_M})?(?:o |[.!?,] )*$", _asked),
)
