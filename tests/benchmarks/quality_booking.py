"""`./vulkn bench quality-booking`: what a message wants with a booking, by language and class."""

import json
from pathlib import Path
from typing import Any

from vulkn_app.skills.intent import Intent, intent


def run(data: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    lines = (data / "intents_booking.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    predictions = [{"id": row["id"], "label": intent(row["text"]).value} for row in rows]
    figures: dict[str, Any] = {"quality": "booking"}
    for language in ("es", "en"):
        pairs = [
            (row["label"], said["label"])
            for row, said in zip(rows, predictions, strict=True)
            if row["lang"] == language
        ]
        figures[language] = _figures(pairs) if pairs else None
    return figures, predictions


def _figures(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`macro_f1` counts a class without rows as 0, as score.py does; `macro_f1_present` leaves it out."""
    by_class = {label.value: _f1(label.value, pairs) for label in Intent}
    present = [by_class[label] for label in by_class if any(right == label for right, _ in pairs)]
    return {
        "rows": len(pairs),
        "accuracy": round(sum(right == said for right, said in pairs) / len(pairs), 4),
        "macro_f1": round(sum(by_class.values()) / len(by_class), 4),
        "macro_f1_present": round(sum(present) / len(present), 4),
        "f1": by_class,
    }


def _f1(label: str, pairs: list[tuple[str, str]]) -> float:
    hits = sum(right == said == label for right, said in pairs)
    claims = sum(said == label for _, said in pairs)
    rows = sum(right == label for right, _ in pairs)
    return round(2 * hits / (claims + rows), 4) if hits else 0.0
