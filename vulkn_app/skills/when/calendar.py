"""Days counted from today: which Friday, which 15th, which year."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

# A weekday and a day of the month meet again within eleven years (29 February: forty).
_YEARS_AHEAD = 12
_MONTHS_AHEAD = 18
_FURTHEST = 366 * 20


def shifted(day: date, *, days: int = 0, months: int = 0) -> date:
    """`day` moved; the last day of a shorter month; held within twenty years, as nothing is booked beyond."""
    if months:
        months = max(-240, min(240, months))
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        day = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return day + timedelta(days=max(-_FURTHEST, min(_FURTHEST, days)))


def of(year: int, month: int, day: int) -> date | None:
    """None for a day that the month does not have."""
    if not (1900 < year < 2200 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def coming(today: date, weekday: int, *, or_today: bool = False) -> date:
    ahead = (weekday - today.weekday()) % 7
    return today + timedelta(days=ahead or (0 if or_today else 7))


def gone(today: date, weekday: int) -> date:
    return today - timedelta(days=(today.weekday() - weekday) % 7 or 7)


def in_week(today: date, weekday: int, weeks: int) -> date:
    """That weekday of the calendar week `weeks` after this one; weeks begin on Monday."""
    return monday(today) + timedelta(days=7 * weeks + weekday)


def month(year: int, number: int) -> tuple[date, date]:
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def days_of_month(today: date, day: int) -> Iterator[date]:
    """The coming days with that number, today's among them."""
    for ahead in range(_MONTHS_AHEAD):
        start = shifted(today.replace(day=1), months=ahead)
        found = of(start.year, start.month, day)
        if found and found >= today:
            yield found


def days_of_year(today: date, number: int, day: int) -> Iterator[date]:
    """The coming days with that number in that month."""
    for year in range(today.year, today.year + _YEARS_AHEAD):
        found = of(year, number, day)
        if found and found >= today:
            yield found
