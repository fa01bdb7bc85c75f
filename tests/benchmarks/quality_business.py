"""`./vulkn bench quality-business`: a small business's short questions, each left out of the entries' examples."""

from pathlib import Path
from typing import Any

from tests.benchmarks.labelled import Row, rows
from tests.benchmarks.retrieving import ask, indexed, summary


def run(data: Path) -> tuple[dict[str, Any], list[Row]]:
    figures, told = business(data)
    return {"quality": "business", **figures}, told


def business(data: Path) -> tuple[dict[str, Any], list[Row]]:
    """With examples, and as a business begins: without any."""
    docs, questions = rows(data, "kb_smb_es_docs"), rows(data, "kb_smb_es_questions")
    bare_names, bare = indexed(docs, {})
    plain, told = [ask(bare, bare_names, row) for row in questions], []
    for row in questions:
        names, index = indexed(docs, examples(questions, but=row["id"]))
        told.append(ask(index, names, row))
    return {"with_examples": summary(questions, told), "without_examples": summary(questions, plain)}, told


def examples(questions: list[Row], *, but: str = "") -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for row in questions:
        if row["gold_doc"] and row["id"] != but:
            said.setdefault(row["gold_doc"], []).append(row["question"])
    return said
