"""When customers come, on conversations whose hours are known; and the figures made of them."""

from datetime import UTC, datetime, timedelta
from functools import partial

from tests.conversing import a_conversation
from tests.factories import Business, a_business
from vulkn_app import i18n, written
from vulkn_app.analytics import figures, report
from vulkn_app.analytics.times import times

ZONE = "America/Mexico_City"
LOCAL = report.zone_of(ZONE)
NOW = datetime(2026, 11, 18, 23, 30, tzinfo=LOCAL)  # a Wednesday


def began(database_url: str, business: Business, at: datetime, outcome: str = "answered") -> None:
    a_conversation(database_url, business, "¿Abren hoy?", "Sí.", outcome=outcome, ago=datetime.now(UTC) - at)


async def test_hours_are_the_businesss_own(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    for at in (
        datetime(2026, 11, 18, 22, 5, tzinfo=LOCAL),  # in UTC it is Thursday already
        datetime(2026, 11, 17, 7, 59, tzinfo=LOCAL),
        datetime(2026, 11, 15, 12, 0, tzinfo=LOCAL),  # a Sunday
        datetime(2026, 11, 16, 12, 0, tzinfo=LOCAL),
    ):
        began(database_url, business, at)
    began(database_url, a_business(database_url), NOW - timedelta(hours=1))

    seen = await times(business.owner, zone=ZONE, days=7, now=NOW)

    assert (seen.total, seen.at_night, seen.on_weekends) == (4, 50, 25)
    assert {hour: count for hour, count in enumerate(seen.weekdays) if count} == {7: 1, 12: 1, 22: 1}
    assert {hour: count for hour, count in enumerate(seen.weekend) if count} == {12: 1}
    assert [came.conversations for came in seen.days] == [0, 0, 0, 1, 1, 1, 1]


async def test_what_came_of_a_day_and_a_stretch_of_nothing(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    began(database_url, business, datetime(2026, 11, 18, 10, tzinfo=LOCAL), outcome="unknown")
    began(database_url, business, datetime(2026, 11, 1, 10, tzinfo=LOCAL))

    seen = await times(business.owner, zone=ZONE, days=2, now=NOW)
    nothing = await times(a_business(database_url).owner, zone=ZONE, days=28, now=NOW)

    assert [(came.conversations, came.unknown) for came in seen.days] == [(0, 0), (1, 1)]
    assert (nothing.total, nothing.at_night, len(nothing.days)) == (0, None, 28)


async def test_figures_say_the_numbers_in_the_readers_words(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    began(database_url, business, datetime(2026, 11, 18, 10, tzinfo=LOCAL))
    seen = await times(business.owner, zone=ZONE, days=2, now=NOW)

    spanish, english = partial(i18n.t, language="es"), partial(i18n.t, language="en")
    lines = figures.by_day(seen, spanish, partial(written.short_day, language="es")).to_dict()["data"]
    columns = figures.by_hour(seen, english).to_dict()

    assert [line["name"] for line in lines] == ["Conversaciones", "Citas hechas", "Preguntas sin respuesta"]
    assert list(zip(lines[0]["x"], lines[0]["y"], strict=True)) == [("17 nov", 0), ("18 nov", 1)]
    week, weekend = columns["data"]
    assert (week["name"], weekend["name"]) == ("Monday to Friday", "Weekend")
    assert (week["x"][10], week["y"][10], columns["layout"]["barmode"]) == ("10:00", 1, "stack")
