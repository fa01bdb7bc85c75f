"""From a message to the moment it names."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from vulkn_app.skills.when import dates, hours
from vulkn_app.skills.when.meaning import Asked, Clock, Day, Doubt, Language, Opening, Scene, When
from vulkn_app.skills.when.reading import Reading, read

_Named = TypeVar("_Named", Day, Clock)

# Where 3/4 is 3 April in English too.
_DAY_FIRST = ("Europe/", "Australia/", "Pacific/Auckland", "Africa/", "Asia/Kolkata", "Asia/Singapore")
_LENGTH = re.compile(
    r"(?<!\S)(?:(1 / 2|\d{1,3}|un|a|half) )(?:(?:a|un|of|full|o) )*(hours?|hrs|minutes|days?|nights?|weeks?|fortnight|months?)"
    r"(?: and (?:a |un )?(half))? "
)
_UNITS = {
    "hrs": timedelta(hours=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1), "day": timedelta(days=1),
    "night": timedelta(days=1), "week": timedelta(weeks=1), "fortnight": timedelta(weeks=2),
    "month": timedelta(days=30),
}  # fmt: skip
_RECURRING = re.compile(
    r"(?<!\S)every (?:(?:every|the|las|\d+) )*(?:days?|weeks?|w\d|#|morning|night|months?|years?|hours?)"
)
_ANY_TIME = re.compile(
    r"(?<!\S)(?:any|cualquier|whenever|anytime|anyday|cuando sea|cuando pueda[ns]?|a la hora que|igual el dia|flexible)(?!\S)"
)
_LOOSE = re.compile(r"(?<!\S)(?:more )?(?:later|earlier) ")
# "Move it from Monday to Wednesday" asks for Wednesday.
_CHANGING = re.compile(
    r"\b(?:cambi|mover|mueve|muev[ae]|pasar|pasa[rm]|recorr|reagend|reprogram|change|move|reschedul|switch|push|shift)"
)
_LEAD = re.compile(r"(?<!\S)(?:(?:a|at|the|las|al|del) )+$")
_CORRECTED = re.compile(r"(?<!\S)(?:better|instead|not) ")
_TOWARDS = re.compile(r"(?<!\S)(?:(?:better|instead) |(?:to|for|a|al) (?:(?:the|las|at) )*$)")


def understand(
    text: str,
    *,
    now: datetime,
    timezone: str,
    language: Language | None = None,
    asked: Asked | None = None,
    opening: Opening | None = None,
) -> When:
    """The moment `text` names, in the business's time zone.

    `asked` is what the business asked for last: then a bare "5" is an answer. `opening` tells which half of the
    day "a las 5" is in. Days that have gone by are the coming year's, month's or week's.
    """
    reading = read(text, language=language)
    local = now.astimezone(ZoneInfo(timezone)) if now.tzinfo else now
    day_first = reading.language == "es" or timezone.startswith(_DAY_FIRST)
    scene = Scene(local, reading.language, day_first=day_first, opening=opening, asked=asked)
    days, rest = dates.find(reading.symbols, scene)
    clocks, rest = hours.find(reading.symbols, rest, scene)
    return _summed(reading, scene, days=days, clocks=clocks, rest=rest)


def _summed(reading: Reading, scene: Scene, *, days: list[Day], clocks: list[Clock], rest: str) -> When:
    lengths = list(_LENGTH.finditer(rest))
    repeats = list(_RECURRING.finditer(reading.symbols))
    loose = list(_LOOSE.finditer(rest))
    places = [(one.start, one.end) for one in (*days, *clocks)]
    places = [(_led(reading.symbols, start), end) for start, end in places]
    places += [found.span() for found in (*lengths, *repeats, *loose)]
    when = When(
        duration=_length(lengths[0]) if lengths else None,
        recurring=bool(repeats),
        flexible=bool(loose) or bool(_ANY_TIME.search(reading.plain)),
        spans=_merged([reading.span(*place) for place in places]),
    )
    when = _with_hours(when, clocks, scene, reading)
    return _with_day(when, days, reading, implied=next((clock.day for clock in clocks if clock.day), None))


def _with_day(when: When, days: list[Day], reading: Reading, *, implied: date | None) -> When:
    if not days:
        return replace(when, date=implied)
    day, several = _chosen(days, reading)
    if day.last and _CHANGING.search(reading.plain):
        day = replace(day, first=day.last, last=None, others=(day.first,))
    doubts = {Doubt.SEVERAL} if several else set()
    others = day.others + (tuple(one.first for one in days if one is not day) if several else ())
    return replace(
        when,
        date=day.first,
        date_to=day.last,
        refused=when.refused or day.refused,
        doubts=when.doubts | doubts | ({day.doubt} if day.doubt else set()),
        other_dates=others,
    )


def _with_hours(when: When, clocks: list[Clock], scene: Scene, reading: Reading) -> When:
    parts = [clock for clock in clocks if clock.part]
    hours_named = _bounds_joined([clock for clock in clocks if not clock.part])
    if not hours_named:
        part = _chosen(parts, reading)[0] if parts else Clock()
        return replace(when, earliest=part.earliest, latest=part.latest)
    chosen, several = _chosen(hours_named, reading)
    if chosen.earliest and chosen.latest and _CHANGING.search(reading.plain):
        chosen = replace(chosen, at=chosen.latest, earliest=None, latest=None)
    clock, others = hours.settled(chosen, scene, part=parts[0].part if parts else "")
    doubts = ({Doubt.MERIDIEM} if others else set()) | ({Doubt.SEVERAL} if several else set())
    return replace(
        when,
        time=clock.at,
        earliest=clock.earliest,
        latest=clock.latest,
        flexible=when.flexible or clock.about,
        refused=when.refused or clock.refused,
        doubts=when.doubts | doubts,
        other_times=others,
    )


def _bounds_joined(clocks: list[Clock]) -> list[Clock]:
    """ "Después de las 4 y antes de las 6" is one stretch."""
    if len(clocks) == 2 and not any(clock.at for clock in clocks):
        after, before = clocks
        if after.earliest and not after.latest and before.latest and not before.earliest:
            early = after.earliest
            if after.open and not before.open and early.hour + 12 < before.latest.hour:
                early = early.replace(hour=early.hour + 12)
            return [replace(after, earliest=early, latest=before.latest, open=after.open and before.open)]
    return clocks


def _chosen(named: list[_Named], reading: Reading) -> tuple[_Named, bool]:
    """The first that is not refused, or the last behind "mejor" or "instead"; and whether there was a choice."""
    wanted = [one for one in named if not one.refused] or named
    telling = _TOWARDS if _CHANGING.search(reading.plain) else _CORRECTED
    corrected = any(
        telling.search(reading.symbols[: other.start], one.end) for one, other in pairwise(wanted)
    )
    return wanted[-1 if corrected else 0], len(wanted) > 1 and not corrected


def _led(symbols: str, start: int) -> int:
    """`start` moved before the small words that belong to a moment: "a las", "el", "al"."""
    led = _LEAD.search(symbols[:start])
    return led.start() if led else start


def _length(found: re.Match[str]) -> timedelta:
    unit = _UNITS[found[2] if found[2] == "hrs" else found[2].removesuffix("s")]
    count = 0.5 if found[1] in ("half", "1 / 2") else float(found[1]) if found[1].isdigit() else 1.0
    return unit * (count + (0.5 if found[3] else 0))


def _merged(places: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """In the order of the text, those that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
