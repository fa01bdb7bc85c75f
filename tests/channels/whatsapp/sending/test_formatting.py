"""Markdown in WhatsApp's signs; long texts in pieces. No figure, address or letter is ever broken."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vulkn_app.channels.whatsapp.formatting import cut, length, split, whatsapp

CASES = [
    ("**Corte**: $250", "*Corte*: $250"),
    ("__Corte__ y *tinte* y _uñas_", "*Corte* y _tinte_ y _uñas_"),
    ("***Ojo***", "*_Ojo_*"),
    ("~~$300~~ $250", "~$300~ $250"),
    ("# Horario\nLunes", "*Horario*\nLunes"),
    ("## **Horario** #\nLunes", "*Horario*\nLunes"),
    ("* uno\n+ dos\n- tres\n1. cuatro", "- uno\n- dos\n- tres\n1. cuatro"),
    ("[Menú](https://ex.com/m)", "Menú: https://ex.com/m"),
    ("[https://ex.com](https://ex.com/)", "https://ex.com/"),
    ("[ex.com](https://ex.com/)", "https://ex.com/"),
    ("[Correo](mailto:a@b.mx)", "Correo: a@b.mx"),
    ("![Foto](https://ex.com/a_b_c.png)", "Foto: https://ex.com/a_b_c.png"),
    ("Mira https://ex.com/a_b_c*d.", "Mira https://ex.com/a_b_c*d."),
    ("**https://ex.com/a_b**", "https://ex.com/a_b"),
    ("<https://ex.com>", "https://ex.com"),
    ("`K7M_Q*2`", "```K7M_Q*2```"),
    ("```py\nx **y**\n```", "```x **y**```"),
    ("3*4*5 = 60, 2 * 3 * 4 = 24 y un_nombre_de_archivo.pdf", "3*4*5 = 60, 2 * 3 * 4 = 24 y un_nombre_de_archivo.pdf"),
    ("$1,200.50 · 20 % · 4:30 p.m. · 55 1234 5678", "$1,200.50 · 20 % · 4:30 p.m. · 55 1234 5678"),
    ("| Servicio | Precio |\n|---|---:|\n| Corte | $250 |\n| Tinte | $900 |", "- Corte: $250\n- Tinte: $900"),
    ("| A | B | C |\n|-|-|-|\n| x | 1 | 2 |", "- x · B: 1 · C: 2"),
    ("uno\n\n---\n\ndos", "uno\n\ndos"),
    (r"2 \* 3 \_x\_", "2 * 3 _x_"),
    ("> cita", "> cita"),
    ("a | b", "a | b"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_markdown_reads_as_whatsapp(text: str, shown: str) -> None:
    assert whatsapp(text) == shown


FIGURES = st.sampled_from(
    [
        "$1,200.50",
        "20 %",
        "4:30 p.m.",
        "55 1234 5678",
        "https://ex.com/a_b_(c)?x=*1*&y=_2_",
        "ana@sol.mx",
        "24/11/2026",
    ]
)
WORDS = st.sampled_from(["corte", "tinte", "señora", "¿cuánto?", "ok", "👩🏽‍🦰", "café"])
PIECES = st.one_of(FIGURES, WORDS)
WRAPS = st.sampled_from(
    ["{}", "**{}**", "*{}*", "_{}_", "~~{}~~", "- {}", "# {}", "`{}`", "| {} | x |", "> {}"]
)
MARKDOWN = st.lists(st.tuples(WRAPS, PIECES).map(lambda pair: pair[0].format(pair[1])), max_size=30).map(
    "\n".join
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(WRAPS, FIGURES), min_size=1, max_size=12))
def test_every_figure_and_address_comes_through_whole(parts: list[tuple[str, str]]) -> None:
    shown = whatsapp("\n".join(wrap.format(figure) for wrap, figure in parts))

    for _, figure in parts:
        assert figure in shown


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_whatever_comes_nothing_breaks(text: str) -> None:
    shown = whatsapp(text)

    assert not re.search("[\ue000-\ue003]", shown)
    assert all(piece.strip() for piece in split(shown, 40))


@settings(max_examples=300, deadline=None)
@given(MARKDOWN, st.integers(min_value=40, max_value=120))
def test_pieces_are_short_lose_nothing_and_break_no_word(text: str, most: int) -> None:
    pieces = split(text, most)

    assert all(length(piece) <= most for piece in pieces)
    assert " ".join(" ".join(pieces).split()) == " ".join(text.split())
    assert [word for piece in pieces for word in piece.split()] == text.split()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["👩‍👩‍👧‍👦", "🇲🇽", "é", "e\u0301", "👍🏽", "a", "1️⃣"]), min_size=1, max_size=60)
)
def test_no_letter_is_cut_in_two(letters: list[str]) -> None:
    text = "".join(letters)
    pieces = split(text, 12)

    assert "".join(pieces) == text
    rest = list(letters)
    for piece in pieces:
        while piece:
            assert piece.startswith(rest[0])
            piece = piece.removeprefix(rest.pop(0))


def test_paragraphs_come_first_then_lines_then_sentences() -> None:
    assert split("aaaa bbbb\n\ncccc dddd", 12) == ["aaaa bbbb", "cccc dddd"]
    assert split("aaaa bbbb\ncccc dddd", 12) == ["aaaa bbbb", "cccc dddd"]
    assert split("Hola. Cuesta $1,200.50 hoy. Ven.", 22) == ["Hola.", "Cuesta $1,200.50 hoy.", "Ven."]
    long, short = "x" * 30, "y"
    assert split(f"{long}\n\n{short}", 20) == ["x" * 20, "x" * 10 + f"\n\n{short}"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.integers(min_value=2, max_value=40))
def test_what_is_cut_fits(text: str, most: int) -> None:
    assert length(cut(text, most)) <= max(most, 1)
    if length(text) <= most:
        assert cut(text, most) == text
