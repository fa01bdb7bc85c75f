"""Our words in Meta's shapes: whatever is said, the fake (which checks what Meta checks) takes all of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connected import PHONE
from tests.fakes.graph_rules import refusal
from vulkn_app.channels.whatsapp import messages
from vulkn_app.channels.whatsapp.messages import Body
from vulkn_app.skills.base import Choice

ENVELOPE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": PHONE}


def choices(*titles: str) -> list[Choice]:
    return [Choice(f"id:{number}", title) for number, title in enumerate(titles)]


def kind(body: Body) -> str:
    return body["interactive"]["type"] if body["type"] == "interactive" else body["type"]


def test_one_to_three_short_ones_are_buttons() -> None:
    [body] = messages.answer("¿Cuál?", choices("Corte", "Tinte", "x" * 20), "es")
    assert kind(body) == "button"


def test_four_to_ten_or_longer_ones_are_a_list() -> None:
    for titles in (["a", "b", "c", "d"], [f"n{n}" for n in range(10)], ["x" * 21, "y"]):
        [body] = messages.answer("¿Cuál?", choices(*titles), "es")
        rows = body["interactive"]["action"]["sections"][0]["rows"]
        assert (kind(body), [row["title"] for row in rows]) == ("list", titles)
        assert body["interactive"]["action"]["button"] == "Ver opciones"


def test_more_or_longer_ones_are_numbered_text() -> None:
    [body] = messages.answer("¿Cuál?", choices(*(f"n{n}" for n in range(11))), "es")
    assert body["text"]["body"].splitlines()[:3] == ["¿Cuál?", "1. n0", "2. n1"]
    [body] = messages.answer("¿Cuál?", choices("x" * 25, "y"), "es")
    assert kind(body) == "text"
    [body] = messages.answer("1) " + "x" * 25 + "\n2) yes", choices("x" * 25, "yes"), "es")
    assert body["text"]["body"].count("yes") == 1


def test_a_text_too_long_for_buttons_goes_before_them() -> None:
    first, last = messages.answer("x" * 1025, choices("Sí", "No"), "es")
    assert (kind(first), kind(last), last["interactive"]["body"]["text"]) == (
        "text",
        "button",
        "Elige una opción:",
    )


TITLES = st.lists(st.text(max_size=40), max_size=14)
TEXTS = st.text(max_size=6000)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TITLES)
def test_whatever_is_said_meta_takes_it(text: str, titles: list[str]) -> None:
    bodies = messages.answer(text, choices(*titles), "es")
    bodies += [
        messages.link(text or "x", text[:30] or "Abrir", "https://example.com"),
        messages.media("image", id="1", caption=text),
        messages.media("document", address="https://example.com/a.pdf", caption=text, filename="a.pdf"),
        messages.reaction("wamid.1", ""),
        messages.quoting(messages.template("a", "es_MX", []), "wamid.1"),
    ]
    if text.strip():
        bodies += [messages.where_are_you(text), messages.what_is_your_number(text)]

    blank = [body for body in bodies if _says_nothing(body)]
    for body in bodies:
        if body not in blank:
            assert refusal({**ENVELOPE, **body}) is None, body
            if (instead := messages.plain(body)) is not None and not _says_nothing(instead):
                assert refusal({**ENVELOPE, **instead}) is None, instead


def _says_nothing(body: Body) -> bool:
    """Text that is made of markup or blanks alone: nobody sends it."""
    one = body[body["type"]]
    said = one.get("body", one.get("caption", "x"))
    return not (said["text"] if isinstance(said, dict) else said).strip()


def test_what_is_tapped_reads_as_text_too() -> None:
    [body] = messages.answer("¿Cuál?", choices("Corte", "Tinte"), "es")
    said = messages.plain(messages.quoting(body, "wamid.1"))
    assert said == {
        "context": {"message_id": "wamid.1"},
        "type": "text",
        "text": {"body": "¿Cuál?\n\n1. Corte\n2. Tinte", "preview_url": False},
    }
    assert messages.plain(messages.media("audio", id="1")) is None


@pytest.mark.parametrize(
    ("text", "said", "label", "address"),
    [
        ("Agenda [aquí](https://sol.mx/citas).", "Agenda aquí.", "aquí", "https://sol.mx/citas"),
        ("Mira el menú: https://sol.mx/menu.", "Mira el menú:", "Abrir enlace", "https://sol.mx/menu"),
        (
            "El menú:\nhttps://sol.mx/menu\n¿Algo más?",
            "El menú:\n¿Algo más?",
            "Abrir enlace",
            "https://sol.mx/menu",
        ),
        (
            "Lee [las condiciones del servicio](https://sol.mx/c)",
            "Lee las condiciones del servicio",
            "Abrir enlace",
            "https://sol.mx/c",
        ),
    ],
)
def test_an_answer_s_only_link_is_a_button(text: str, said: str, label: str, address: str) -> None:
    [body] = messages.answer(text, (), "es")

    assert body["interactive"]["body"]["text"] == said
    assert body["interactive"]["action"]["parameters"] == {"display_text": label, "url": address}
    assert address in (messages.plain(body) or {})["text"]["body"]


@pytest.mark.parametrize(
    "text",
    [
        "https://sol.mx",
        "En https://sol.mx/a está todo, o llama.",
        "Uno https://sol.mx/a\nDos https://sol.mx/b",
        "x" * 1100 + " https://sol.mx/a",
    ],
)
def test_where_a_button_would_take_words_away_the_link_stays_where_it_is(text: str) -> None:
    assert [body["text"]["body"] for body in messages.answer(text, (), "es")] == [text]


def test_whom_it_goes_to() -> None:
    assert messages.to(PHONE, "MX.1") == {"to": PHONE}
    assert messages.to("", "MX.1") == {"recipient": "MX.1"}
