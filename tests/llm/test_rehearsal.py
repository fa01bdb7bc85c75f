"""The answer without a model: only what the business wrote, and an offer where it wrote nothing."""

import pytest

from tests.llm.asking import HOURS, PARKING, PRICE, Answer, ask, collected, entry
from vulkn_app.llm import Ask, Line, Token, rehearsal


async def rehearsed(asked: Ask) -> Answer:
    return await collected(rehearsal.stream(asked))


async def test_it_quotes_the_best_entry_and_names_it() -> None:
    answered = await rehearsed(ask(evidence=(PRICE, HOURS)))

    assert answered.text == PRICE.text
    assert answered.finished.sources == (PRICE.entry_id,)
    assert answered.finished.stop_reason == "answered"
    assert answered.finished.cost_micro_usd == 0


async def test_the_same_question_has_the_same_answer() -> None:
    assert (await rehearsed(ask())).items == (await rehearsed(ask())).items


async def test_it_speaks_in_words() -> None:
    answered = await rehearsed(ask())

    assert len([item for item in answered.items if isinstance(item, Token)]) == len(PRICE.text.split())


async def test_a_second_entry_comes_along_when_it_was_asked_for() -> None:
    answered = await rehearsed(ask("¿Cuánto cuesta el corte y qué horario tienen?", evidence=(PRICE, HOURS)))

    assert answered.text == f"{PRICE.text}\n\n{HOURS.text}"
    assert answered.finished.sources == (PRICE.entry_id, HOURS.entry_id)


async def test_what_costs_something_else_does_not_come_along_with_a_price() -> None:
    gringa = entry("Gringa\nPrecio: $75", title="Gringa")
    kilo = entry("El kilo sale en $420", title="¿Cuánto cuesta el kilo de pastor?", score=1.0)

    answered = await rehearsed(ask("¿Cuánto cuesta la gringa?", evidence=(gringa, kilo)))

    assert answered.text == gringa.text


async def test_prices_that_the_best_entry_does_not_have_come_along() -> None:
    menu = entry("Tacos de $24 a $120", title="Carta y precios", score=1.0)

    answered = await rehearsed(ask("¿Qué horario y precios tienen?", evidence=(HOURS, menu)))

    assert answered.text == f"{HOURS.text}\n\n{menu.text}"


@pytest.mark.parametrize("evidence", [(), (entry("Vendemos helados.", score=0.4),)], ids=["none", "weak"])
async def test_what_it_does_not_know_it_does_not_answer(evidence: tuple[()]) -> None:
    answered = await rehearsed(ask("¿Venden helados?", evidence=evidence))

    assert answered.finished.stop_reason == "unknown"
    assert answered.finished.sources == ()
    assert "helados" not in answered.text
    assert "déjame tu nombre" in answered.text


async def test_in_english_it_offers_in_english() -> None:
    answered = await rehearsed(ask("Do you sell ice cream?", evidence=(), language="en"))

    assert "leave me your name" in answered.text


async def test_knowledge_in_the_other_language_is_announced_as_such() -> None:
    answered = await rehearsed(ask("¿Hay dónde estacionarse?", evidence=(PARKING,)))

    assert answered.text == f"Esa información la tengo en inglés: {PARKING.text}"


async def test_an_entry_in_the_customers_language_goes_before_a_slightly_better_one() -> None:
    english = entry("Haircuts cost 250 pesos.", language="en", score=8.0)

    answered = await rehearsed(ask("How much is a haircut?", evidence=(PRICE, english), language="en"))

    assert answered.text == english.text


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Hola", "hello"),
        ("¡¡Buenas tardes!!", "hello"),
        ("hey, good morning", "hello"),
        ("¿Cómo estás?", "how_are_you"),
        ("Hola, ¿cómo está usted?", "how_are_you"),
        ("Muchas gracias", "thanks"),
        ("ok thank you so much", "thanks"),
        ("Adiós, hasta luego", "goodbye"),
        ("ok", "fine"),
        ("👍", "fine"),
        ("¿Eres un robot?", "who"),
        ("what's your name?", "who"),
        ("Quiero hablar con una persona", "person"),
        ("Can I talk to a human please", "person"),
    ],
)
async def test_a_pleasantry_is_returned(said: str, kind: str) -> None:
    answered = await rehearsed(ask(said))

    assert answered.finished.stop_reason == kind
    assert answered.finished.sources == ()
    assert PRICE.text not in answered.text


