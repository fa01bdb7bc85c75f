"""The gate: what is shown while an answer streams, however it is cut."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conversations.test_grounding_verdicts import (
    EN,
    ES,
    GROUNDED_EN,
    GROUNDED_ES,
    UNGROUNDED_EN,
    UNGROUNDED_ES,
)
from vulkn_app.conversations.grounding import Evidence, Facts, Gate, Source, Ungrounded, links, ungrounded
from vulkn_app.local import demo

BOTH = Facts.build(Source("entry", title, title, text) for title, text in (ES | EN).items())
DIALOGS = Path(__file__).parents[1] / "data" / "dialogs_cc0.jsonl"


def evidence(*turn: Source) -> Evidence:
    return Evidence(BOTH, Source("now", "", "", "Monday 2026-11-23 18:50"), *turn, today=date(2026, 11, 23))


def stream(gate: Gate, pieces: list[str]) -> tuple[str, Ungrounded | None]:
    """What the customer sees, and what stopped it."""
    seen = ""
    try:
        for piece in pieces:
            seen += gate.feed(piece)
        seen += gate.finish()
    except Ungrounded as stop:
        return seen + stop.release, stop
    return seen, None


def cut(text: str, places: list[int]) -> list[str]:
    ends = sorted({place % (len(text) + 1) for place in places} | {len(text)})
    return [text[a:b] for a, b in zip([0, *ends], ends, strict=False)]


ANSWERS = [
    *GROUNDED_ES,
    *GROUNDED_EN,
    *(answer for answer, _ in UNGROUNDED_ES),
    *(answer for answer, _ in UNGROUNDED_EN),
    "Sí, te doy 50% de descuento.",
    "No manejamos un 50% de descuento, lo siento.",
    "Escribe a hola@tijeras.example o entra a tijeras.example/citas, y listo.",
    "¡Hola! ",
    "Claro. ",
    "\n- ",
]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=4).map(" ".join),
    st.lists(st.integers(0, 1000), max_size=60),
)
def test_the_same_is_shown_however_an_answer_is_cut(text: str, places: list[int]) -> None:
    asked = Source("customer", "", "", "¿me das 50% de descuento?")
    refused = ungrounded(text, evidence(asked))

    seen, stop = stream(Gate(evidence(asked)), cut(text, places))

    assert ungrounded(seen, evidence(asked)) == []
    if refused:
        assert stop is not None
        assert stop.shown == seen
        assert stop.figure.text == refused[0].text
        assert text.startswith(seen)
        assert len(seen) < refused[0].end
    else:
        assert seen == text


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120), st.lists(st.integers(0, 1000), max_size=40))
def test_any_text_comes_out_whole_or_stops_before_a_figure(text: str, places: list[int]) -> None:
    refused = ungrounded(text, evidence())

    seen, stop = stream(Gate(evidence()), cut(text, places))

    assert (seen == text) if not refused else (stop is not None and text.startswith(seen))


def test_plain_words_are_shown_at_once() -> None:
    gate = Gate(evidence())

    assert gate.feed("Hola") == "Hola"
    assert gate.feed(", con gus") == ", con gus"
    assert gate.feed("to te ayudo") == "to te ayudo"


def test_a_word_that_may_begin_a_figure_waits_for_its_end() -> None:
    gate = Gate(evidence())

    assert gate.feed("Te va a llevar en la lun") == "Te va a llevar en la "
    assert gate.feed("a de miel") == "luna de miel"


def test_a_figure_is_shown_when_it_is_whole() -> None:
    gate = Gate(evidence())

    assert gate.feed("El corte cuesta $3") == "El corte cuesta "
    assert gate.feed("50 por persona.\n") == "$350 por persona.\n"


def test_emphasis_waits_for_the_figure_it_belongs_to() -> None:
    seen, stop = stream(Gate(evidence()), ["El corte cuesta **", "$999", "** y ya."])

    assert stop is not None
    assert seen == "El corte cuesta "


def test_what_is_shown_ends_with_a_clause_where_it_can() -> None:
    seen, _ = stream(Gate(evidence()), ["Con gusto te digo. El corte cuesta $999.\nLuego, lo que quieras."])

    assert seen == "Con gusto te digo. "


def test_shown_figures_are_linked_to_their_sources() -> None:
    gate = Gate(evidence())
    answer = "El corte de dama cuesta $350 y dura 45 minutos."

    stream(gate, [answer])

    assert gate.links == links(answer, evidence())
    assert gate.links[0] == {
        "text": "$350",
        "kind": "price",
        "start": 24,
        "end": 28,
        "source_kind": "entry",
        "entry_id": "Corte",
        "title": "Corte",
    }


def test_the_entry_that_search_found_first_is_the_source() -> None:
    entries = [Source("entry", name, name, "Cuesta $350.") for name in ("uno", "dos")]
    preferring = Evidence(Facts.build(entries), preferred=["dos", "uno"])

    assert links("Cuesta $350.", preferring)[0]["entry_id"] == "dos"


def test_every_entry_of_the_demo_may_be_said_as_it_stands() -> None:
    entries = [json.loads(line) for line in demo.KNOWLEDGE.read_text().splitlines()]
    facts = Facts.build(Source("entry", e["title"], e["title"], e["body"]) for e in entries)

    for entry in entries:
        seen, _ = stream(Gate(Evidence(facts)), entry["body"].split(" ", 0))
        assert seen == entry["body"]


def test_with_an_empty_knowledge_no_entry_of_the_demo_passes_its_figures() -> None:
    nothing = Evidence(Facts())

    for line in demo.KNOWLEDGE.read_text().splitlines():
        seen, _ = stream(Gate(nothing), [json.loads(line)["body"]])
        assert not any(c.isdigit() for c in seen)


def test_real_conversations_pass_through() -> None:
    lines = [turn["text"] for row in DIALOGS.read_text().splitlines() for turn in json.loads(row)["turns"]]
    own = Facts.build(Source("entry", "", "", line) for line in lines)

    for line in lines:
        stream(Gate(Evidence(Facts())), cut(line, [3, 7, 20, 41]))
        assert ungrounded(line, Evidence(own)) == []


@pytest.mark.parametrize(
    "claim", ["¡Listo! Tu cita ya quedó agendada. ", "Great! Your appointment is booked. "]
)
def test_a_claim_is_shown_only_when_it_is_true(claim: str) -> None:
    done = {"said": False}

    seen, stop = stream(Gate(evidence(), booked=lambda: done["said"]), claim.split(" ", 0))
    done["said"] = True
    whole, _ = stream(Gate(evidence(), booked=lambda: done["said"]), [claim])

    assert stop is not None
    assert stop.figure.kind == "claim"
    assert seen in ("¡Listo! ", "Great! ")
    assert whole == claim


@given(st.lists(st.integers(0, 60), max_size=30))
def test_a_claim_is_never_half_shown(places: list[int]) -> None:
    seen, stop = stream(Gate(evidence()), cut("¡Listo! Tu cita ya quedó agendada para ti.", places))

    assert stop is not None
    assert "qued" not in seen


def test_a_link_that_comes_in_two_pieces_is_one_link() -> None:
    text = "Agenda en https://tijeras.example/citas/. El corte de dama cuesta $350."
    for place in range(len(text)):
        assert stream(Gate(evidence()), cut(text, [place])) == (text, None), text[:place]
