"""Days with a number: "5 de mayo", "the 5th", "3/4/2026", "viernes 17", "el 25 del mes que viene"."""

import re
from dataclasses import replace
from datetime import date, timedelta

from vulkn_app.skills.when import calendar
from vulkn_app.skills.when.meaning import Day, Doubt, Rule, Scene

_SOON = timedelta(days=62)
_OF = r"(?:(?:of|del) )"
_THE = r"(?:(?:the|las|day) )*"
_N = r"(\d{1,2})(?:st|th)? "
_MONTH = r"m(\d+) "
_WEEKDAY = r"(?:w(\d) (?:, )?)?"
_YEAR = rf"(?:(?:(?:,|of|del) )*((?:19|20)\d\d) |{_OF}?(?:the )?(next|this|last) year |{_OF}?(?:the )?year (next|que comes) )?"
_TO = r"(?:to|until|through|a|al|-|and|or) (?:(?:the|las|al|of|day) )*"
# What is counted or told by the clock when a number stands before it.
_NOT_COUNTED = (
    r"(?!(?:days?|weeks?|months?|years?|hours?|hrs|minutes|night|x|:|/|%|and half|and quarter"
    r"|am|pm|clock|fortnight|past|to \d) )"
)
_NOT_TOLD = r"(?!(?:of|in|for|at) (?:the|las) (?:morning|afternoon|evening|night|dawn) )"


def _dated(
    scene: Scene, day: int, month: int, *, year: int | None = None, weekday: str | None = None
) -> Day | None:
    """The named day; without a year the coming one, or the coming one that falls on `weekday`."""
    if day > 28 and 1 <= month <= 12 and calendar.of(2024, month, day) is None:
        # No year has a 31 April: its last day, to be asked about.
        last = _dated(scene, 28 if month == 2 else 30, month, year=year)
        return replace(last, doubt=Doubt.NO_SUCH_DAY) if last else None
    if year:
        found = calendar.of(year, month, day)
        return Day(found) if found else None
    return _on_weekday(scene, list(calendar.days_of_year(scene.today, month, day)), weekday)


def _on_weekday(scene: Scene, coming: list[date], weekday: str | None) -> Day | None:
    if not coming:
        return None
    if not weekday or coming[0].weekday() == int(weekday):
        return Day(coming[0])
    fitting = next((day for day in coming if day.weekday() == int(weekday)), coming[0])
    others = (coming[0], calendar.coming(scene.today, int(weekday)))
    return Day(fitting, doubt=Doubt.WEEKDAY, others=others)


def _year(scene: Scene, number: str | None, before: str | None, behind: str | None) -> int | None:
    """ "de 2027", "next year", "del año que viene"."""
    if number:
        return int(number)
    which = before or behind
    return scene.today.year + {"this": 0, "last": -1}.get(which, 1) if which else None


def _iso(found: re.Match[str], scene: Scene) -> Day | None:
    return _dated(scene, int(found[3]), int(found[2]), year=int(found[1]))


def _figures(found: re.Match[str], scene: Scene) -> Day | None:
    """3/4 by the reader's habit, 25/3 and 3/25 by what is possible."""
    first, second = int(found[1]), int(found[2])
    year = (int(found[3]) if len(found[3]) == 4 else 2000 + int(found[3])) if found[3] else None
    day, month = (first, second) if scene.day_first else (second, first)
    if month > 12:
        day, month = month, day
    named = _dated(scene, day, month, year=year)
    if named is None or max(first, second) > 12 or first == second or scene.language == "es":
        return named
    other = _dated(scene, month, day, year=year)
    return replace(named, doubt=Doubt.ORDER, others=(other.first,) if other else ())


def _day_month(found: re.Match[str], scene: Scene) -> Day | None:
    year = _year(scene, found[4], found[5], found[6])
    return _dated(scene, int(found[2]), int(found[3]), year=year, weekday=found[1])


def _month_day(found: re.Match[str], scene: Scene) -> Day | None:
    year = _year(scene, found[4], found[5], found[6])
    return _dated(scene, int(found[3]), int(found[2]), year=year, weekday=found[1])


