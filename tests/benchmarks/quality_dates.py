"""`./vulkn bench quality-dates`: days and hours of single messages, and those whole conversations come to."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.benchmarks import quality_booked
from vulkn_app.skills.when import When, understand

# "In 8 hours" of these rows is 17:00.
_HOUR = "T09:00"
# The English rows were written in Britain.
_ZONES = {"en": "Europe/London", "es": "America/Mexico_City"}


def run(data: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures, and a prediction for each row whose moment has a value that can be compared."""
    lines = (data / "datetime_slots.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    clear = [row for row in rows if all(isinstance(s["value"], dict | None) for s in _slots(row).values())]
    heard = {row["id"]: _heard(row) for row in clear}
    figures = {
        "quality": "dates",
        "rows": len(rows),
        # "Some days ago": the scorer reads only values.
        "left_out_as_vague": len(rows) - len(clear),
        "english": _english(clear, heard),
        "spanish": _spanish(clear, heard),
        "conversations": quality_booked.run(data)[0],
    }
    return figures, [_prediction(row["id"], heard[row["id"]]) for row in clear]


def _slots(row: dict[str, Any]) -> dict[str, Any]:
    return row.get("slots", {})


def _heard(row: dict[str, Any]) -> When:
    now = datetime.fromisoformat(row.get("today", "2022-03-15") + _HOUR)
    return understand(row["text"], now=now, timezone=_ZONES[row["lang"]], language=row["lang"])


def _prediction(id: str, when: When) -> dict[str, Any]:
    """One day and one hour: where a stretch begins."""
    hour = when.time or when.earliest or when.latest
    return {
        "id": id,
        "date": when.date and when.date.isoformat(),
        "time": hour and f"{hour:%H:%M}",
        "has": when.named,
    }


def _english(rows: list[dict[str, Any]], heard: dict[str, When]) -> dict[str, Any]:
    """By slot as score.py counts, and by row: a row of two days can only be half right in one answer."""
    days, hours = [], []
    for row in rows:
        said = _prediction(row["id"], heard[row["id"]])
        slots = [(name, slot["value"] or {}) for name, slot in _slots(row).items()]
        named = [_day(value) for name, value in slots if name.startswith("date") and value.get("day")]
        told = [
            _hour(value) for name, value in slots if name.startswith("time") and value.get("hour") is not None
        ]
        days += [(said["date"], named)] if named else []
        hours += [(said["time"], told)] if told else []
    return {
        "date_by_slot": _by_slot(days),
        "date_by_slot_at_best": _by_slot([(named[0], named) for _, named in days]),
        "date_by_row": _by_row(days),
        "time_by_slot": _by_slot(hours),
        "time_by_row": _by_row(hours),
        "rows_with_a_date": len(days),
        "rows_with_a_time": len(hours),
    }


def _day(value: dict[str, int]) -> str:
    return f"{value['year']:04d}-{value['month']:02d}-{value['day']:02d}"


def _hour(value: dict[str, int]) -> str:
    return f"{value['hour']:02d}:{value.get('minute') or 0:02d}"


def _by_slot(answers: list[tuple[str | None, list[str]]]) -> float | None:
    slots = sum(len(right) for _, right in answers)
    return round(sum(right.count(said or "") for said, right in answers) / slots, 4) if slots else None


def _by_row(answers: list[tuple[str | None, list[str]]]) -> float | None:
    return round(sum(said in right for said, right in answers) / len(answers), 4) if answers else None


def _spanish(rows: list[dict[str, Any]], heard: dict[str, When]) -> dict[str, Any]:
    spanish = [row for row in rows if row["lang"] == "es"]
    some = [heard[row["id"]].named for row in spanish if row["spans"]]
    none = [not heard[row["id"]].named for row in spanish if not row["spans"]]
    return {
        "rows": len(spanish),
        "found_where_there_is_one": round(sum(some) / len(some), 4) if some else None,
        "none_where_there_is_none": round(sum(none) / len(none), 4) if none else None,
    }
