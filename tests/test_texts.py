"""What people type, made safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vulkn_app.errors import BadInput
from vulkn_app.texts import clean, one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  hola\x00 \x07mundo ", "hola mundo"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("e\u0301", "é"),
        ("\ufeffhola\x85", "hola"),
        ("👩\u200d👩\u200d👧 ok", "👩\u200d👩\u200d👧 ok"),
        ("שלום \u202eabc", "שלום \u202eabc"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_only_what_nobody_sees_goes(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize("typed", ["\u200b\u200e", "\u202e", " \u2060\n", "\ufe0f", "\u00ad\u00a0"])
def test_what_nobody_sees_alone_is_nothing(typed: str) -> None:
    assert clean(typed) == ""


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(BadInput):
        clean("hola \ud83d")


def test_a_line_is_one_line() -> None:
    assert one_line(" Precio\n del \t corte ") == "Precio del corte"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_cleaning_twice_is_cleaning_once_and_postgresql_takes_it(typed: str) -> None:
    once = clean(typed)

    assert clean(once) == once
    assert "\x00" not in once
