"""Which language a customer is answered in."""

import pytest

from vulkn_app.conversations.language import Language, detect

SPANISH = [
    "¿A qué hora abren los domingos?",
    "cuanto cuesta el corte",
    "tienen estacionamiento",
    "quiero agendar para mañana en la tarde porfa",
    "ke onda, tmb abren los lunes?",
    "HOLA BUENAS NOCHES",
    "graciasss",
]
ENGLISH = [
    "What time do you open on Sunday?",
    "how much is a haircut",
    "do you have parking",
    "I\u2019d like to book an appointment for tomorrow",
    "im not sure, whats the price",
    "thx, see you then",
]
KEEPS = [
    "ok",
    "👍",
    "",
    "?",
    "10:30",
    "55 1234 5678",
    "ana@example.com",
    "https://example.com/precios",
    "Ana López",
    "no",
]


@pytest.mark.parametrize("text", SPANISH)
@pytest.mark.parametrize("previous", [None, "en"])
def test_spanish_is_answered_in_spanish(text: str, previous: Language | None) -> None:
    assert detect(text, previous=previous) == "es"


@pytest.mark.parametrize("text", ENGLISH)
@pytest.mark.parametrize("previous", [None, "es"])
def test_english_is_answered_in_english(text: str, previous: Language | None) -> None:
    assert detect(text, previous=previous) == "en"


@pytest.mark.parametrize("text", KEEPS)
@pytest.mark.parametrize("previous", ["es", "en"])
def test_what_has_no_language_keeps_the_conversations(text: str, previous: Language) -> None:
    assert detect(text, previous=previous) == previous


@pytest.mark.parametrize("default", ["es", "en"])
def test_a_conversation_that_begins_without_language_has_the_default(default: Language) -> None:
    assert detect("👍", previous=None, default=default) == default


def test_a_mixed_text_is_answered_in_the_language_of_most_of_it() -> None:
    assert detect("hola, quiero saber cuánto cuesta el haircut", previous=None) == "es"
    assert detect("hey do you have algo for tomorrow morning", previous=None) == "en"


@pytest.mark.parametrize("text", ["\ud83d", "\x00", "x" * 4000, "a." * 2000, "שלום"])
def test_odd_texts_have_an_answer_too(text: str) -> None:
    assert detect(text, previous="en") in ("es", "en")
