"""Small talk is no question, and a question is no small talk."""

import pytest

from vulkn_app.llm import smalltalk


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("quien te creo", "who"),
        ("what's your name?", "who"),
        ("am I talking to a robot or a human?", "who"),
        ("do you go by a certain name", "who"),
        ("¿qué puedes hacer?", "help"),
        ("hola, ¿me puedes ayudar?", "help"),
        ("what kind of things can you help with", "help"),
        ("what topics can i ask about", "help"),
        ("bien, ¿y tú?", "how_are_you"),
        ("how have you been", "how_are_you"),
        ("me tengo que ir", "goodbye"),
        ("it was great to talk to you", "goodbye"),
        ("thanks, that was really helpful", "thanks"),
        ("ok gracias por la información", "thanks"),
        ("tal vez", "fine"),
        ("jajaja", "fine"),
    ],
)
def test_a_pleasantry_is_known(text: str, kind: str) -> None:
    assert smalltalk.kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "thanks, i want to book a room",
        "gracias, cuánto cuesta",
        "can you help me with my reservation",
        "puedes ayudarme con mi cita",
        "how is the food",
        "que tal el menú",
        "qué hay de comer",
        "is the doctor a real person",
        "what kinds of cleaning do you do",
        "what services do you offer",
        "que puedo llevar",
        "are you open today",
        "me voy a hospedar el lunes",
        "como va mi pedido",
        "puedo preguntar el precio",
        "good food?",
        "quién es el doctor",
    ],
)
def test_a_question_is_looked_up(text: str) -> None:
    assert smalltalk.kind_of(text) == ""
