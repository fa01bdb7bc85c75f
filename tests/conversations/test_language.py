"""Which language a customer is answered in."""

import pytest

from vulkn_app.conversations.language import Language, detect, of_burst

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
    "haha",
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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("please I need una cita", "en"),
        ("do you guys have cortes de cabello", "en"),
        ("tu has ido a the train station?", "es"),
        ("quiero un appointment para mañana", "es"),
        ("mi friend wants to know el precio please", "en"),
    ],
)
def test_the_language_of_more_words_wins_over_that_of_the_first(text: str, language: Language) -> None:
    assert detect(text, previous=None) == language


@pytest.mark.parametrize("previous", ["es", "en"])
def test_as_many_words_of_each_keep_the_conversations_language(previous: Language) -> None:
    assert detect("no tengo and you?", previous=previous) == previous


def test_a_word_of_both_languages_is_of_its_neighbours() -> None:
    assert detect("he has come once today", previous="es") == "en"
    assert detect("has visto si son once", previous="en") == "es"


@pytest.mark.parametrize(
    "text", ["xq", "kiero sita", "tmb", "nesesito aser una sita", "agendar", "porfaaa", "jajaja si"]
)
def test_hasty_spanish_is_spanish(text: str) -> None:
    assert detect(text, previous="en") == "es"


@pytest.mark.parametrize(
    "text", ["idk", "wanna book", "r u open 2day", "pls", "gonna be late", "whatcha doin tmrw"]
)
def test_hasty_english_is_english(text: str) -> None:
    assert detect(text, previous="es") == "en"


@pytest.mark.parametrize("name", ["Emily Johnson", "José Hernández", "Ana", "juan perez", "Xóchitl"])
@pytest.mark.parametrize("previous", ["es", "en"])
def test_a_name_alone_changes_no_language(name: str, previous: Language) -> None:
    assert detect(name, previous=previous) == previous


@pytest.mark.parametrize(
    "text",
    [
        "Quanto custa o corte de cabelo?",
        "Oi, tudo bem? Gostaria de marcar um horário para amanhã",
        "Bonjour, vous êtes ouverts le dimanche?",
        "Haben Sie am Sonntag geöffnet?",
        "こんにちは",
    ],
)
@pytest.mark.parametrize("kept", ["es", "en"])
def test_a_third_language_is_answered_in_the_conversations_or_the_default(text: str, kept: Language) -> None:
    assert detect(text, previous=kept) == kept
    assert detect(text, previous=None, default=kept) == kept


def test_a_burst_has_the_language_of_most_of_its_words() -> None:
    assert of_burst(["hey", "do you have a table for two tonight?", "gracias"], previous="es") == "en"
    assert of_burst(["hello", "tienen mesa para dos hoy en la noche?"], previous="en") == "es"


@pytest.mark.parametrize("previous", ["es", "en"])
def test_a_burst_that_says_nothing_keeps_the_conversations_language(previous: Language) -> None:
    assert of_burst(["ok", "👍", "10:30"], previous=previous) == previous
    assert of_burst([], previous=previous) == previous
