"""The overview: the figures of today and this week in the organization's own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vulkn_app.analytics import metrics
from vulkn_app.analytics.metrics import Metric
from vulkn_app.db import Member, as_member
from vulkn_app.leads import HOT

DAYS = 14
MOST_QUESTIONS = 6


class Day(BaseModel):
    """Conversations that began on a day; `share` is percent of the fullest day."""

    date: str
    count: int
    share: int
    today: bool


class Question(BaseModel):
    """Something that visitors asked and the agent did not know."""

    text: str
    times: int
    last_at: datetime


class Start(BaseModel):
    """Which of the first steps are done."""

    knows: bool
    tried: bool
    live: bool


class Overview(BaseModel):
    """Percent and milliseconds are None while there is nothing to measure."""

    today: int
    week: int
    week_before: int
    alone: int | None
    hot: int
    answer_ms: int | None
    unanswered: int
    days: list[Day]
    questions: list[Question]
    start: Start


PER_DAY = text("""
    select (c.created_at at time zone :zone)::date as day, count(*) as count
    from conversations c
    where c.org_id = :org_id and c.last_seq > 0 and c.created_at >= :since and c.last_message_at >= :since
    group by 1
""")
QUESTIONS = text("""
    select (array_agg(m.body order by m.created_at desc))[1] as text, count(*) as times, max(m.created_at) as last_at
    from turns t
    join messages m on m.org_id = t.org_id and m.id = t.message_id
    where t.org_id = :org_id and t.outcome = 'unknown' and t.created_at >= :since
    group by lower(btrim(m.body, ' ¿?¡!.'))
    order by times desc, last_at desc limit :limit
""")
START = text("""
    select exists (select from knowledge_entries where org_id = :org_id and status = 'active') as knows,
           exists (select from conversations where org_id = :org_id and last_seq > 0) as tried,
           exists (select from agents where org_id = :org_id and live) as live
""")


async def overview(member: Member, *, zone: str, now: datetime | None = None) -> Overview:
    """Weeks begin on Monday and are compared with the same stretch of the week before; the rest looks
    back seven days."""
    now = now or datetime.now(UTC)
    local = zone_of(zone)
    today = midnight(now.astimezone(local).date(), local)
    monday = midnight(today.date() - timedelta(days=today.weekday()), local)
    week_ago = now - timedelta(days=7)
    first = midnight(today.date() - timedelta(days=DAYS - 1), local)
    async with as_member(member) as session:

        async def count(metric: Metric, since: datetime, until: datetime = now) -> float | None:
            return await _value(session, member, metric, since, until)

        days = await session.execute(PER_DAY, {"org_id": member.org_id, "zone": local.key, "since": first})
        asked = {"org_id": member.org_id, "since": week_ago, "limit": MOST_QUESTIONS}
        questions = await session.execute(QUESTIONS, asked)
        start = (await session.execute(START, {"org_id": member.org_id})).mappings().one()
        return Overview(
            today=int(await count(metrics.CONVERSATIONS, today) or 0),
            week=int(await count(metrics.CONVERSATIONS, monday) or 0),
            week_before=int(await count(metrics.CONVERSATIONS, monday - timedelta(days=7), week_ago) or 0),
            alone=_whole(await count(metrics.ALONE, week_ago)),
            hot=int(await count(metrics.HOT_LEADS, week_ago) or 0),
            answer_ms=_whole(await count(metrics.ANSWER_MS, week_ago)),
            unanswered=int(await count(metrics.UNANSWERED, week_ago) or 0),
            days=fill({day: number for day, number in days}, first.date()),
            questions=[Question.model_validate(dict(row)) for row in questions.mappings()],
            start=Start.model_validate(dict(start)),
        )


def fill(counts: dict[date, int], first: date) -> list[Day]:
    """DAYS days from `first`, those without anything included."""
    most = max(counts.values(), default=0) or 1
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [
        Day(
            date=day.isoformat(),
            count=counts.get(day, 0),
            share=round(counts.get(day, 0) * 100 / most),
            today=day == days[-1],
        )
        for day in days
    ]


def part_of_day(zone: str, now: datetime | None = None) -> str:
    """morning, afternoon or evening, where the business is."""
    hour = (now or datetime.now(UTC)).astimezone(zone_of(zone)).hour
    return "morning" if 5 <= hour < 12 else "afternoon" if 12 <= hour < 19 else "evening"


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


async def _value(
    session: AsyncSession, member: Member, metric: Metric, since: datetime, until: datetime
) -> float | None:
    asked = {"org_id": member.org_id, "since": since, "until": until, "hot": HOT}
    wanted = {name: value for name, value in asked.items() if f":{name}" in metric.sql}
    return (await session.execute(text(metric.sql), wanted)).scalar_one()


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