def _days_month(found: re.Match[str], scene: Scene) -> Day | None:
    """ "Del 5 al 9 de marzo": the month belongs to both."""
    year = _year(scene, found[4], found[5], found[6])
    return _between(scene, int(found[1]), int(found[2]), month=int(found[3]), year=year)


def _month_days(found: re.Match[str], scene: Scene) -> Day | None:
    """ "March 5 to 9"."""
    return _between(scene, int(found[2]), int(found[3]), month=int(found[1]), year=None)


def _between(scene: Scene, first: int, last: int, *, month: int, year: int | None) -> Day | None:
    end = _dated(scene, last, month, year=year)
    if end is None:
        return None
    start = calendar.of(end.first.year, month, first)
    if start is None or start > end.first:
        # "Del 28 al 3 de mayo" begins in April.
        before = calendar.shifted(end.first.replace(day=1), days=-1)
        start = calendar.of(before.year, before.month, first)
    return replace(end, first=start, last=end.first) if start else end


def _day_of(found: re.Match[str], scene: Scene) -> Day | None:
    """ "El 25 de este mes", "the 5th of next month"."""
    months = {"this": 0, "last": -1}.get(found[2] or "next", 1)
    start = calendar.shifted(scene.today.replace(day=1), months=months)
    day = calendar.of(start.year, start.month, int(found[1]))
    return Day(day) if day else None


def _day(found: re.Match[str], scene: Scene) -> Day | None:
    """The coming 15th, today's included; "viernes 17" is the coming 17th that is a Friday."""
    coming = list(calendar.days_of_month(scene.today, int(found[2])))
    named = _on_weekday(scene, coming, found[1])
    if named and found[1] and named.first - scene.today > _SOON and re.fullmatch(r"w\d \d+ ", found[0]):
        return None  # "Viernes 4" is as likely an hour
    return replace(named, loose=not found[1]) if named else None


def _day_asked(found: re.Match[str], scene: Scene) -> Day | None:
    return _day(found, scene) if scene.asked == "date" else None


RULES: tuple[Rule, ...] = (
    (r"((?:19|20)\d\d) [-/.] (\d{1,2}) [-/.] (\d{1,2}) ", _iso),
    (r"(?:w\d )?(\d{1,2}) [-/.] (\d{1,2}) [-/.] (\d{4}|\d\d) ", _figures),
    (r"(?:w\d )?(?!24 / 7 |1 / 2 )(\d{1,2}) / (\d{1,2})() (?!(?:of|hours?) )", _figures),
    (rf"{_OF}?(?:between )?{_THE}{_N}{_TO}{_N}{_OF}?{_MONTH}{_YEAR}", _days_month),
    (rf"{_MONTH}{_THE}{_N}{_TO}{_N}{_NOT_COUNTED}", _month_days),
    (rf"{_WEEKDAY}{_THE}{_N}{_OF}?(?:month {_OF})?{_MONTH}{_YEAR}", _day_month),
    (rf"{_WEEKDAY}{_OF}?{_MONTH}{_THE}{_N}{_NOT_COUNTED}{_YEAR}", _month_day),
    (rf"{_THE}{_N}{_OF}?(?:the )?(?:(this|next|coming|last) month|month (?:que )?(?:comes|next)) ", _day_of),
    (
        rf"w(\d) (?:[,.] )?{_THE}(\d{{1,2}})(?:st)? {_NOT_COUNTED}{_NOT_TOLD}(?!(?:next|to) |\d\d (?!am|pm|:|hrs))",
        _day,
    ),
    (rf"()(?:the |day |del )(?:day )?(\d{{1,2}})(?:st)? {_NOT_COUNTED}", _day),
    (rf"()(\d{{1,2}})st {_NOT_COUNTED}", _day),
    (rf"^()(?:o )?(?:the )?(\d{{1,2}})(?:st|th)? {_NOT_COUNTED}", _day_asked),
)
