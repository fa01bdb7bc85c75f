"""Telephone numbers as WhatsApp writes them: digits, the country code first.

The same person's number comes with or without a mobile prefix that their country added or dropped. `key` is for
comparing only; what is stored, shown and written to is the number as it came."""

import re

import phonenumbers

_DIGITS = re.compile(r"\D")
# What is left out of the key. Mexico's 1 (dropped in 2019), Argentina's 9, and Brazil's ninth digit where the eight
# that follow are a mobile's (6-9): with 2-5 they would be somebody's landline.
_VARIANTS = (
    (re.compile(r"521(\d{10})"), r"52\1"),
    (re.compile(r"549(\d{10})"), r"54\1"),
    (re.compile(r"55(\d{2})9([6-9]\d{7})"), r"55\1\2"),
)


def digits(phone: str) -> str:
    return _DIGITS.sub("", phone)[:20]


def key(phone: str) -> str:
    """Equal for all the ways of writing one number; empty for no number."""
    bare = digits(phone)
    for pattern, short in _VARIANTS:
        if pattern.fullmatch(bare):
            return pattern.sub(short, bare)
    return bare


def country(phone: str) -> str:
    """ISO 3166's two letters; empty when nobody knows."""
    try:
        number = phonenumbers.parse(f"+{key(phone)}")
    except phonenumbers.NumberParseException:
        return ""
    found = phonenumbers.region_code_for_number(number)
    found = found or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return found if re.fullmatch("[A-Z]{2}", found) and found != "ZZ" else ""
