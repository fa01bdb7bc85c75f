"""The hours a text names: bounds ("después de las 5"), parts of the day, and which half of the day is meant."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

from vulkn_app.skills.when import calendar, clocks
from vulkn_app.skills.when.dates import claim, refused
from vulkn_app.skills.when.meaning import Clock, Scene

PARTS = {
    "dawn": (time(0), time(6)),
    "morning": (time(6), time(12)),
    "afternoon": (time(12), time(19)),
    "evening": (time(17), time(21)),
    "night": (time(18), time(23, 59)),
}
_RULES = tuple((re.compile(rf"(?<!\S){pattern}"), make) for pattern, make in clocks.RULES)
_PART = re.compile(
    r"(?<!\S)(?:(?:in|for|at|of|by|del|al|a) )?(?:(?:the|las) )?(?:(tonight|lastnight)|"
    r"(dawn|morning|afternoon|evening|night)) "
)
_LAS = r"(?:(?:of|las|the|at|about|eso|a|mid) )*$"
_AFTER = re.compile(rf"(?:after|later than|from|starting|past) {_LAS}")
_BEFORE = re.compile(rf"(?:before|until|earlier than|by) {_LAS}")
_ABOUT = re.compile(rf"about {_LAS}")
_IN_HOURS = re.compile(
    r"(?<!\S)in (?:about )?(?:(\d{1,3}|un|half) )(?:a |un )?(hours?|minutes|hrs)(?: and (half))? "
)


def find(symbols: str, rest: str, scene: Scene) -> tuple[list[Clock], str]:
    """The hours in the order of the text; `rest` is what the days left of `symbols`."""
    hours: list[Clock] = []
    for found in _IN_HOURS.finditer(rest):
        hours.append(_from_now(found, scene))
        rest = claim(rest, found.start(), found.end())
    for pattern, make in _RULES:
        for found in pattern.finditer(rest):
            named = make(found, scene)
            if named is not None:
                placed = replace(named, start=found.start(), end=found.end())
                hours.append(_bounded(placed, symbols[: found.start(1)], found[0]))
                rest = claim(rest, found.start(), found.end())
    for found in _PART.finditer(rest):
        hours.append(_part(found, scene))
        rest = claim(rest, found.start(), found.end())
    hours.sort(key=lambda hour: hour.start)
    return [replace(hour, refused=refused(hour.start, hour.end, symbols)) for hour in hours], rest


def _from_now(found: re.Match[str], scene: Scene) -> Clock:
    """ "En media hora", "in 8 hours"; the day with it, as it may be tomorrow's."""
    amount = 0.5 if found[1] == "half" else 1.0 if found[1] == "un" else float(found[1])
    amount += 0.5 if found[3] else 0
    unit = "minutes" if found[2] == "minutes" else "hours"
    then: datetime = scene.now + timedelta(**{unit: amount})
    return Clock(
        at=then.time().replace(second=0, microsecond=0), day=then.date(), start=found.start(), end=found.end()
    )


def _bounded(clock: Clock, ahead: str, words: str) -> Clock:
    """An hour behind "after" is the earliest, behind "before" the latest."""
    if clock.at and _AFTER.search(ahead):
        return replace(clock, at=None, earliest=clock.at)
    if clock.at and _BEFORE.search(ahead):
        return replace(clock, at=None, latest=clock.at)
    return replace(clock, about="ish " in words or bool(_ABOUT.search(ahead)))


def _part(found: re.Match[str], scene: Scene) -> Clock:
    part = found[2] or "night"
    day = calendar.shifted(scene.today, days=-1 if found[1] == "lastnight" else 0) if found[1] else None
    earliest, latest = PARTS[part]
    return Clock(earliest=earliest, latest=latest, part=part, day=day, start=found.start(), end=found.end())


def settled(clock: Clock, scene: Scene, *, part: str) -> tuple[Clock, tuple[time, ...]]:
    """`clock` in the half of the day that is meant, and its other readings where nothing told.

    Without opening hours an hour stays as it was said.
    """
    if not clock.open:
        return clock, ()
    if part:
        return _moved(clock, lambda at: clocks.told(at.hour, at.minute, None, part) or at), ()
    first = clock.at or clock.earliest or clock.latest or time(0)
    late = (first.hour + 12) % 24
    if scene.opening is None:
        return clock, (first.replace(hour=late),)
    choice, other = _likely(first, first.replace(hour=late), scene.opening)
    shift = 12 if choice.hour != first.hour else 0
    return _moved(clock, lambda at: at.replace(hour=(at.hour + shift) % 24)), ((other,) if other else ())


def _likely(early: time, late: time, opening: tuple[time, time]) -> tuple[time, time | None]:
    """The reading within the opening hours; with both or neither, an hour of the working day."""
    within = [at for at in (early, late) if opening[0] <= at < opening[1]]
    if len(within) == 1:
        return within[0], None
    return (late, early) if 1 <= early.hour < 7 else (early, late)


def _moved(clock: Clock, move: Callable[[time], time]) -> Clock:
    at, earliest, latest = (move(hour) if hour else None for hour in (clock.at, clock.earliest, clock.latest))
    if earliest and latest and latest <= earliest and latest.hour < 12:
        latest = latest.replace(hour=latest.hour + 12)
    return replace(clock, at=at, earliest=earliest, latest=latest, open=False)
