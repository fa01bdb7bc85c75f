"""The quality benchmarks of retrieval read rows and write predictions of the agreed shapes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import quality_business, quality_declining, quality_retrieval


def written(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    moon = {"es": "La luna gira alrededor de la tierra.", "en": "The moon goes around the earth."}
    bread = {"es": "El pan se hace con harina y agua.", "en": "Bread is made of flour and water."}
    asked = {"es": "¿Con qué harina se hace el pan?", "en": "What flour is bread made of?"}
    written(
        tmp_path / "kb_xquad_docs.jsonl",
        [
            {"id": name, "lang": lang, "title": "", "text": text}
            for name, texts in (("moon", moon), ("bread", bread))
            for lang, text in texts.items()
        ],
    )
    written(
        tmp_path / "kb_xquad_questions.jsonl",
        [
            {"id": "q", "lang": lang, "question": text, "gold_doc": "bread", "answerable": True}
            for lang, text in asked.items()
        ]
        + [{"id": "n", "lang": "es", "question": "¿Quién ganó?", "gold_doc": None, "answerable": False}],
    )
    written(
        tmp_path / "kb_smb_es_docs.jsonl",
        [
            {"id": "pets", "lang": "es", "text": "No se permiten."},
            {"id": "pay", "lang": "es", "text": "Visa."},
        ],
    )
    written(
        tmp_path / "kb_smb_es_questions.jsonl",
        [
            {"id": f"{doc}-{n}", "lang": "es", "question": text, "gold_doc": doc, "answerable": True}
            for doc, texts in (("pets", ("mascotas", "mi mascota")), ("pay", ("pagos", "pago")))
            for n, text in enumerate(texts)
        ],
    )
    written(
        tmp_path / "oos.jsonl",
        [
            {"id": "a", "lang": "es", "text": "hola", "expect": "smalltalk"},
            {"id": "b", "lang": "en", "text": "who won the cup", "expect": "decline"},
        ],
    )
    return tmp_path


def test_each_question_is_asked_of_both_languages(data: Path) -> None:
    figures, predictions = quality_retrieval.run(data)

    assert figures["es_to_es"] == {
        "R@1": 1.0,
        "R@3": 1.0,
        "R@5": 1.0,
        "rows": 1,
        "answerable_kept": 1.0,
        "unanswerable_declined": 1.0,
    }
    assert {(row["q_lang"], row["d_lang"]) for row in predictions} == {
        ("es", "es"),
        ("es", "en"),
        ("en", "es"),
        ("en", "en"),
    }
    assert predictions[0] == {
        "id": "q",
        "ranked": predictions[0]["ranked"],
        "declined": False,
        "q_lang": "es",
        "d_lang": "es",
    }


def test_a_question_is_no_example_of_itself(data: Path) -> None:
    figures, predictions = quality_business.run(data)

    assert figures["with_examples"]["R@1"] == 1.0
    assert figures["without_examples"]["R@1"] == 0.0
    assert quality_business.examples([{"id": "x", "gold_doc": "pets", "question": "gato"}], but="x") == {}
    assert {row["id"] for row in predictions} == {"pets-0", "pets-1", "pay-0", "pay-1"}


def test_declining_counts_small_talk_apart(data: Path) -> None:
    figures, predictions = quality_declining.run(data)

    assert predictions == [{"id": "a", "declined": False}, {"id": "b", "declined": True}]
    assert figures["off_topic"]["small_business"]["smalltalk_declined"] == 0.0
    assert figures["off_topic"]["small_business"]["decline_declined"] == 1.0
