"""How long what a plan includes lasts, at the pace of the month so far."""

from datetime import date, datetime, timedelta

AT_LEAST = timedelta(days=2)  # of a month that has just begun nothing can be said
BEFORE = timedelta(days=1)


def last_day(used: int, most: int | None, *, began: datetime, now: datetime) -> date | None:
    """The last day on which there is some left; None when it lasts beyond this month, or when it is too early to say.
    `began`: when counting began, on the same clock as `now`. What is used up already ended today."""
    if most is None or used <= 0:
        return None
    if used >= most:
        return now.date()
    passed = now - began
    if passed < AT_LEAST:
        return None
    ends = now + passed * ((most - used) / used)
    return ends.date() if (ends.year, ends.month) == (now.year, now.month) else None


def soonest(*days: date | None) -> date | None:
    """Of several limits the one that is reached first."""
    return min((day for day in days if day), default=None)
