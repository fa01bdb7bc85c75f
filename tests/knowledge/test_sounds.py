"""Which words sound alike is found by looking at few of them: it has to be what looking at all of them finds."""

import random

import pytest

from vulkn_app.knowledge.lexicon import BILINGUAL
from vulkn_app.knowledge.sounds import MOST_ALIKE, SOUNDS_LIKE, Sounds
from vulkn_app.knowledge.words import grams, likeness, sound, stem

LINES = [line.split() for line in BILINGUAL.read_text("ascii").splitlines() if line[0] != "#"]
STEMS = sorted({stem(word) for line in LINES[::3] for word in line if len(stem(word)) > 2})
HEARD = Sounds.of(STEMS)


def shared(one: str, other: str) -> float:
    """The Dice coefficient of two words' runs of letters."""
    return 2 * len(grams(one) & grams(other)) / (len(grams(one)) + len(grams(other)))


def letters_to_change(one: str, other: str) -> int:
    """Levenshtein's distance as its definition has it."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        above, row[0] = row[0], place
        for column, there in enumerate(other, start=1):
            above, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, above + (letter != there)),
            )
    return row[-1]


@pytest.mark.parametrize("place", range(5, len(STEMS), 311))
@pytest.mark.parametrize("less", [0, 1])
def test_the_most_alike_of_all_are_found(place: int, less: int) -> None:
    asked = STEMS[place][:2] + STEMS[place][2 + less :]
    by_likeness = sorted((-shared(asked, word), word) for word in STEMS)

    found = HEARD.like(asked, frozenset(STEMS))

    if len(asked) > 2:
        assert list(found) == [word for unlike, word in by_likeness[:MOST_ALIKE] if -unlike >= SOUNDS_LIKE]


@pytest.mark.parametrize("asked", ["hhh", "ñññ", "x" * 700, "".join(STEMS[:40])])
def test_a_word_like_no_other_sounds_like_none(asked: str) -> None:
    assert HEARD.like(asked, frozenset(STEMS)) == {}


def test_of_equals_it_is_the_same_ones_in_whatever_order_they_were_heard() -> None:
    equals = [f"limpiad{letter}r" for letter in "abcdefgijklmnoprstu"]

    one, other = Sounds.of(equals), Sounds.of(reversed(equals))

    assert list(one.like("limpiad", set(equals))) == list(other.like("limpiad", set(equals)))


def test_likeness_counts_the_letters_to_change() -> None:
    chance = random.Random(5)
    for _ in range(2_000):
        one, other = ("".join(chance.choices("abdeñ", k=chance.choice([0, 1, 4, 9, 70]))) for _ in range(2))
        first, second = sound(one), sound(other)
        longer = max(len(first), len(second), 1)

        assert likeness(one, other) == 1 - letters_to_change(first, second) / longer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("orario", "horario"),
        ("photo", "foto"),
        ("atencion", "atension"),
        ("section", "seccion"),
        ("quiero", "kiero"),
        ("zapato", "sapato"),
        ("llave", "yabe"),
        ("bike", "bique"),
        ("coffee", "cofe"),
        ("theatro", "teatro"),
    ],
)
def test_what_is_heard_alike_is_spelled_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)