@pytest.mark.parametrize(
    "said",
    [
        "Hola, ¿a qué hora abren?",
        "¿Cómo está el precio del corte?",
        "ok, ¿y el precio?",
        "buenas, precio del corte",
        "¿Puedo hablar de precios?",
        "Thanks, what does a haircut cost?",
    ],
)
async def test_a_question_behind_a_pleasantry_is_answered(said: str) -> None:
    answered = await rehearsed(ask(said))

    assert PRICE.text in answered.text


async def test_the_first_answer_greets_back() -> None:
    first = await rehearsed(ask("Hola, ¿cuánto cuesta el corte?"))
    later = await rehearsed(ask("Hola, ¿cuánto cuesta el corte?", history=(Line("assistant", "Claro."),)))

    assert (first.text, later.text) == (f"¡Hola! {PRICE.text}", PRICE.text)


async def test_it_greets_in_the_businesss_own_words_once() -> None:
    first = await rehearsed(ask("hola"))
    again = await rehearsed(ask("hola", history=(Line("assistant", "Cuesta 250."),)))

    assert first.text == "¡Hola! Soy Luna."
    assert again.text == "¡Hola! ¿En qué te ayudo?"


@pytest.mark.parametrize(
    "said",
    [
        "Soy Ana López y mi correo es ana.lopez@example.com",
        "me llamo Ana López, 55 1234 5678",
        "Mi nombre es Ana López. +52 (55) 1234-5678",
    ],
)
async def test_contact_details_are_thanked_for_by_name(said: str) -> None:
    answered = await rehearsed(ask(said))

    assert answered.text.startswith("¡Gracias, Ana López!")
    assert "te escribirá" in answered.text
    assert answered.finished.stop_reason == "contact"


async def test_a_question_with_contact_details_is_answered_too() -> None:
    answered = await rehearsed(ask("¿Cuánto cuesta el corte? Mi correo es ana@example.com"))

    assert answered.text.startswith(PRICE.text)
    assert "te escribirá" in answered.text


@pytest.mark.parametrize(
    "said", ["¿Abren el 2026-11-22?", "¿Y por 1,500,000?", "quiero 3 cortes a las 10:30"]
)
async def test_dates_and_amounts_are_no_phone_numbers(said: str) -> None:
    assert (await rehearsed(ask(said))).finished.stop_reason == "answered"


async def test_after_the_offer_a_bare_name_is_a_name() -> None:
    offer = await rehearsed(ask("¿Venden helados?", evidence=()))

    answered = await rehearsed(ask("Ana López", history=(Line("assistant", offer.text),)))

    assert answered.text.startswith("¡Mucho gusto, Ana López!")
    assert "¿A qué teléfono o correo" in answered.text


async def test_yes_to_the_offer_asks_for_the_details() -> None:
    offer = await rehearsed(ask("¿Venden helados?", evidence=()))

    answered = await rehearsed(ask("sí", history=(Line("assistant", offer.text),)))

    assert "Déjame tu nombre" in answered.text


async def test_a_long_entry_gives_the_part_that_was_asked_for() -> None:
    filler = "Somos una empresa familiar con mucha historia. " * 30
    long = entry(f"{filler}La depilación de cejas cuesta 90 pesos. {filler}", title="Servicios")

    answered = await rehearsed(ask("¿Cuánto cuesta la depilación?", evidence=(long,)))

    assert "La depilación de cejas cuesta 90 pesos." in answered.text
    assert len(answered.text) <= 700


async def test_a_broken_off_answer_is_not_made_up_for() -> None:
    answered = await rehearsed(ask(shown="El corte cue"))

    assert answered.finished.stop_reason == "broke_off"
    assert PRICE.text not in answered.text


async def test_odd_texts_do_not_trip_it() -> None:
    for said in ("", "   ", "\x00", "?" * 4000, "🙂🙂", "שלום", "{agent} {0}", "a" * 4000):
        assert (await rehearsed(ask(said, evidence=()))).text
