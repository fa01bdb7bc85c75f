"""Words in the browser: both languages are compiled in, gaps are filled there."""

import pytest
import reflex as rx

from components.words import choice, plural, t


class Person(rx.State):
    name: str = ""
    visits: int = 0


def test_both_languages_are_there() -> None:
    assert "Guardar" in str(t("common.save"))
    assert "Save" in str(t("common.save"))


def test_a_gap_takes_a_var() -> None:
    assert "name_rx_state_" in str(t("overview.morning", name=Person.name))


def test_a_word_that_nobody_wrote_fails_the_build() -> None:
    with pytest.raises(KeyError):
        t("common.nobody_wrote_this")


def test_one_and_many_differ() -> None:
    words = str(plural(Person.visits, "overview.gaps_times"))

    assert "1 vez" in words
    assert "once" in words
    assert " veces" in words


def test_a_closed_set_has_a_word_for_each() -> None:
    words = str(choice(Person.name, "team.role_", "owner", "admin", "member"))

    assert all(word in words for word in ("Titular", "Administra", "Atiende"))
