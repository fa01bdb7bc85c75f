"""`./vulkn bench quality-retrieval`: whether the entry that answers is found, in its language and in the other; and a
small business's short questions."""

from pathlib import Path
from typing import Any

from tests.benchmarks import quality_business
from tests.benchmarks.labelled import Row, rows
from tests.benchmarks.retrieving import ask, indexed, summary
from vulkn_app.i18n import Language

LANGUAGES: tuple[Language, ...] = ("es", "en")


def run(data: Path) -> tuple[dict[str, Any], list[Row]]:
    """Paragraphs of one language, questions in both: the figures, and the ranking of each question. The predictions of
    the small business's questions are `quality-business`'s."""
    figures, predictions = by_language(data)
    business, _ = quality_business.business(data)
    return {"quality": "retrieval", **figures, "small_business": business}, predictions


def by_language(data: Path) -> tuple[dict[str, Any], list[Row]]:
    docs, questions = rows(data, "kb_xquad_docs"), rows(data, "kb_xquad_questions")
    figures: dict[str, Any] = {}
    predictions: list[Row] = []
    for held in LANGUAGES:
        names, index = indexed([doc for doc in docs if doc["lang"] == held], {})
        for spoken in LANGUAGES:
            asked = [row for row in questions if row["lang"] == spoken]
            found = [ask(index, names, row) | {"q_lang": spoken, "d_lang": held} for row in asked]
            figures[f"{spoken}_to_{held}"] = summary(asked, found)
            predictions += found
    return figures, predictions
