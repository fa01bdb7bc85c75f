"""The overview's figures, on conversations whose numbers are known."""

from datetime import UTC, date, datetime, timedelta

from tests.conversing import a_conversation
from tests.factories import a_business
from vulkn_app.analytics import report
from vulkn_app.analytics.metrics import METRICS

ZONE = "America/Mexico_City"


async def test_another_business_counts_nowhere(deployment: None, database_url: str) -> None:
    a_conversation(database_url, a_business(database_url), "Hola", score=90, outcome="unknown")

    seen = await report.overview(a_business(database_url).owner, zone=ZONE)

    assert (seen.today, seen.week, seen.hot, seen.unanswered, seen.questions) == (0, 0, 0, 0, [])
    assert (seen.alone, seen.answer_ms) == (None, None)


async def test_a_conversation_counts_on_the_day_it_began_where_the_business_is(
    deployment: None, database_url: str
) -> None:
    business = a_business(database_url)
    a_conversation(database_url, business, "Hola")
    local = report.zone_of(ZONE)
    began = datetime.now(UTC).astimezone(local)
    midnight = datetime.combine(began.date() + timedelta(days=1), datetime.min.time(), local)

    before = await report.overview(business.owner, zone=ZONE, now=midnight - timedelta(microseconds=1))
    after = await report.overview(business.owner, zone=ZONE, now=midnight + timedelta(microseconds=1))

    assert (before.today, before.days[-1].count) == (1, 1)
    assert (after.today, after.days[-1].count, after.days[-2].count) == (0, 0, 1)


async def test_a_week_begins_on_monday(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    monday = datetime(2026, 11, 16, 18, tzinfo=UTC)
    a_conversation(database_url, business, "el lunes", ago=datetime.now(UTC) - monday)
    a_conversation(database_url, business, "el domingo", ago=datetime.now(UTC) - monday + timedelta(days=1))

    seen = await report.overview(business.owner, zone=ZONE, now=monday + timedelta(days=2))

    assert (seen.week, seen.week_before) == (1, 0)


async def test_who_needed_a_person_was_not_served_by_the_agent_alone(
    deployment: None, database_url: str
) -> None:
    business = a_business(database_url)
    for outcome in ("answered", "answered", "answered", "unknown"):
        a_conversation(database_url, business, "¿Abren hoy?", "Sí.", outcome=outcome)

    assert (await report.overview(business.owner, zone=ZONE)).alone == 75


async def test_the_answer_time_is_the_median(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    for milliseconds in (400, 900, 9000):
        a_conversation(database_url, business, "Hola", "Hola", outcome="answered", latency_ms=milliseconds)

    assert (await report.overview(business.owner, zone=ZONE)).answer_ms == 900


async def test_the_same_open_question_is_listed_once_with_its_count(
    deployment: None, database_url: str
) -> None:
    business = a_business(database_url)
    for words in ("¿Aceptan mascotas?", "aceptan mascotas", "¿Tienen wifi?"):
        a_conversation(database_url, business, words, "No lo sé.", outcome="unknown")

    seen = await report.overview(business.owner, zone=ZONE)

    assert [(question.text.strip("¿?").lower(), question.times) for question in seen.questions] == [
        ("aceptan mascotas", 2),
        ("tienen wifi", 1),
    ]
    assert seen.unanswered == 3


async def test_only_new_leads_wait_for_somebody(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    a_conversation(database_url, business, "Hola", score=90)
    a_conversation(database_url, business, "Hola", score=10)

    assert (await report.overview(business.owner, zone=ZONE)).hot == 1


def test_days_without_anything_are_there_too() -> None:
    days = report.fill({date(2026, 11, 2): 4, date(2026, 11, 14): 1}, date(2026, 11, 1))

    assert [day.count for day in days] == [0, 4, *[0] * 11, 1]
    assert [day.share for day in days if day.count] == [100, 25]
    assert [day.today for day in days] == [False] * 13 + [True]


def test_a_zone_that_does_not_exist_is_utc() -> None:
    assert report.part_of_day("Nowhere/At All", datetime(2026, 1, 1, 6, tzinfo=UTC)) == "morning"


def test_every_metric_stays_in_one_organization() -> None:
    assert [metric.key for metric in METRICS.values() if ".org_id = :org_id" not in metric.sql] == []
