"""The widget's funnel, on events whose numbers are known."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg

from tests.factories import Business, a_business
from vulkn_app.analytics import report
from vulkn_app.analytics.funnel import funnel
from vulkn_app.db import as_system

ZONE = "America/Mexico_City"
NOON = datetime(2026, 11, 18, 18, tzinfo=UTC)


def told(database_url: str, business: Business, kind: str, page: str, at: datetime, times: int = 1) -> None:
    rows = [(business.org_id, uuid4(), kind, page, at) for _ in range(times)]
    with psycopg.connect(database_url) as admin, admin.cursor() as cursor:
        cursor.executemany(
            "insert into widget_events (org_id, id, kind, page, created_at) values (%s, %s, %s, %s, %s)", rows
        )


async def test_it_narrows_from_step_to_step(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    told(database_url, business, "impression", "https://sol.mx/", NOON, 8)
    told(database_url, business, "impression", "https://sol.mx/precios", NOON, 2)
    told(database_url, business, "open", "https://sol.mx/precios", NOON, 2)
    told(database_url, business, "conversation_started", "https://sol.mx/precios", NOON)
    told(database_url, a_business(database_url), "impression", "https://otro.mx/", NOON)

    seen = await funnel(business.owner, zone=ZONE, days=7, now=NOON + timedelta(hours=1))

    total = seen.total
    assert (total.impressions, total.opens, total.starts, total.opened, total.started) == (10, 2, 1, 20, 50)
    assert [(page.path, page.impressions, page.opens, page.starts) for page in seen.pages] == [
        ("/", 8, 0, 0),
        ("/precios", 2, 2, 1),
    ]
    assert (seen.days[-1].high, seen.days[-1].high_opens, seen.days[0].high) == (100, 20, 0)


async def test_a_day_is_the_businesss_own(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    local = report.zone_of(ZONE)
    midnight = datetime(2026, 11, 18, tzinfo=local)
    told(database_url, business, "impression", "https://sol.mx/", midnight - timedelta(seconds=1))
    told(database_url, business, "impression", "https://sol.mx/", midnight + timedelta(seconds=1), 2)

    seen = await funnel(business.owner, zone=ZONE, days=2, now=midnight + timedelta(hours=1))

    assert [(day.day.isoformat(), day.impressions) for day in seen.days] == [
        ("2026-11-17", 1),
        ("2026-11-18", 2),
    ]


async def test_days_before_the_stretch_count_nowhere_and_nothing_is_no_error(
    deployment: None, database_url: str
) -> None:
    business = a_business(database_url)
    told(database_url, business, "impression", "https://sol.mx/", NOON - timedelta(days=7))

    seen = await funnel(business.owner, zone=ZONE, days=7, now=NOON)

    assert (seen.total.impressions, seen.total.opened, seen.pages, len(seen.days)) == (0, None, [], 7)


async def test_our_own_page_of_the_chat_is_known_as_such(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    told(database_url, business, "impression", f"https://v.mx/c/{business.slug}", NOON)

    seen = await funnel(business.owner, zone=ZONE, days=7, home="https://v.mx", now=NOON + timedelta(hours=1))

    assert [page.hosted for page in seen.pages] == [True]


async def test_what_was_told_is_forgotten_after_thirteen_months(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    now = datetime.now(UTC)
    told(database_url, business, "impression", "https://sol.mx/", now - timedelta(days=401), 3)
    told(database_url, business, "impression", "https://sol.mx/", now - timedelta(days=399), 2)

    async with as_system("vulkn_engine") as connection:
        await connection.execute("select app.widget_events_forget()")

    with psycopg.connect(database_url) as admin:
        left = admin.execute("select count(*) from widget_events where org_id = %s", (business.org_id,))
        assert left.fetchone() == (2,)
