"""Which hour is meant, by a business open from nine until eight."""

from datetime import time, timedelta

import pytest

from tests.skills.when.saying import NOW, heard
from vulkn_app.skills.when import Doubt, understand


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("a las 5", "17:00"),
        ("las 5 y media", "17:30"),
        ("a las once y cuarto", "11:15"),
        ("a las seis menos cuarto", "17:45"),
        ("cuarto para las 6", "17:45"),
        ("20 pa las 7", "18:40"),
        ("a la una", "13:00"),
        ("a medio dia", "12:00"),
        ("5 de la tarde", "17:00"),
        ("a las 11 de la mañana", "11:00"),
        ("a las 8 de la noche", "20:00"),
        ("15hs", "15:00"),
        ("a las 16:00 hrs", "16:00"),
        ("a las 17h30", "17:30"),
        ("mañana 1730", "17:30"),
        ("a las 10.30", "10:30"),
        ("1 p. m.", "13:00"),
        ("en la tarde, a las 4", "16:00"),
        ("half past 4", "16:30"),
        ("quarter to 2 in the afternoon", "13:45"),
        ("twenty past three", "15:20"),
        ("evening 5:15", "17:15"),
        ("noon", "12:00"),
        ("4 o'clock", "16:00"),
        ("three thirty pm", "15:30"),
        ("at 12:30 at night", "00:30"),
        ("mesa de 5 para las 8 de la noche", "20:00"),
        ("mesa para 4 a las 7pm", "19:00"),
    ],
)
def test_an_hour(text: str, hour: str) -> None:
    assert heard(text).time == time.fromisoformat(hour)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("después de las 5", "17:00", None),
        ("dsps de las 5", "17:00", None),
        ("a partir de las 3", "15:00", None),
        ("antes de mediodía", None, "12:00"),
        ("before 11:00", None, "11:00"),
        ("de 4 a 6", "16:00", "18:00"),
        ("entre las 4 y las 6", "16:00", "18:00"),
        ("after 2 and before 4 pm", "14:00", "16:00"),
        ("11 to 1pm", "11:00", "13:00"),
        ("6-7pm", "18:00", "19:00"),
        ("en la mañana", "06:00", "12:00"),
        ("por la tarde", "12:00", "19:00"),
        ("tomorrow evening", "17:00", "21:00"),
    ],
)
def test_hours_that_bound_the_time(text: str, earliest: str | None, latest: str | None) -> None:
    when = heard(text)

    assert when.time is None
    assert when.earliest == (time.fromisoformat(earliest) if earliest else None)
    assert when.latest == (time.fromisoformat(latest) if latest else None)


def test_an_hour_that_fits_both_halves_of_the_opening_is_doubted() -> None:
    when = heard("a las 8")

    assert (when.time, when.other_times, when.doubts) == (time(8), (time(20),), {Doubt.MERIDIEM})


def test_without_opening_hours_an_hour_stays_as_said_and_is_doubted() -> None:
    when = understand("a las 5", now=NOW, timezone="America/Mexico_City")

    assert (when.time, when.ambiguous) == (time(5), True)


def test_a_bare_number_is_an_hour_only_when_an_hour_was_asked_for() -> None:
    assert heard("5", asked="time").time == time(17)
    assert heard("5 30", asked="time").time == time(17, 30)
    assert heard("5").time is None


def test_around_and_any_time_are_flexible() -> None:
    assert heard("tipo 5 el viernes").flexible
    assert heard("cualquier día después de las 3").flexible
    assert heard("10ish").flexible
    assert not heard("a las 10").flexible


def test_a_length_of_time_is_no_hour() -> None:
    assert heard("dura hora y media? 2 horas y media?").duration == timedelta(hours=2.5)
    assert heard("por 3 noches").duration == timedelta(days=3)
    assert heard("2 horas").time is None


def test_in_an_hour_is_counted_from_now() -> None:
    assert heard("en media hora").time == time(9, 30)
    assert heard("in 20 hours").time == time(5)


def test_what_repeats_is_marked() -> None:
    assert heard("todos los jueves a las 5").recurring
    assert heard("los lunes").recurring
    assert not heard("el lunes").recurring


def test_the_hour_said_last_is_meant() -> None:
    assert heard("a las 9 no, mejor a las 10").time == time(10)
    assert Doubt.SEVERAL in heard("a las 9 o a las 10").doubts
