"""The widget's funnel: saw the button, opened the chat, wrote. By page and by day of the organization's own clock."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from pydantic import BaseModel
from sqlalchemy import text

from vulkn_app.analytics import metrics
from vulkn_app.analytics.report import midnight, zone_of
from vulkn_app.db import Member, as_member

KEYS = tuple(step.key for step in metrics.FUNNEL)
MOST_PAGES = 50
BY_DAY = text(metrics.funnel_by("(e.created_at at time zone :zone)::date"))
BY_PAGE = text(metrics.funnel_by("e.page") + " order by impressions desc, opens desc, key limit :most")


class Counts(BaseModel):
    """Shares are percent of the step before; None without one."""

    impressions: int = 0
    opens: int = 0
    starts: int = 0
    opened: int | None = None
    started: int | None = None


class DayCounts(Counts):
    """Heights are percent of the fullest day's impressions."""

    day: date
    high: int = 0
    high_opens: int = 0
    high_starts: int = 0


class PageCounts(Counts):
    """`hosted`: our own page of the chat, where to come is to open it."""

    page: str
    site: str
    path: str
    hosted: bool


class Funnel(BaseModel):
    total: Counts
    days: list[DayCounts]
    pages: list[PageCounts]


async def funnel(
    member: Member, *, zone: str, days: int, home: str = "", now: datetime | None = None
) -> Funnel:
    """The last `days` days, today included."""
    now = now or datetime.now(UTC)
    local = zone_of(zone)
    first = now.astimezone(local).date() - timedelta(days=days - 1)
    asked = {"org_id": member.org_id, "since": midnight(first, local), "until": now}
    async with as_member(member) as session:
        by_day = (await session.execute(BY_DAY, {**asked, "zone": local.key})).mappings().all()
        by_page = (await session.execute(BY_PAGE, {**asked, "most": MOST_PAGES})).mappings().all()
    counted = {row["key"]: _steps(dict(row)) for row in by_day}
    return Funnel(
        total=_counts({key: sum(steps[key] for steps in counted.values()) for key in KEYS}),
        days=_days(counted, [first + timedelta(days=number) for number in range(days)]),
        pages=[_page(dict(row), home) for row in by_page],
    )


def _steps(row: dict[str, int]) -> dict[str, int]:
    return {key: row[key] for key in KEYS}


def _counts(steps: dict[str, int]) -> Counts:
    return Counts(
        **steps,
        opened=_share(steps["opens"], steps["impressions"]),
        started=_share(steps["starts"], steps["opens"]),
    )


def _days(counted: dict[date, dict[str, int]], days: list[date]) -> list[DayCounts]:
    """Those without anything included."""
    nothing = dict.fromkeys(KEYS, 0)
    most = max((max(steps.values()) for steps in counted.values()), default=0) or 1
    return [
        DayCounts(
            **_counts(steps).model_dump(),
            day=day,
            high=round(steps["impressions"] * 100 / most),
            high_opens=round(steps["opens"] * 100 / most),
            high_starts=round(steps["starts"] * 100 / most),
        )
        for day in days
        for steps in (counted.get(day, nothing),)
    ]


def _page(row: dict[str, str | int], home: str) -> PageCounts:
    page = str(row["key"])
    parts = urlsplit(page)
    counts = _counts(_steps({key: int(row[key]) for key in KEYS}))
    hosted = bool(home) and page.startswith(f"{home}/c/")
    return PageCounts(
        **counts.model_dump(), page=page, site=parts.netloc, path=parts.path or "/", hosted=hosted
    )


def _share(part: int, whole: int) -> int | None:
    """At most 100: a restored chat may be written in without having been opened today."""
    return min(100, round(part * 100 / whole)) if whole else None
