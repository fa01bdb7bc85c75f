"""Labelled rows of a folder, and the shares that figures are made of."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def rows(data: Path, name: str) -> list[Row]:
    lines = (data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def share(right: Iterable[bool]) -> float | None:
    found = list(right)
    return round(sum(found) / len(found), 4) if found else None


def ranks(ranked: Iterable[tuple[list[str], str]]) -> dict[str, Any]:
    """How often the right one of (ranked, right) is the first, among three and among five."""
    found = list(ranked)
    within = {f"R@{most}": share(right in best[:most] for best, right in found) for most in (1, 3, 5)}
    return within | {"rows": len(found)}
