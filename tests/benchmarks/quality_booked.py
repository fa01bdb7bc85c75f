"""`./vulkn bench quality-booked`: the day and hour that customer and business agree on, from their whole talk."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from vulkn_app.skills.when import Said, conversation

# All conversations of the Schema-Guided Dialogue set are set on this Friday, in California.
_NOW = datetime.fromisoformat("2019-03-01T09:00")
_ZONE = "America/Los_Angeles"


def run(data: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    lines = (data / "dialogs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    booked = [(row, gold) for row in rows if row["lang"] == "en" and (gold := _gold(row))]
    predictions = [_prediction(row) for row, _ in booked]
    right = [
        (said["date"] == gold[0], said["time"] == gold[1])
        for said, (_, gold) in zip(predictions, booked, strict=True)
    ]
    figures = {
        "quality": "booked",
        "conversations": len(booked),
        "date": _share([day for day, _ in right]),
        "time": _share([hour for _, hour in right]),
        "both": _share([day and hour for day, hour in right]),
    }
    return figures, predictions


def _gold(row: dict[str, Any]) -> tuple[str, str] | None:
    """Day and hour of the last booking call."""
    calls = [
        call["params"]
        for call in (row["outcome"] or {}).get("calls", [])
        if call["method"] == "BookAppointment"
    ]
    if not calls:
        return None
    day = next(value for name, value in calls[-1].items() if "date" in name)
    return day, next(value for name, value in calls[-1].items() if "time" in name)


def _prediction(row: dict[str, Any]) -> dict[str, Any]:
    turns = [Said(turn["text"], customer=turn["role"] == "user") for turn in row["turns"]]
    when = conversation(turns, now=_NOW, timezone=_ZONE, language="en")
    return {
        "id": row["id"],
        "date": when.date and when.date.isoformat(),
        "time": when.time and f"{when.time:%H:%M}",
    }


def _share(right: list[bool]) -> float | None:
    return round(sum(right) / len(right), 4) if right else None
