"""Which moments are free, also on the days on which the clocks change."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.booking.calendars import EVERY_DAY, RULES, a_calendar, a_resource, a_service, utc, walls
from vulkn_app.booking.slots import Busy, Calendar, Closure, Rules, Service

MONDAY = date(2026, 11, 23)
SUNDAY_NOON = utc("2026-11-22T18:00")
LONG = Rules(timedelta(), timedelta(days=4000), 30)


def free(
    calendar: Calendar, service: Service, day: date, rules: Rules = RULES, now: datetime = SUNDAY_NOON
) -> list[str]:
    return walls(calendar, [slot.starts for slot in calendar.free_slots(service, day, rules, now)])


def test_an_appointment_ends_before_closing() -> None:
    service = a_service(60)
    times = free(a_calendar(service, a_resource(((0, 540, 720),))), service, MONDAY)

    assert times == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_a_day_may_be_open_twice() -> None:
    service = a_service(60)
    times = free(a_calendar(service, a_resource(((0, 540, 600), (0, 960, 1080)))), service, MONDAY)

    assert times == ["09:00", "16:00", "16:30", "17:00"]


def test_a_closed_weekday_has_nothing() -> None:
    service = a_service()

    assert free(a_calendar(service, a_resource()), service, date(2026, 11, 28)) == []


def test_lead_time_counts_from_now() -> None:
    service = a_service(60)
    times = free(a_calendar(service, a_resource()), service, MONDAY, now=utc("2026-11-23T17:10"))

    assert times[0] == "13:30"  # 11:10 on the wall and two hours


def test_nothing_beyond_the_horizon() -> None:
    service = a_service()
    rules = replace(RULES, horizon=timedelta(days=7))

    assert free(a_calendar(service, a_resource()), service, date(2026, 12, 1), rules) == []


def test_the_grid_begins_at_opening() -> None:
    service = a_service(30)
    rules = replace(RULES, grid=20)

    assert free(a_calendar(service, a_resource(((0, 550, 630),))), service, MONDAY, rules) == [
        "09:10",
        "09:30",
        "09:50",
    ]


@pytest.mark.parametrize("whole_shop", [True, False])
def test_a_holiday_has_nothing(whole_shop: bool) -> None:
    service, laura, ana = a_service(), a_resource(), a_resource(name="Ana")
    closure = Closure(None if whole_shop else laura.id, datetime(2026, 11, 23), datetime(2026, 11, 24))  # noqa: DTZ001
    calendar = a_calendar(service, laura, ana, closures=(closure,))

    open_on = {slot.resource.name for slot in calendar.free_slots(service, MONDAY, RULES, SUNDAY_NOON)}

    assert open_on == (set() if whole_shop else {"Ana"})


def test_a_closed_afternoon_closes_what_reaches_into_it() -> None:
    service = a_service(60)
    closure = Closure(None, datetime(2026, 11, 23, 14), datetime(2026, 11, 23, 23))  # noqa: DTZ001

    assert free(a_calendar(service, a_resource(), closures=(closure,)), service, MONDAY)[-1] == "13:00"


def test_what_is_booked_is_taken_with_its_buffers_and_with_ours() -> None:
    service, laura = a_service(30, before=15, after=15), a_resource(((0, 540, 780),))
    busy = Busy(laura.id, utc("2026-11-23T16:45"), utc("2026-11-23T17:45"), uuid4())  # 10:45 to 11:45

    times = free(a_calendar(service, laura, busy=(busy,)), service, MONDAY)

    assert times == ["09:00", "09:30", "10:00", "12:00", "12:30"]


def test_two_chairs_are_two_rows() -> None:
    service, one, two = a_service(), a_resource(name="1"), a_resource(name="2")
    busy = Busy(one.id, utc("2026-11-23T15:00"), utc("2026-11-23T23:00"), uuid4())
    calendar = a_calendar(service, one, two, busy=(busy,))

    assert {s.resource.name for s in calendar.free_slots(service, MONDAY, RULES, SUNDAY_NOON)} == {"2"}


def test_a_service_is_done_only_where_it_is_done() -> None:
    ana = a_resource(name="Ana")
    service = a_service(on=frozenset({ana.id}))

    slots = a_calendar(service, a_resource(), ana).free_slots(service, MONDAY, RULES, SUNDAY_NOON)

    assert {slot.resource.name for slot in slots} == {"Ana"}


def test_a_night_belongs_to_the_day_it_reaches() -> None:
    service = a_service(60)
    calendar = a_calendar(service, a_resource(((4, 1320, 1560),)))  # Friday 22:00 until 2:00

    assert free(calendar, service, date(2026, 11, 27)) == ["22:00", "22:30", "23:00", "23:30"]
    assert free(calendar, service, date(2026, 11, 28)) == ["00:00", "00:30", "01:00"]


# The days on which the clocks jump, with the hours that are skipped; and on which they go back.
SKIPPED = [
    ("America/Tijuana", date(2027, 3, 14), ("02:00", "02:30")),
    ("America/Santiago", date(2026, 9, 6), ("00:00", "00:30")),
    ("America/Sao_Paulo", date(2018, 11, 4), ("00:00", "00:30")),
]
DOUBLED = [
    ("America/Tijuana", date(2026, 11, 1), "01:00"),
    ("America/Santiago", date(2026, 4, 4), "23:00"),
    ("America/Sao_Paulo", date(2018, 2, 17), "23:00"),
]
STEADY = ["America/Mexico_City", "America/Bogota", "America/Sao_Paulo"]


@pytest.mark.parametrize(("zone", "day", "gone"), SKIPPED)
def test_an_hour_that_the_clock_skips_has_no_slots(zone: str, day: date, gone: tuple[str, ...]) -> None:
    service = a_service(30)
    times = free(a_calendar(service, a_resource(EVERY_DAY), zone=zone), service, day, LONG, utc("2018-01-01"))

    assert len(times) == len(set(times)) == 46
    assert not set(gone) & set(times)


@pytest.mark.parametrize(("zone", "day", "twice"), DOUBLED)
def test_an_hour_that_comes_twice_is_offered_once(zone: str, day: date, twice: str) -> None:
    service = a_service(30)
    calendar = a_calendar(service, a_resource(EVERY_DAY), zone=zone)
    slots = calendar.free_slots(service, day, LONG, utc("2018-01-01"))
    times = walls(calendar, [slot.starts for slot in slots])

    assert times.count(twice) == 1
    assert len(times) == 48
    assert all(calendar.local(slot.starts).fold == 0 for slot in slots)


@pytest.mark.parametrize("zone", STEADY)
@pytest.mark.parametrize("day", [date(2026, 4, 5), date(2026, 10, 25), date(2026, 11, 1), date(2027, 2, 21)])
def test_where_clocks_stay_every_day_has_its_hours(zone: str, day: date) -> None:
    service = a_service(30)
    times = free(a_calendar(service, a_resource(EVERY_DAY), zone=zone), service, day, LONG, utc("2026-01-01"))

    assert len(times) == 48


def test_opening_hours_stay_on_the_wall_when_the_clocks_change() -> None:
    service = a_service(60)
    calendar = a_calendar(service, a_resource(), zone="America/Tijuana")

    before, after = (
        calendar.free_slots(service, day, LONG, utc("2026-10-01"))[0]
        for day in (date(2026, 10, 30), date(2026, 11, 2))
    )

    assert walls(calendar, [before.starts, after.starts]) == ["09:00", "09:00"]
    assert after.starts.hour - before.starts.hour == 1


@pytest.mark.parametrize("day", [date(2026, 9, 5), date(2018, 11, 3)])
def test_a_closing_that_the_clock_skips_is_the_moment_of_the_skip(day: date) -> None:
    zone = "America/Santiago" if day.year == 2026 else "America/Sao_Paulo"
    service = a_service(60)
    calendar = a_calendar(service, a_resource(((5, 1200, 1440),)), zone=zone)  # Saturday 20:00 until midnight

    assert free(calendar, service, day, LONG, utc("2018-01-01"))[-1] == "23:00"


@given(
    st.sampled_from(["America/Tijuana", "America/Santiago", "America/Mexico_City", "America/Sao_Paulo"]),
    st.dates(date(2017, 1, 1), date(2028, 1, 1)),
    st.integers(0, 1439),
    st.integers(30, 1440),
    st.sampled_from([15, 45, 60, 90]),
)
def test_a_slot_lies_in_the_hours_and_on_its_day(
    zone: str, day: date, opens: int, length: int, minutes: int
) -> None:
    service = a_service(minutes)
    calendar = a_calendar(service, a_resource(((day.weekday(), opens, opens + length),)), zone=zone)

    for slot in calendar.free_slots(service, day, LONG, utc("2017-01-01")):
        wall = calendar.local(slot.starts)
        assert wall.date() == day
        minute = wall.hour * 60 + wall.minute
        assert minute >= opens
        assert (minute - opens) % LONG.grid == 0
        assert slot.ends - slot.starts == service.length
