"""An index that takes over what an earlier one has read is the same index."""

import random
from uuid import UUID

import pytest

from vulkn_app.knowledge.index import Entry, Index
from vulkn_app.knowledge.lexicon import BILINGUAL
from vulkn_app.knowledge.sounds import Sounds

WORDS = [line.split()[-1] for line in BILINGUAL.read_text("ascii").splitlines() if line[0] != "#"]


def an_entry(number: int, seed: int = 0) -> Entry:
    chance = random.Random(number * 1000 + seed)
    said = [chance.choice(WORDS) for _ in range(30)]
    return Entry(UUID(int=number), " ".join(said[:4]), " ".join(said[4:] + said[:2]))


@pytest.mark.parametrize("changed", [0, 1, 20, 40])
def test_it_finds_the_same_with_the_same_scores(changed: int) -> None:
    before = [an_entry(number) for number in range(40)]
    after = [an_entry(number, seed=number < changed) for number in range(3, 45)]

    fresh, taken_over = Index.build(after), Index.build(after, like=Index.build(before))

    for entry in after:
        asked = entry.title[:-1] + "x"
        assert taken_over.search(asked, limit=9) == fresh.search(asked, limit=9)


def test_the_earlier_one_is_left_as_it_was() -> None:
    entries = [an_entry(number) for number in range(20)]
    index = Index.build(entries)
    found = [index.search(entry.title) for entry in entries]

    Index.build([an_entry(99), *entries[5:]], like=index)

    assert [index.search(entry.title) for entry in entries] == found


def test_what_is_no_longer_said_is_not_heard() -> None:
    earlier = Sounds.of(["limpieza", "horario", "precio", "ortodoncia"])

    later = Sounds.of(["limpieza", "horario", "precio"], like=earlier)

    assert later.like("ortodonsia", {"limpieza", "horario", "precio"}) == {}
    assert "ortodoncia" in earlier.like("ortodonsia", {"ortodoncia"})


def test_words_of_everyday_life_have_their_partner_in_the_other_language() -> None:
    towels = Entry(UUID(int=1), "Toallas", "Hay toallas limpias en la recepción.", "es")
    bicycles = Entry(UUID(int=2), "Bicicletas", "Se rentan por hora.", "es")
    index = Index.build([towels, bicycles])

    best = index.search("do you have clean towels?", language="en")[0]

    assert (best.entry_id, best.answerable) == (towels.id, True)
