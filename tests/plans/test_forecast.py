"""How long what a plan includes lasts."""

from datetime import UTC, date, datetime

import pytest

from vulkn_app.analytics.forecast import last_day, soonest


def at(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


BEGAN = at(1)


@pytest.mark.parametrize(
    ("used", "most", "now", "ends"),
    [
        (100, 200, at(14), date(2026, 11, 27)),
        (100, 180, at(11), date(2026, 11, 19)),
        (100, 300, at(14), None),  # beyond this month
        (0, 200, at(14), None),
        (100, None, at(14), None),
        (100, 200, at(2), None),  # too early to say
        (200, 200, at(14), date(2026, 11, 14)),
        (300, 200, at(1), date(2026, 11, 1)),
    ],
)
def test_at_the_pace_of_the_month_so_far(
    used: int, most: int | None, now: datetime, ends: date | None
) -> None:
    assert last_day(used, most, began=BEGAN, now=now) == ends


def test_the_limit_that_is_reached_first_counts() -> None:
    assert soonest(None, date(2026, 11, 27), date(2026, 11, 20)) == date(2026, 11, 20)
    assert soonest(None, None) is None
