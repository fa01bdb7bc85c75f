"""The quality benchmarks of bookings read rows and write predictions of the agreed shapes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import quality_booked, quality_booking, quality_dates


def written(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    call = {
        "method": "BookAppointment",
        "params": {"appointment_date": "2019-03-08", "appointment_time": "16:30"},
    }
    turns = [
        {"role": "user", "text": "Friday next week please"},
        {"role": "agent", "text": "What time?"},
        {"role": "user", "text": "half past 4 in the afternoon"},
    ]
    friday = {"value": {"year": 2022, "month": 3, "day": 18}}
    sunday = {"value": {"year": 2022, "month": 3, "day": 20}}
    slots = {"date_from": friday, "date_to": sunday, "time": {"value": {"hour": 17, "minute": None}}}
    english = {"lang": "en", "today": "2022-03-15"}
    written(
        tmp_path / "datetime_slots.jsonl",
        [
            {**english, "id": "a", "text": "from Friday to Sunday, at 5 pm", "slots": slots},
            {**english, "id": "b", "text": "some days ago", "slots": {"date": {"value": "ambiguous"}}},
            {"lang": "es", "id": "c", "text": "la cita de mañana", "spans": ["mañana"]},
            {"lang": "es", "id": "d", "text": "comprar leche", "spans": []},
        ],
    )
    written(
        tmp_path / "dialogs.jsonl", [{"id": "e", "lang": "en", "outcome": {"calls": [call]}, "turns": turns}]
    )
    written(
        tmp_path / "intents_booking.jsonl",
        [
            {"id": "f", "lang": "es", "text": "quiero una cita", "label": "book"},
            {"id": "g", "lang": "es", "text": "hola", "label": "cancel"},
        ],
    )
    return tmp_path


def test_one_answer_for_two_days_can_be_half_right_at_best(data: Path) -> None:
    figures, predictions = quality_dates.run(data)

    assert figures["english"]["date_by_slot"] == figures["english"]["date_by_slot_at_best"] == 0.5
    assert (figures["english"]["date_by_row"], figures["english"]["time_by_row"]) == (1.0, 1.0)
    assert predictions[0] == {"id": "a", "date": "2022-03-18", "time": "17:00", "has": True}


def test_a_row_whose_moment_has_no_value_is_left_out(data: Path) -> None:
    figures, predictions = quality_dates.run(data)

    assert figures["left_out_as_vague"] == 1
    assert [row["id"] for row in predictions] == ["a", "c", "d"]
    assert [row["has"] for row in predictions[1:]] == [True, False]


def test_a_conversation_is_compared_with_its_last_booking(data: Path) -> None:
    figures, predictions = quality_booked.run(data)

    assert predictions == [{"id": "e", "date": "2019-03-08", "time": "16:30"}]
    assert figures["both"] == 1.0


def test_classes_without_rows_weigh_as_nothing_right_in_one_figure_only(data: Path) -> None:
    figures, predictions = quality_booking.run(data)

    assert [row["label"] for row in predictions] == ["book", "other"]
    assert figures["en"] is None
    assert figures["es"]["f1"]["book"] == 1.0
    assert (figures["es"]["macro_f1"], figures["es"]["macro_f1_present"]) == (0.2, 0.5)
