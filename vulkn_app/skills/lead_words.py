"""What a customer is told and asked about their details where no model words it."""

from vulkn_app.i18n import Language
from vulkn_app.skills.contact_record import Detail, Known

ASKS: dict[Detail, dict[Language, str]] = {
    "name": {"es": "¿Cuál es tu nombre?", "en": "What's your name?"},
    "phone": {"es": "¿A qué teléfono te escribimos?", "en": "What phone number can we reach you at?"},
    "email": {"es": "¿A qué correo te escribimos?", "en": "What e-mail can we write to?"},
    "need": {"es": "¿En qué te podemos ayudar?", "en": "What can we help you with?"},
}
THANKS: dict[Language, str] = {
    "es": "¡Gracias{name}! Ya tengo tus datos; el equipo te escribirá en cuanto pueda.",
    "en": "Thank you{name}! I have your details; the team will write to you as soon as they can.",
}
GOT_IT: dict[Language, str] = {"es": "¡Gracias{name}!", "en": "Thank you{name}!"}
CLAIMED: dict[Language, str] = {"es": "Claro, te contactamos.", "en": "Of course, we'll get in touch."}
UNREADABLE: dict[str, dict[Language, str]] = {
    "phone": {
        "es": "Ese teléfono no parece completo. ¿Me lo escribes otra vez, con lada?",
        "en": "That phone number doesn't look complete. Could you write it again, with the area code?",
    },
    "email": {
        "es": "Ese correo no parece completo. ¿Me lo escribes otra vez?",
        "en": "That e-mail doesn't look complete. Could you write it again?",
    },
    "name": {"es": "¿Me escribes tu nombre?", "en": "Could you write your name?"},
}
NOTED: dict[bool, dict[Language, str]] = {
    True: {"es": "Gracias, queda registrado.", "en": "Thank you, that's noted."},
    False: {"es": "Entendido, no te contactaremos.", "en": "Understood, we won't contact you."},
}


def say(
    language: Language,
    name: str,
    known: Known,
    *,
    unreadable: list[str],
    missing: list[Detail],
    agreed: bool | None,
) -> str:
    if agreed is not None:
        return NOTED[agreed][language]
    if unreadable:
        return UNREADABLE[unreadable[0]][language]
    if missing:
        begin = (
            GOT_IT[language].format(name=name) if known.phone or known.email or name else CLAIMED[language]
        )
        return f"{begin} {ASKS[missing[0]][language]}"
    return THANKS[language].format(name=name)
