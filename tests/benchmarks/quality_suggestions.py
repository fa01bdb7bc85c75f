"""`./vulkn bench quality-suggestions`: what many customers ask, gathered from their own words in both languages.

The rows of both languages lie in one heap, as they do in an organization's conversations; the labels are only looked
at afterwards. `first_15` are the suggestions that an owner would read first."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from vulkn_app.knowledge.suggestions.grouping import groups

_FIRST, _COMMONEST, _PURE = 15, 10, 0.7


def run(data: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures by language, and each row's group by its place."""
    lines = (data / "faq_mining.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    begun = time.perf_counter()
    found = groups([row["text"] for row in rows])
    seconds = time.perf_counter() - begun
    place = {number: cluster for cluster, group in enumerate(found) for number in group}
    predictions = [{"id": row["id"], "cluster": place.get(number)} for number, row in enumerate(rows)]
    languages = {
        language: _figures([(row, place.get(n)) for n, row in enumerate(rows) if row["lang"] == language])
        for language in sorted({row["lang"] for row in rows})
    }
    return {
        "quality": "suggestions",
        "rows": len(rows),
        "seconds": round(seconds, 2),
        **languages,
    }, predictions


def _figures(rows: list[tuple[dict[str, Any], int | None]]) -> dict[str, Any]:
    clusters: dict[int, list[str | None]] = {}
    for row, cluster in rows:
        if cluster is not None:
            clusters.setdefault(cluster, []).append(row["label"])
    first = sorted(clusters.values(), key=len, reverse=True)[:_FIRST]
    pure = [label for label, share in map(_majority, first) if label and share >= _PURE]
    commonest = Counter(row["label"] for row, _ in rows if row["label"]).most_common(_COMMONEST)
    return {
        "rows": len(rows),
        "gathered": sum(map(len, clusters.values())),
        "first_15_pure": len(pure),
        "first_15_distinct": len(set(pure)),
        "of_the_10_commonest": sum(label in pure for label, _ in commonest),
        "first_15_noise": sum(_majority(labels)[0] is None for labels in first),
    }


def _majority(labels: list[str | None]) -> tuple[str | None, float]:
    label, count = Counter(labels).most_common(1)[0]
    return label, count / len(labels)
