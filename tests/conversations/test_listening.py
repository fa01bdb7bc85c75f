"""Whether a streamed draft is heard to be in the wrong language."""

import pytest

from vulkn_app.conversations.language import Heard, Language, Listener

SPANISH = "¡Hola, Ana! El corte de cabello cuesta $250 y abrimos a las 9:00. ¿Te agendo para mañana?"
ENGLISH = "Hi Ana! A haircut is $250 and we open at 9:00. Shall I book you in for tomorrow?"
RIGHT: list[tuple[str, Language]] = [(SPANISH, "es"), (ENGLISH, "en")]
WRONG: list[tuple[str, Language]] = [(SPANISH, "en"), (ENGLISH, "es")]


def after(draft: str, expected: Language, *, size: int = 4, known: tuple[str, ...] = ()) -> list[Heard]:
    """What the listener says after each piece of `size` letters, and at the end."""
    listener = Listener(expected, known)
    said: list[Heard] = [listener.hear(draft[start : start + size]) for start in range(0, len(draft), size)]
    said.append(listener.end())
    return said


@pytest.mark.parametrize("size", [1, 3, 7, 500])
def test_a_draft_in_the_right_language_is_never_wrong(size: int) -> None:
    for draft, language in RIGHT:
        said = after(draft, language, size=size)
        assert "wrong" not in said
        assert said[-1] == "right"


@pytest.mark.parametrize("size", [1, 3, 7, 500])
def test_a_draft_in_the_other_language_is_wrong_and_never_right(size: int) -> None:
    for draft, language in WRONG:
        said = after(draft, language, size=size)
        assert "right" not in said
        assert said[-1] == "wrong"


def test_one_small_word_of_the_right_language_is_enough() -> None:
    assert Listener("es").hear("Nuestro ") == "right"
    assert Listener("en").hear("We ") == "right"


def test_a_word_counts_only_once_it_is_whole() -> None:
    listener = Listener("es")
    assert listener.hear("est") == "unsure"
    assert listener.hear("amos ") == "right"


def test_the_other_language_is_known_before_the_first_sentence_ends() -> None:
    listener = Listener("es")
    assert listener.hear("Yes, we ") == "wrong"


@pytest.mark.parametrize(
    "draft",
    [
        "$250.00 MXN",
        "https://example.com/the-and-you ",
        "“The Lord of the Rings and the One”",
        '"We are the Champions of you and me" ',
        "María José Hernández ",
        "[menu](https://example.com/we/are/the) ",
    ],
)
def test_what_has_no_language_of_its_own_leaves_it_unsure(draft: str) -> None:
    assert set(after(draft, "es")) == {"unsure"}


def test_words_of_the_business_do_not_count() -> None:
    draft = "Cut, wash and style, balayage with toner"
    assert after(draft, "es")[-1] == "wrong"
    assert after(draft, "es", known=("Cut, wash and style", "Balayage with toner"))[-1] == "unsure"


def test_a_business_named_with_the_other_languages_article_does_not_decide() -> None:
    assert after("The Barber Shop abre mañana desde temprano", "en")[-1] == "wrong"
    assert after("El Paso Grill is open until ten", "es")[-1] == "wrong"


def test_a_later_sentence_in_the_other_language_is_wrong_again() -> None:
    drifting = "Claro, abrimos a las nueve. We are also open on Sundays from ten until two"
    said = after(drifting, "es")
    assert "right" in said
    assert said[-1] == "wrong"


def test_a_borrowed_phrase_is_no_drift() -> None:
    draft = "Claro, el servicio incluye wash and blow dry. También tenemos home delivery sin costo."
    assert after(draft, "es")[-1] == "right"


def test_a_draft_that_wraps_itself_in_quotation_marks_is_still_heard() -> None:
    assert after(f'"{ENGLISH} {ENGLISH}"', "es")[-1] == "wrong"


def test_a_short_whole_draft_is_judged_by_fewer_words() -> None:
    assert after("The address is 28 Bute Gardens.", "es")[-2:] == ["unsure", "wrong"]
    assert after("28", "es")[-1] == "unsure"
