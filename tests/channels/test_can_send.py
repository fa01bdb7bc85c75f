"""May it go out now: a table, and its boundaries to the minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vulkn_app.channels import quiet_hours
from vulkn_app.channels.can_send import State, Verdict, Wish, can_send

WISHES: tuple[Wish, ...] = ("answer", "reply", "notice", "reminder", "campaign")
BOGOTA, MEXICO = ZoneInfo("America/Bogota"), ZoneInfo("America/Mexico_City")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=MEXICO).astimezone(UTC)  # a Tuesday
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
PLAIN = State(now=NOON, window_until=NOON + MINUTE, country="MX", business_country="MX")

# what is so, and what each wish may then do: send, wait, template, refused
TABLE: list[tuple[dict, str]] = [
    ({}, "send send send send send"),
    ({"window_until": NOON}, "template template template template template"),
    ({"window_until": None}, "template template template template template"),
    ({"opted_out": True}, "send send send refused refused"),
    ({"opted_out": True, "window_until": None}, "template template refused refused refused"),
    ({"human": True}, "refused send send send send"),
    ({"connected": False}, "wait wait wait wait wait"),
    ({"unreachable": True}, "send send send refused refused"),
    ({"restricted_until": NOON + DAY}, "send send send wait wait"),
    ({"restricted_until": NOON}, "send send send send send"),
    ({"deadline": NOON}, "refused refused refused refused refused"),
    ({"deadline": NOON + MINUTE}, "send send send send send"),
    ({"deadline": NOON + timedelta(hours=2), "restricted_until": NOON + DAY}, "send send send refused wait"),
]


@pytest.mark.parametrize(("changes", "expected"), TABLE, ids=lambda value: str(value)[:60])
def test_the_table(changes: dict, expected: str) -> None:
    state = replace(PLAIN, **changes)

    assert " ".join(can_send(wish, state).say for wish in WISHES) == expected


def at(zone: ZoneInfo, *moment: int) -> State:
    now = datetime(*moment, tzinfo=zone).astimezone(UTC)
    country = "CO" if zone is BOGOTA else "MX"
    return State(now, now + DAY, country=country, business_country=country, timezone=str(zone))


# Ley 2300: Monday to Friday 7-19, Saturday 8-15, neither Sundays nor holidays.
@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ((2026, 11, 24, 6, 59), (2026, 11, 24, 7, 0)),
        ((2026, 11, 24, 7, 0), None),
        ((2026, 11, 24, 18, 59), None),
        ((2026, 11, 24, 19, 0), (2026, 11, 25, 7, 0)),
        ((2026, 11, 27, 19, 0), (2026, 11, 28, 8, 0)),
        ((2026, 11, 28, 7, 59), (2026, 11, 28, 8, 0)),
        ((2026, 11, 28, 14, 59), None),
        ((2026, 11, 28, 15, 0), (2026, 11, 30, 7, 0)),
        ((2026, 11, 29, 12, 0), (2026, 11, 30, 7, 0)),
        ((2026, 12, 8, 12, 0), (2026, 12, 9, 7, 0)),  # Inmaculada
        ((2026, 11, 16, 12, 0), (2026, 11, 17, 7, 0)),  # Independencia de Cartagena, moved to Monday
        ((2026, 4, 1, 19, 0), (2026, 4, 4, 8, 0)),  # before Maundy Thursday and Good Friday
    ],
)
def test_colombias_law_to_the_minute(moment: tuple, until: tuple | None) -> None:
    state = at(BOGOTA, *moment)
    verdict = can_send("campaign", state)

    if until is None:
        assert verdict.say == "send"
    else:
        assert verdict == Verdict("wait", "quiet", datetime(*until, tzinfo=BOGOTA))
    for wish in ("answer", "reply", "notice"):
        assert can_send(wish, state).say == "send"


def test_the_holidays_of_a_year_are_those_of_the_calendar() -> None:
    """https://www.festivos.com.co and the decrees: 2026 has eighteen."""
    expected = "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-20 08-07 08-17 10-12 11-02 11-16 12-08 12-25"
    assert sorted(f"{day:%m-%d}" for day in quiet_hours.colombian_holidays(2026)) == expected.split()
    assert quiet_hours._easter(2024) == date(2024, 3, 31)
    assert quiet_hours._easter(2025) == date(2025, 4, 20)


@pytest.mark.parametrize(
    ("now", "appointment", "expected"),
    [
        ((6, 30), (8, 30), ("wait", 8)),  # 8:00 is half an hour before
        ((6, 30), (8, 29), ("send", 0)),
        ((5, 0), (7, 0), ("send", 0)),
        ((6, 30), (6, 30), ("refused", 0)),
        ((21, 0), (23, 0), ("send", 0)),
    ],
)
def test_a_reminder_waits_for_the_morning_but_never_until_it_is_useless(
    now: tuple, appointment: tuple, expected: tuple
) -> None:
    state = at(MEXICO, 2026, 11, 24, *now)
    deadline = datetime(2026, 11, 24, *appointment, tzinfo=MEXICO)
    verdict = can_send("reminder", replace(state, deadline=deadline))

    assert verdict.say == expected[0]
    if verdict.until:
        assert verdict.until.astimezone(MEXICO).hour == expected[1]


@pytest.mark.parametrize("country", [*quiet_hours.COUNTRIES, "US", ""])
def test_somewhere_in_a_week_people_may_be_written_to_and_a_wait_ends_when_it_says(country: str) -> None:
    zone = quiet_hours.zone(country, "MX", "America/Mexico_City")
    for hour in range(24 * 14):
        now = datetime(2026, 12, 20, tzinfo=UTC) + timedelta(hours=hour, minutes=31)
        if until := quiet_hours.over(now, country, zone):
            assert now < until < now + timedelta(days=5)
            assert quiet_hours.over(until, country, zone) is None
            assert quiet_hours.over(until - MINUTE, country, zone) is not None


def test_the_hour_is_the_persons() -> None:
    """Eight in the evening of Mexico is nine in Bogotá: a business of Mexico City writes to a Colombian."""
    state = replace(at(MEXICO, 2026, 11, 24, 18, 30), country="CO")

    assert can_send("campaign", state).say == "wait"
    assert can_send("campaign", replace(state, country="MX")).say == "send"
