"""`./vulkn bench quality-declining`: what is not there is not answered, what is there is, and a greeting is neither."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from tests.benchmarks import quality_retrieval
from tests.benchmarks.labelled import Row, rows, share
from tests.benchmarks.quality_business import business, examples
from tests.benchmarks.quality_retrieval import LANGUAGES
from tests.benchmarks.retrieving import indexed
from vulkn_app.i18n import Language
from vulkn_app.knowledge.index import Entry, Index
from vulkn_app.llm import smalltalk

DEMO = Path(__file__).parents[2] / "vulkn_app" / "local" / "demo_knowledge.jsonl"
SHOWN = ("answerable_kept", "unanswerable_declined")


def run(data: Path) -> tuple[dict[str, Any], list[Row]]:
    """The figures, and for each row of `oos` whether the agent of the small business there declines it."""
    asked = rows(data, "oos")
    questions = rows(data, "kb_smb_es_questions")
    _, hotel = indexed(rows(data, "kb_smb_es_docs"), examples(questions))
    clinic, found = _demo(), [_answer(hotel, row) for row in asked]
    figures = {
        "quality": "declining",
        "off_topic": {
            "small_business": _figures(asked, found),
            "demo_in_both_languages": _figures(asked, [_answer(clinic, row) for row in asked]),
        },
        "questions_by_language": _kept_and_declined(quality_retrieval.by_language(data)[0]),
        "small_business_questions": _kept_and_declined(business(data)[0]),
    }
    return figures, found


def declines(index: Index, text: str, language: Language) -> bool:
    """Whether the agent would say that it does not know."""
    if smalltalk.kind_of(text):
        return False
    return not any(hit.answerable for hit in index.search(text, language=language))


def _answer(index: Index, row: Row) -> Row:
    return {"id": row["id"], "declined": declines(index, row["text"], row["lang"])}


def _figures(asked: list[Row], found: list[Row]) -> dict[str, Any]:
    pairs = list(zip(asked, found, strict=True))
    figures: dict[str, Any] = {"rows": len(pairs)}
    for expected in ("decline", "smalltalk"):
        some = [(row["lang"], there["declined"]) for row, there in pairs if row["expect"] == expected]
        figures[f"{expected}_declined"] = share(declined for _, declined in some)
        for language in LANGUAGES:
            figures[f"{expected}_declined_{language}"] = share(
                declined for spoken, declined in some if spoken == language
            )
    return figures


def _kept_and_declined(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {shown: part[shown] for shown in SHOWN}
        for name, part in figures.items()
        if isinstance(part, dict)
    }


def _demo() -> Index:
    """The demo's clinic: entries in Spanish and in English."""
    drafts = [json.loads(line) for line in DEMO.read_text(encoding="utf-8").splitlines()]
    return Index.build(
        Entry(
            uuid5(UUID(int=0), f"{row['language']} {row['title']}"),
            row["title"],
            row["body"],
            row["language"],
            tuple(row["examples"]),
        )
        for row in drafts
    )
