"""`./vulkn bench NAME`: measures on this machine; prints one JSON object. Figures compare within one run only."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

BENCHMARKS = {
    "turn": "tests.benchmarks.turn",
    "engine": "tests.benchmarks.engine",
    "retrieval": "tests.benchmarks.retrieval",
    "landing": "tests.benchmarks.landing",
    "webhooks": "tests.benchmarks.webhooks",
}
# Each has `run(data) -> (figures, predictions)`: the product's own code on labelled rows.
QUALITY = {
    "quality-language": "tests.benchmarks.quality_language",
    "quality-dates": "tests.benchmarks.quality_dates",
    "quality-booked": "tests.benchmarks.quality_booked",
    "quality-booking": "tests.benchmarks.quality_booking",
    "quality-retrieval": "tests.benchmarks.quality_retrieval",
    "quality-business": "tests.benchmarks.quality_business",
    "quality-declining": "tests.benchmarks.quality_declining",
    "quality-suggestions": "tests.benchmarks.quality_suggestions",
}


def bench(name: str, data: Path | None = None, predictions: Path | None = None) -> None:
    """`name` is one of BENCHMARKS or QUALITY; their modules lie with the tests, whose fake model they use."""
    if name in BENCHMARKS:
        found = import_module(BENCHMARKS[name]).run()
    elif name not in QUALITY:
        raise typer.BadParameter(f"one of: {', '.join((*BENCHMARKS, *QUALITY))}", param_hint="NAME")
    elif data is None or not data.is_dir():
        raise typer.BadParameter("a folder with labelled rows", param_hint="--data")
    else:
        found, rows = import_module(QUALITY[name]).run(data)
        if predictions:
            predictions.write_text("".join(_line(row) for row in rows), encoding="utf-8")
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
