"""The quality benchmark of suggestions counts topics once, and noise as noise."""

import json
from pathlib import Path

from tests.benchmarks import quality_suggestions

DOGS = ("puedo llevar a mi perro", "aceptan perro", "se puede entrar con perro")
PARKING = ("tienen estacionamiento", "hay estacionamiento", "donde esta el estacionamiento")
CHAT = ("cuéntame un chiste", "cuentame otro chiste", "un chiste por favor")


def test_a_topic_of_nobody_s_is_noise_and_each_other_one_counts_once(tmp_path: Path) -> None:
    labelled = [
        (text, label)
        for label, texts in (("dogs", DOGS), ("parking", PARKING), (None, CHAT))
        for text in texts
    ]
    rows = [
        {"id": f"q{number}", "lang": "es", "text": text, "label": label}
        for number, (text, label) in enumerate(labelled)
    ]
    (tmp_path / "faq_mining.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
    )

    figures, predictions = quality_suggestions.run(tmp_path)

    found = {
        name: figures["es"][name] for name in ("first_15_distinct", "of_the_10_commonest", "first_15_noise")
    }
    assert found == {"first_15_distinct": 2, "of_the_10_commonest": 2, "first_15_noise": 1}
    assert [row["id"] for row in predictions] == [row["id"] for row in rows]
    assert len({row["cluster"] for row in predictions}) == 3
