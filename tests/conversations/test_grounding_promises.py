"""Room, discounts, refunds and ways to pay that nobody spoke of; and what sounds like it and promises nothing."""

import pytest

from tests.conversations.test_grounding_gate import stream
from vulkn_app.conversations.grounding import Evidence, Facts, Gate, Source
from vulkn_app.conversations.grounding.promises import unfounded

KNOWN = {
    "Horario": "Lunes a viernes de 9:00 a 20:00.",
    "Corte": "El corte cuesta $350. Pago en efectivo o Visa.",
}
PROMISED = [
    ("Sí, tenemos espacio mañana a las 5.", "availability"),
    ("Claro, hay lugar el jueves.", "availability"),
    ("Mañana a las 10 está libre.", "availability"),
    ("Sí hay lugar hoy.", "availability"),
    ("Hoy mismo te atendemos.", "availability"),
    ("Yes, we have a spot tomorrow.", "availability"),
    ("There's room on Thursday.", "availability"),
    ("We can see you today.", "availability"),
    ("Te hago un descuento.", "discount"),
    ("Claro, te damos un precio especial.", "discount"),
    ("Te puedo hacer una rebaja.", "discount"),
    ("Te regalo el corte.", "discount"),
    ("Paga uno y llévate dos.", "discount"),
    ("Te lo dejo a la mitad.", "discount"),
    ("We'll give you a discount.", "discount"),
    ("Buy one get one on Mondays.", "discount"),
    ("Si no te gusta te devolvemos tu dinero.", ""),
    ("Te devolvemos todo tu dinero.", "refund"),
    ("You get a full refund.", "refund"),
    ("Tiene garantía de por vida.", "lifetime"),
    ("Aceptamos PayPal y efectivo.", "paypal"),
    ("Puedes pagar con Oxxo.", "oxxo"),
    ("We accept Bitcoin.", "bitcoin"),
]
HARMLESS = [
    "¿Quieres que busque un espacio para mañana?",
    "Déjame revisar si hay lugar mañana a las 5.",
    "No tenemos espacio mañana.",
    "Para saber si hay lugar el jueves, dime qué servicio quieres.",
    "Hay estacionamiento disponible.",
    "Tenemos citas de lunes a viernes.",
    "Está disponible en dos colores.",
    "No manejamos descuentos.",
    "No te puedo hacer un descuento, pero el corte cuesta $350.",
    "No hacemos devoluciones de dinero.",
    "Aceptamos efectivo y Visa.",
    "No aceptamos PayPal.",
    "I can check whether there is a spot tomorrow.",
    "Would you like a spot tomorrow?",
    "The team will tell you about refunds.",
]


def evidence(*turn: Source, knowledge: dict[str, str] = KNOWN) -> Evidence:
    return Evidence(Facts.build(Source("entry", name, name, text) for name, text in knowledge.items()), *turn)


@pytest.mark.parametrize(("answer", "name"), PROMISED)
def test_a_promise_that_nobody_spoke_of_is_found(answer: str, name: str) -> None:
    assert unfounded(answer, evidence()) == name


@pytest.mark.parametrize("answer", HARMLESS)
def test_an_offer_a_denial_or_a_question_promises_nothing(answer: str) -> None:
    assert unfounded(answer, evidence()) == ""


@pytest.mark.parametrize(
    ("answer", "source"),
    [
        ("Sí, tenemos espacio mañana a las 10.", Source("tool", "", "", "Free: 2026-11-24 10:00")),
        ("Sí, hay lugar mañana.", Source("said", "", "", "Tengo libre mañana a las 10:00 o 11:30.")),
        ("Hoy mismo te atendemos.", Source("entry", "", "", "Atendemos sin cita, por orden de llegada.")),
        ("Te hacemos un descuento.", Source("entry", "", "", "10 % de descuento con credencial.")),
        ("Te devolvemos tu dinero.", Source("entry", "", "", "Devoluciones dentro de 30 días.")),
        ("Aceptamos American Express.", Source("entry", "", "", "Aceptamos AMEX.")),
    ],
)
def test_what_a_source_speaks_of_may_be_promised(answer: str, source: Source) -> None:
    assert unfounded(answer, evidence(source)) == ""


def test_what_the_customer_says_of_it_is_no_ground() -> None:
    assert unfounded("Claro, te damos un descuento.", evidence(Source("customer", "", "", "¿hay descuento?")))


@pytest.mark.parametrize("size", [1, 3, 7])
def test_a_promise_is_stopped_before_it_is_shown(size: int) -> None:
    answer = "¡Hola! Sí, tenemos espacio mañana mismo. ¿Te aparto?"
    pieces = [answer[at : at + size] for at in range(0, len(answer), size)]

    seen, stop = stream(Gate(evidence()), pieces)

    assert stop is not None
    assert stop.figure.kind == "promise"
    assert "espacio" not in seen


@pytest.mark.parametrize("size", [1, 4])
def test_a_dictated_number_is_stopped_before_its_end(size: int) -> None:
    answer = "Llama al cincuenta y cinco, doce, treinta y cuatro, cincuenta y seis, setenta y ocho. Gracias."
    pieces = [answer[at : at + size] for at in range(0, len(answer), size)]

    seen, stop = stream(Gate(evidence()), pieces)

    assert stop is not None
    assert stop.figure.kind == "phone"
    assert "cinco" not in seen
