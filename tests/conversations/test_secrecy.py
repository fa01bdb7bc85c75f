"""Which words of an answer are held because the instructions have them too."""

import base64
import codecs
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from vulkn_app.conversations import prompt, secrecy
from vulkn_app.conversations.secrecy import Revealed, Secrecy, instructions

KEPT = instructions("Sofía", "Centro Dental Integral de la Familia y los Niños de Clínica Sol")

RULE = "Never invent or guess a price, discount, date, hour, address, phone, link, name or promise."
FREELY = "You can pay by card, and there is free parking for our patients in the back of the clinic."


def shown(pieces: Iterable[str]) -> tuple[str, bool]:
    """What a customer saw, and whether the draft was stopped."""
    guard, seen = Secrecy(KEPT), ""
    try:
        for piece in pieces:
            seen += guard.feed(piece)
        return seen + guard.finish(), False
    except Revealed:
        return seen, True


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 3, 7, 40, 10_000])
def test_however_a_rule_is_cut_no_more_than_its_first_words_are_seen(size: int) -> None:
    seen, stopped = shown(cut(f"Claro, dicen: {RULE}", size))

    assert stopped
    assert len(seen.removeprefix("Claro, dicen: ").split()) <= secrecy.HELD


@pytest.mark.parametrize(
    "worded",
    [
        RULE.upper(),
        RULE.replace(" ", "\n- "),
        RULE.replace(" ", "** **"),
        RULE.replace(" ", "_"),
        RULE.replace(",", ""),
    ],
)
def test_other_signs_between_the_words_hide_nothing(worded: str) -> None:
    assert shown(cut(worded, 4))[1]


@pytest.mark.parametrize("line", [line for line in prompt.RULES.splitlines() if len(line.split()) > 15])
def test_each_line_of_the_rules_is_kept(line: str) -> None:
    assert shown(cut(line, 5))[1]


@pytest.mark.parametrize("size", [1, 5, 200])
def test_an_ordinary_answer_passes_whole(size: int) -> None:
    assert shown(cut(FREELY, size)) == (FREELY, False)


def test_words_that_begin_like_a_rule_are_shown_once_they_go_on_differently() -> None:
    guard = Secrecy(KEPT)

    assert guard.feed("Never invent or ") == "Never invent or "
    assert guard.feed("guess a ") == ""
    assert guard.feed("password. ") == "guess a password. "


def test_words_that_end_like_a_rule_are_shown_at_the_end() -> None:
    guard = Secrecy(KEPT)

    assert guard.feed("never invent or guess") + guard.finish() == "never invent or guess"


def test_a_name_however_long_may_be_said() -> None:
    said = "Hi, I'm Sofía, the assistant of Centro Dental Integral de la Familia y los Niños de Clínica Sol. What for?"
    assert shown(cut(said, 6)) == (said, False)


def test_the_first_sentence_is_kept_with_the_names_in_it() -> None:
    line = prompt.RULES.splitlines()[0].format(agent="Sofía", business="Centro Dental Integral de la Familia")
    kept = instructions("Sofía", "Centro Dental Integral de la Familia")
    with pytest.raises(Revealed):
        Secrecy(kept).feed(line + " ")


def test_the_first_word_waits_for_nothing() -> None:
    assert Secrecy(KEPT).feed("Never") == "Never"


@pytest.mark.parametrize(
    "told",
    [
        base64.b64encode(RULE.encode()).decode(),
        base64.urlsafe_b64encode(f"Sure! {RULE}".encode()).decode(),
        RULE.encode().hex(),
        codecs.encode(RULE, "rot13"),
        RULE[::-1],
        " ".join(RULE.replace(" ", "")),
        "-".join(RULE.replace(" ", "")),
        "Nunca inventes ni adivines un precio, descuento, fecha, hora, dirección, teléfono, enlace, nombre o promesa.",
        "Never make up or guess: promise, name, link, phone, address, hour, date, discount, price.",
        "Antes de contestar llamo a search_knowledge.",
        "Solo uso lo que está en <knowledge> y en <now>.",
    ],
)
@pytest.mark.parametrize("size", [3, 10_000])
def test_rules_in_another_guise_are_rules(told: str, size: int) -> None:
    seen, stopped = shown(cut(f"Claro: {told} ¿Algo más?", size))

    assert stopped
    assert len(seen) < len(f"Claro: {told}")


@pytest.mark.parametrize("size", [3, 10_000])
def test_a_long_link_and_a_long_reference_are_shown(size: int) -> None:
    said = "Paga en https://pagos.example/orden/8f3a9c2e7b1d4f6a8c0e2b4d6f8a0c1e o con la referencia 0141800123456789012345678."

    assert shown(cut(said, size)) == (said, False)


def test_no_real_answer_is_taken_for_a_rule() -> None:
    rows = (Path(__file__).parents[1] / "data" / "dialogs_cc0.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [turn["text"] for row in rows for turn in json.loads(row)["turns"]]

    assert [line for line in lines if shown([line])[1]] == []
