"""Which numbers are the same one, and which only look like it."""

import pytest

from vulkn_app.channels.whatsapp import phones

SAME = [
    ("5215512345678", "525512345678"),  # Mexico's 1
    ("+52 1 55 1234 5678", "52 55 1234 5678"),
    ("5491123456789", "541123456789"),  # Argentina's 9
    ("5493511234567", "543511234567"),
    ("5511987654321", "551187654321"),  # Brazil's ninth digit
    ("5521998877665", "552198877665"),
]
DIFFERENT = [
    ("551132345678", "5511932345678"),  # a landline of São Paulo, and no mobile of its digits
    ("551140041234", "5511940041234"),
    ("525512345678", "525512345679"),
    ("15215512345", "525215512345"),
    ("5215512345678", "15512345678"),
    ("5491123456789", "5411234567890"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_of_writing_one_number(one: str, other: str) -> None:
    assert phones.key(one) == phones.key(other) != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_numbers(one: str, other: str) -> None:
    assert phones.key(one) != phones.key(other)


@pytest.mark.parametrize(
    "landline", ["551132345678", "525556581111", "541143210000", "5711234567", "34911234567"]
)
def test_a_landline_is_left_as_it_is(landline: str) -> None:
    assert phones.key(landline) == landline


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("5215512345678", "MX"), ("525512345678", "MX"), ("5491123456789", "AR"), ("5511987654321", "BR"),
        ("573001234567", "CO"), ("56912345678", "CL"), ("51987654321", "PE"), ("14155552671", "US"),
        ("18095551234", "DO"), ("34612345678", "ES"), ("", ""), ("999999999999", ""), ("hola", ""),
    ],
)  # fmt: skip
def test_the_country_of_a_number(phone: str, country: str) -> None:
    assert phones.country(phone) == country
