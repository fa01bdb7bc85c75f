"""Countries, clocks and money: real ones, and what a browser says is understood."""

from zoneinfo import available_timezones

import pytest

from vulkn_app import places
from vulkn_app.errors import BadInput


def test_every_clock_is_one_and_stands_in_one_country() -> None:
    zones = [zone for country in places.COUNTRIES.values() for zone, _ in country.zones]

    assert set(zones) <= available_timezones()
    assert len(set(zones)) == len(zones)
    assert set(places._ALSO) <= available_timezones()
    assert set(places._ALSO.values()) <= set(zones)


@pytest.mark.parametrize(
    ("zone", "locale", "country", "clock"),
    [
        ("America/Bogota", "es-MX", "CO", "America/Bogota"),
        ("America/Monterrey", "en-US", "MX", "America/Mexico_City"),
        ("America/Buenos_Aires", "", "AR", "America/Argentina/Buenos_Aires"),
        ("UTC", "es-PE", "PE", "America/Lima"),
        ("Asia/Tokyo", "ja", "MX", "America/Mexico_City"),
        ("", "", "MX", "America/Mexico_City"),
        ("<script>", "es-", "MX", "America/Mexico_City"),
    ],
)
def test_a_browser_says_where_it_is(zone: str, locale: str, country: str, clock: str) -> None:
    found, guessed = places.guess(zone, locale)

    assert (found.code, guessed) == (country, clock)
    places.check(country, guessed, found.currency)


def test_dollars_are_money_anywhere_and_a_clock_of_another_country_nowhere() -> None:
    places.check("MX", "America/Cancun", "USD")
    with pytest.raises(BadInput):
        places.check("MX", "America/Lima", "MXN")
