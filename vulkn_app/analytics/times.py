"""When customers come: the hours at which conversations begin, and what came of each day."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from pydantic import BaseModel
from sqlalchemy import text

from vulkn_app.analytics.metrics import BEGUN
from vulkn_app.analytics.report import midnight, zone_of
from vulkn_app.db import Member, as_member

NIGHT = frozenset((*range(8), *range(20, 24)))  # eight in the evening to eight in the morning
SATURDAY = 6  # of ISO's weekdays
BY_HOUR = text(f"""
    select extract(isodow from c.created_at at time zone :zone)::int as weekday,
           extract(hour from c.created_at at time zone :zone)::int as hour, count(*) as count
    {BEGUN} group by 1, 2
""")
BY_DAY = text(f"""
    select (told.at at time zone :zone)::date as day, count(*) filter (where told.kind = 'begun') as conversations,
           count(*) filter (where told.kind = 'booked') as bookings, count(*) filter (where told.kind = 'unknown') as unknown
    from (
      select c.created_at as at, 'begun' as kind {BEGUN}
      union all
      select b.created_at, 'booked' from bookings b
      where b.org_id = :org_id and b.created_at >= :since and b.created_at < :until
      union all
      select t.created_at, 'unknown' from turns t
      where t.org_id = :org_id and t.outcome = 'unknown' and t.created_at >= :since and t.created_at < :until
    ) told group by 1
""")


class Came(BaseModel):
    """What came of a day: conversations that began, appointments made, questions that nobody knew the answer to."""

    day: date
    conversations: int = 0
    bookings: int = 0
    unknown: int = 0


class Times(BaseModel):
    """24 counts each; shares are percent of all conversations, None without one."""

    weekdays: list[int]
    weekend: list[int]
    total: int
    at_night: int | None
    on_weekends: int | None
    days: list[Came]


async def times(member: Member, *, zone: str, days: int, now: datetime | None = None) -> Times:
    """The last `days` days of the organization's own clock, today included."""
    now = now or datetime.now(UTC)
    local = zone_of(zone)
    first = now.astimezone(local).date() - timedelta(days=days - 1)
    asked = {"org_id": member.org_id, "zone": local.key, "since": midnight(first, local), "until": now}
    async with as_member(member) as session:
        by_hour = (await session.execute(BY_HOUR, asked)).all()
        by_day = (await session.execute(BY_DAY, asked)).mappings().all()
    weekdays, weekend = _hours(by_hour, weekend=False), _hours(by_hour, weekend=True)
    total = sum(weekdays) + sum(weekend)
    came = {row["day"]: Came.model_validate(dict(row)) for row in by_day}
    every = [first + timedelta(days=number) for number in range(days)]
    return Times(
        weekdays=weekdays,
        weekend=weekend,
        total=total,
        at_night=_percent(sum(weekdays[hour] + weekend[hour] for hour in NIGHT), total),
        on_weekends=_percent(sum(weekend), total),
        days=[came.get(day) or Came(day=day) for day in every],
    )


def _hours(rows: Iterable[Sequence[int]], *, weekend: bool) -> list[int]:
    counts = [0] * 24
    for weekday, hour, count in rows:
        if (weekday >= SATURDAY) == weekend:
            counts[hour] += count
    return counts


def _percent(part: int, whole: int) -> int | None:
    return round(part * 100 / whole) if whole else None
