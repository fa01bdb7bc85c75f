"""`./vulkn bench quality-language`: which language a message of mixed words is answered in."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vulkn_app.conversations.language import Language, detect, warm

_SHORT = 3


def run(data: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures by source, and the reply language of each row."""
    warm()
    lines = (data / "codeswitch.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    predictions = [{"id": row["id"], "reply_lang": detect(row["text"], previous=None)} for row in rows]
    by_source = {
        source: _figures([row for row in rows if row["src"] == source])
        for source in sorted({row["src"] for row in rows})
    }
    return {"quality": "language", "all": _figures(rows), "sources": by_source}, predictions


def _figures(rows: list[dict[str, Any]]) -> dict[str, Any]:
    alone = [(row, detect(row["text"], previous=None) == _dominant(row)) for row in rows]
    return {
        "rows": len(rows),
        "dominant_language": _share(right for _, right in alone),
        "three_words_or_fewer": _share(right for row, right in alone if len(row["text"].split()) <= _SHORT),
        "within_a_conversation": _share(
            detect(row["text"], previous=_dominant(row)) == _dominant(row) for row in rows
        ),
    }


def _dominant(row: dict[str, Any]) -> Language:
    return "es" if row["n_es"] >= row["n_en"] else "en"


def _share(right: Iterable[bool]) -> float | None:
    found = list(right)
    return round(sum(found) / len(found), 4) if found else None
