"""An answer that one provider began and another ends: one sentence, nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.llm import FakeLLM
from tests.llm.asking import answer
from vulkn_app.llm import Token
from vulkn_app.llm.seam import Seam

LONG = "Claro que sí. El corte de cabello cuesta 250 pesos y dura cuarenta minutos"
WHOLE = f"{LONG}, con lavado incluido."


def joined(shown: str, more: str, size: int = 3) -> str:
    seam = Seam(shown)
    pieces = [seam.join(more[at : at + size]) for at in range(0, len(more), size)]
    return shown + "".join(pieces) + seam.close()


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("shown", "more", "whole"),
    [
        ("El corte cuesta", " 250 pesos.", "El corte cuesta 250 pesos."),
        ("El corte cuesta", "El corte cuesta 250 pesos.", "El corte cuesta 250 pesos."),
        ("El corte cuesta ", "cuesta 250 pesos.", "El corte cuesta 250 pesos."),
        ("El corte cuesta", "EL CORTE: cuesta 250 pesos.", "El corte cuesta 250 pesos."),
        ("El corte cuesta **250", "**250** pesos.", "El corte cuesta **250** pesos."),
        ("El corte cuesta pre", "precio de lista", "El corte cuesta precio de lista"),
        ("Son 2", "250 pesos", "Son 250 pesos"),
        ("Son 2", "50 pesos", "Son 250 pesos"),
        ("Estamos a", " abiertos", "Estamos a abiertos"),
        ("Estamos a", " a las nueve", "Estamos a las nueve"),
        ("Hola. El corte cuesta", "El corte cuesta 250.", "Hola. El corte cuesta 250."),
        ("El corte cuesta 250 pesos.", "250 pesos. Dura poco.", "El corte cuesta 250 pesos. Dura poco."),
        ("El corte cuesta 250", "¡Claro! El corte cuesta 250 pesos.", "El corte cuesta 250 pesos."),
        ("El corte cuesta", "Perdón, sigo: El corte cuesta 9.", "El corte cuesta 9."),
        ("El corte cuesta 250", "El corte cuesta 250", "El corte cuesta 250"),
        (
            "Con gusto te digo el precio",
            "Con gusto te cuento todo",
            "Con gusto te digo el precio cuento todo",
        ),
        ("Sí", " y no", "Sí y no"),
        ("uno dos tres", " dos", "uno dos tres dos"),
        ("Cuesta 250.", " Y la barba 100. Cuesta 250.", "Cuesta 250. Y la barba 100. Cuesta 250."),
        ("…", "Hola", "…Hola"),
    ],
)
def test_nothing_is_said_twice(shown: str, more: str, whole: str, size: int) -> None:
    assert joined(shown, more, size) == whole


@given(st.text(), st.text(), st.integers(1, 9))
def test_however_it_is_cut_it_joins_alike(shown: str, more: str, size: int) -> None:
    assert joined(shown, more, size) == joined(shown, more, 1000)


@given(st.text(), st.text())
def test_what_is_shown_is_always_an_end_of_what_came(shown: str, more: str) -> None:
    assert joined(shown, more).startswith(shown)
    assert more.endswith(joined(shown, more).removeprefix(shown))


@given(st.text(min_size=1))
def test_who_starts_over_and_says_the_same_adds_nothing_but_signs(shown: str) -> None:
    added = joined(shown, shown).removeprefix(shown)

    assert not any(letter.isalnum() for letter in added)


@pytest.mark.parametrize("fault", ["drop_mid", "error_mid", "no_stop"])
async def test_a_provider_that_repeats_everything_is_cut(openai_too: FakeLLM, fault: str) -> None:
    openai_too.will(fault=fault, text=LONG, on="anthropic")
    openai_too.will(text=WHOLE, on="openai")

    answered = await answer()

    assert answered.names == ["claude", "openai"]
    assert answered.text == WHOLE


async def test_a_third_provider_goes_on_from_what_two_have_shown(openclaw_too: FakeLLM) -> None:
    openclaw_too.will(fault="error_mid", text=LONG, on="anthropic")
    openclaw_too.will(fault="no_stop", text=LONG, on="openai")
    openclaw_too.will(text=WHOLE, on="openclaw")

    answered = await answer()

    assert answered.names == ["claude", "openai", "openclaw"]
    assert answered.text == WHOLE
    told = openclaw_too.requests[-1].body["messages"][-1]["content"]
    assert f"<interrupted_answer>\n{LONG}\n</interrupted_answer>" in told


async def test_an_answer_that_nobody_interrupted_is_not_held(openai_too: FakeLLM) -> None:
    openai_too.gap = 0.02
    openai_too.will(text=WHOLE, on="anthropic")

    answered = await answer()

    first = answered.items[0]
    assert isinstance(first, Token)
    assert len(first.text) < 30


async def test_one_who_has_nothing_to_add_ends_it(openai_too: FakeLLM) -> None:
    openai_too.will(fault="no_stop", text=WHOLE, on="anthropic")
    openai_too.will(fault="empty", on="openai")

    answered = await answer()

    assert answered.text == WHOLE
    assert answered.finished.provider == "openai"
