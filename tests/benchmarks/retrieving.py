"""Labelled questions asked of labelled entries, read and found as the product reads and finds them."""

import json
from typing import Any
from uuid import UUID, uuid5

from tests.benchmarks.labelled import Row, ranks, share
from vulkn_app.knowledge import formats
from vulkn_app.knowledge.index import Entry, Index

MOST = 10
_NAMES = UUID("8b0d3c9e-6b1e-4f0e-9a51-2f1c5f0f7a10")


def indexed(docs: list[Row], said: dict[str, list[str]]) -> tuple[dict[UUID, str], Index]:
    """Read as an import reads them: a text without a title gets its first words as one."""
    told = [doc | {"examples": said.get(doc["id"], [])} for doc in docs]
    content = "\n".join(json.dumps(doc, ensure_ascii=False) for doc in told).encode()
    names, entries = {}, []
    for doc, draft in zip(docs, formats.read(formats.File("docs.jsonl", content)), strict=True):
        entry_id = uuid5(_NAMES, doc["id"])
        names[entry_id] = doc["id"]
        examples = tuple(draft.examples or ())
        entries.append(Entry(entry_id, draft.title, draft.body, doc["lang"], examples))
    return names, Index.build(entries)


def ask(index: Index, names: dict[UUID, str], row: Row) -> Row:
    hits = index.search(row["question"], limit=MOST, language=row["lang"])
    ranked = [names[hit.entry_id] for hit in hits]
    return {"id": row["id"], "ranked": ranked, "declined": not any(hit.answerable for hit in hits)}


def summary(asked: list[Row], found: list[Row]) -> dict[str, Any]:
    pairs = list(zip(asked, found, strict=True))
    return ranks((there["ranked"], row["gold_doc"]) for row, there in pairs if row["answerable"]) | {
        "answerable_kept": share(not there["declined"] for row, there in pairs if row["answerable"]),
        "unanswerable_declined": share(there["declined"] for row, there in pairs if not row["answerable"]),
    }
