"""`./vulkn bench retrieval`: what an index takes to build, to keep and to ask, by how much there is to know."""

import gc
import random
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from vulkn_app.conversations import brains
from vulkn_app.i18n import Language
from vulkn_app.knowledge.index import Entry, Index
from vulkn_app.knowledge.lexicon import BILINGUAL

SIZES = (30, 300, 1_000, 10_000)
ORGANIZATIONS, EACH = 200, 300
QUESTIONS = 300
PAGE = 4096


def run() -> dict[str, Any]:
    words = _words()
    one = {str(size): _one(size, words) for size in SIZES}
    return {
        "bench": "retrieval",
        "one_organization_of_so_many_entries": one,
        "many_organizations": _many(words),
        "kept_at_most": {"organizations": brains.KEPT, "mb": brains.KEPT_BYTES / 1e6},
    }


def _one(size: int, words: dict[Language, list[str]]) -> dict[str, float]:
    entries, before = _entries(size, words), _resident()
    index, built = _timed(lambda: Index.build(entries))
    kept = round(_resident() - before, 1)
    edited = [*entries[1:], _entry(size + 1, words)]
    _, rebuilt = _timed(lambda: Index.build(edited, like=index))
    first = _asked([index], words, seed=1)
    again = _asked([index], words, seed=1)
    return {
        "build_ms": built,
        "after_an_edit_ms": rebuilt,
        "mb": kept,
        "mb_counted": round(index.size / 1e6, 1),
        **first,
    } | {f"again_{name}": ms for name, ms in again.items()}


def _many(words: dict[Language, list[str]]) -> dict[str, float]:
    """Each question to another organization: nothing of the last one's helps."""
    before = _resident()
    indexes, built = _timed(
        lambda: [Index.build(_entries(EACH, words, first=n * EACH)) for n in range(ORGANIZATIONS)]
    )
    return {
        "organizations": ORGANIZATIONS,
        "entries_each": EACH,
        "build_ms_each": round(built / ORGANIZATIONS, 1),
        "mb": round(_resident() - before, 1),
        "mb_counted": round(sum(index.size for index in indexes) / 1e6, 1),
        **_asked(indexes, words, seed=2),
    }


def _asked(indexes: list[Index], words: dict[Language, list[str]], *, seed: int) -> dict[str, float]:
    chance, took = random.Random(seed), []
    for number in range(QUESTIONS):
        language: Language = "es" if number % 2 else "en"
        asked = " ".join(_misspelt(word, chance) for word in _said(words[language], 8, chance))
        search = partial(indexes[number % len(indexes)].search, asked, language=language)
        took.append(_timed(search, 3)[1])
    took.sort()
    return {"p50_ms": took[len(took) // 2], "p95_ms": took[int(len(took) * 0.95)]}


def _entries(size: int, words: dict[Language, list[str]], *, first: int = 0) -> list[Entry]:
    return [_entry(number, words) for number in range(first, first + size)]


def _entry(number: int, words: dict[Language, list[str]]) -> Entry:
    """A title, sixty words in four sentences and two ways of asking; some words are of this entry alone."""
    chance = random.Random(number)
    language: Language = "es" if number % 2 else "en"
    vocabulary = words[language]
    own = f"{chance.choice(vocabulary)[:4]}{chance.choice(vocabulary)[-4:]}"
    sentences = [" ".join([*_said(vocabulary, 15, chance), own]) for _ in range(4)]
    asked = tuple(" ".join(_said(vocabulary, 6, chance)) for _ in range(2))
    return Entry(
        UUID(int=number), " ".join(_said(vocabulary, 6, chance)), ". ".join(sentences), language, asked
    )


def _said(vocabulary: list[str], count: int, chance: random.Random) -> list[str]:
    """A few words are said often, most seldom."""
    return [vocabulary[int(len(vocabulary) * chance.random() ** 3)] for _ in range(count)]


def _misspelt(word: str, chance: random.Random) -> str:
    if len(word) < 5 or chance.random() > 0.2:
        return word
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1 :]


def _words() -> dict[Language, list[str]]:
    lines = [line.split() for line in Path(BILINGUAL).read_text("ascii").splitlines() if line[0] != "#"]
    english, spanish = [line[0] for line in lines], [word for line in lines for word in line[1:]]
    for vocabulary in (english, spanish):
        random.Random(7).shuffle(vocabulary)
    return {"en": english, "es": spanish}


def _timed(make: Callable[[], Any], places: int = 1) -> tuple[Any, float]:
    begun = time.perf_counter()
    made = make()
    return made, round((time.perf_counter() - begun) * 1000, places)


def _resident() -> float:
    gc.collect()
    return round(int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6, 1)
