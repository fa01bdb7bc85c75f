"""What VULKN says about itself: the questions at the foot of the page, and all that the agent on it knows.

about/es.jsonl and about/en.jsonl hold the same entries in the same order."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vulkn_app.i18n import Language
from vulkn_app.landing.plans import Plan, priced

FOLDER = Path(__file__).parent / "about"
# The agent's organization; `organizations.RESERVED` keeps the name from everybody else.
SLUG = "vulkn"


@dataclass(frozen=True)
class Entry:
    """`faq`: also on the page."""

    key: str
    faq: bool
    title: str
    body: str
    examples: tuple[str, ...]


@lru_cache
def entries(language: Language) -> tuple[Entry, ...]:
    """With the places for figures still open."""
    rows = map(json.loads, (FOLDER / f"{language}.jsonl").read_text().splitlines())
    return tuple(Entry(**{**row, "examples": tuple(row["examples"])}) for row in rows)


def told(language: Language, plans: tuple[Plan, ...]) -> list[Entry]:
    """Every entry, with the price list's figures."""
    return [Entry(e.key, e.faq, e.title, priced(e.body, plans), e.examples) for e in entries(language)]


def knowledge(language: Language, plans: tuple[Plan, ...]) -> str:
    """The same as JSON lines, for `kb import`."""
    rows = (
        {"title": e.title, "body": e.body, "language": language, "examples": e.examples}
        for e in told(language, plans)
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
