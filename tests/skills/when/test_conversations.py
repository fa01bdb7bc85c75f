"""Which moment a conversation comes to. Today is Tuesday 10 March 2026."""

from datetime import date, time

from tests.skills.when.saying import NOW, OPENING
from vulkn_app.skills.when import Said, When, conversation


def come_to(*texts: str) -> When:
    """Customer and business in turn, the customer first."""
    turns = [Said(text, customer=at % 2 == 0) for at, text in enumerate(texts)]
    return conversation(turns, now=NOW, timezone="America/Mexico_City", opening=OPENING)


def test_day_and_hour_come_together_from_two_messages() -> None:
    when = come_to("quiero cita el viernes", "¿A qué hora?", "a las 4 y media")

    assert (when.date, when.time) == (date(2026, 3, 13), time(16, 30))


def test_a_bare_answer_is_read_by_the_question() -> None:
    when = come_to("quiero una cita", "¿Qué día le queda bien?", "el 20", "¿A qué hora?", "5")

    assert (when.date, when.time) == (date(2026, 3, 20), time(17))


def test_a_correction_replaces_only_what_it_names() -> None:
    assert come_to("el viernes a las 3", "Listo", "mejor a las 4").time == time(16)
    assert come_to("el viernes a las 3", "Listo", "mejor a las 4").date == date(2026, 3, 13)
    when = come_to("friday at 3pm", "Sure", "what about the 18th instead?")
    assert (when.date, when.time) == (date(2026, 3, 18), time(15))


def test_what_the_business_offers_counts_once_it_is_agreed_to() -> None:
    offer = "No tengo a las 3, ¿le queda bien el sábado 14 a las 11:30 am?"

    agreed, declined = (
        come_to("el viernes a las 3", offer, "sí, perfecto"),
        come_to("el viernes a las 3", offer, "no gracias"),
    )

    assert (agreed.date, agreed.time) == (date(2026, 3, 14), time(11, 30))
    assert (declined.date, declined.time) == (date(2026, 3, 13), time(15))


def test_opening_hours_are_no_offer() -> None:
    when = come_to("el viernes", "Abrimos de lunes a sábado de 9 am a 8 pm", "ok")

    assert (when.date, when.time) == (date(2026, 3, 13), None)


def test_a_list_of_hours_is_not_agreed_to_by_a_yes() -> None:
    when = come_to("el viernes", "Tengo a las 10:00, a las 11:30 y a las 4:00 pm", "sí")

    assert when.time is None


def test_a_day_that_no_longer_suits_is_not_agreed() -> None:
    assert come_to("el viernes a las 3", "Listo", "ay no, el viernes no puedo").date is None


def test_a_settled_doubt_is_gone() -> None:
    assert come_to("a las 8").ambiguous
    assert not come_to("a las 8", "¿De la mañana?", "a las 8 de la noche").ambiguous


def test_thanks_for_today_is_no_day() -> None:
    assert come_to("friday at 3 pm", "Booked", "that will be all for today").date == date(2026, 3, 13)
