"""What is said to be done, told from what is asked, offered, planned or denied."""

import pytest

from vulkn_app.conversations.grounding import Figure, claims_action, claims_booking, correction, safe
from vulkn_app.llm.asks import Language

BOOKED: dict[Language, list[str]] = {
    "es": [
        "¡Listo! Tu cita ya quedó agendada.",
        "Tu cita está confirmada para el martes a las 10.",
        "Ya te agendé para mañana.",
        "Te agendé el martes a las 10:00.",
        "Quedaste agendada con la Dra. Ríos.",
        "Tu reserva ha quedado confirmada.",
        "Perfecto, he reservado tu lugar.",
        "Tu cita quedó registrada; si necesitas cambiarla, avísame.",
        "¡Cita confirmada! Te esperamos.",
        "No te preocupes, tu cita ya quedó agendada.",
        "Acabo de agendarte para el jueves.",
        "Reservé tu mesa para dos personas.",
        "Ya quedó, te esperamos el martes.",
        "Agendado.",
        "¡Listo! Agendado para el jueves.",
        "Confirmado para el jueves a las 9:00.",
        "Se confirma tu cita.",
        "Te anoto para el jueves.",
        "Te apunté para mañana.",
        "Tienes cita el jueves a las 9:00.",
        "Tu cita es el miércoles a las 9:00.",
        "Tu cita queda para el jueves.",
    ],
    "en": [
        "You're booked for Tuesday at 10.",
        "Booked!",
        "Done, booked for Friday.",
        "You have an appointment on Thursday at 9.",
        "Your appointment is on Friday at 10.",
        "Your appointment is confirmed!",
        "I've scheduled your visit for Friday.",
        "I have booked you in with Dr. Luna.",
        "Your reservation has been confirmed.",
        "You're all set for tomorrow at 5.",
        "Great, I just booked your appointment.",
        "We've reserved a table for you.",
        "I can confirm your appointment is booked.",
        "Your appointment is booked, and if you need to change it, just tell me.",
    ],
}
NOT_BOOKED: dict[Language, list[str]] = {
    "es": [
        "¿Quieres que te agende una cita?",
        "¿Tu cita está confirmada?",
        "Tu cita no está confirmada todavía.",
        "Tu cita queda confirmada cuando recibamos tu anticipo.",
        "Cuando nos des tus datos, tu cita queda agendada.",
        "Para dejar agendada tu cita necesito tu nombre.",
        "Puedo agendarte el martes.",
        "Aún no queda agendada.",
        "Recepción te confirma la hora el mismo día.",
        "Con gusto te ayudo a reservar.",
        "Agendamos citas de lunes a viernes.",
        "Tu cita quedará confirmada por recepción.",
        "Si gustas, te reservo un lugar.",
        "Nos quedamos en la colonia Roma.",
        "Confirmado: sí hay estacionamiento.",
        "Con gusto te agendo; solo dime tu nombre.",
        "¿Te anoto para el jueves?",
        "Si me dices tu nombre te anoto para el jueves.",
        "Anoto que quieres venir el jueves.",
        "No tienes cita el jueves.",
        "Para tu cita necesito tu nombre.",
        "Tienes 24 horas para cambiar tu cita.",
        "Tu cita es importante para nosotros.",
    ],
    "en": [
        "Would you like me to book it?",
        "Is your appointment confirmed?",
        "Your appointment isn't confirmed yet.",
        "Once you pay, your appointment is confirmed.",
        "Your visit will be confirmed by the front desk.",
        "I can book you for Tuesday.",
        "To get you booked I need your name.",
        "We schedule visits Monday to Friday.",
        "Tell us your name and reception confirms the time.",
    ],
}
ACTIONS: list[tuple[Language, str, list[str]]] = [
    ("es", "Te envié un correo con los detalles.", ["sent"]),
    ("es", "Ya te mandé la ubicación por mensaje.", ["sent"]),
    ("es", "Cancelé tu cita del martes.", ["cancelled"]),
    ("es", "Tu cita ha sido cancelada.", ["cancelled"]),
    ("es", "Cambié tu cita al jueves.", ["moved"]),
    ("es", "Recibimos tu pago, gracias.", ["paid"]),
    ("es", "Envía tu constancia a nuestro correo.", []),
    ("es", "¿Quieres que cancele tu cita?", []),
    ("es", "Puedes cancelar tu cita hasta 24 horas antes.", []),
    ("es", "Le paso tu mensaje al equipo.", []),
    ("es", "Te enviaremos un correo.", []),
    ("en", "I've cancelled your appointment.", ["cancelled"]),
    ("en", "Your appointment has been canceled.", ["cancelled"]),
    ("en", "I just sent you an email.", ["sent"]),
    ("en", "I have moved your appointment to Friday.", ["moved"]),
    ("en", "We've processed your refund.", ["paid"]),
    ("en", "You can cancel your appointment any time.", []),
    ("en", "We will send you an email.", []),
    ("en", "Do you want me to cancel it?", []),
]


@pytest.mark.parametrize(("language", "text"), [(lang, t) for lang, texts in BOOKED.items() for t in texts])
def test_saying_that_it_is_booked_is_a_claim(language: Language, text: str) -> None:
    assert claims_booking(text, language)


@pytest.mark.parametrize(
    ("language", "text"), [(lang, t) for lang, texts in NOT_BOOKED.items() for t in texts]
)
def test_asking_or_offering_to_book_is_no_claim(language: Language, text: str) -> None:
    assert not claims_booking(text, language)


@pytest.mark.parametrize(("language", "text", "named"), ACTIONS)
def test_a_claimed_action_is_named(language: Language, text: str, named: list[str]) -> None:
    assert claims_action(text, language) == named


def test_the_safe_sentence_holds_no_figure_and_names_the_business() -> None:
    price = Figure("price", "$900", 0, 4, "900")

    assert "Sonrisa Roma" in safe(price, "es", business="Sonrisa Roma", after_words=False)
    assert safe(price, "en", business="Sonrisa Roma", after_words=True).startswith("…")
    assert "$900" not in safe(price, "es", business="", after_words=False)
    assert "$900" in correction(price)


def test_a_claim_is_corrected_in_other_words_than_a_figure() -> None:
    claim = Figure("claim", "Ya quedó.", 0, 9, "booked")

    assert "tool" in correction(claim)
    assert safe(claim, "es", business="", after_words=False) != safe(
        claim, "en", business="", after_words=False
    )
