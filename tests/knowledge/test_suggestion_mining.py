"""What becomes a suggestion, in whose words, and what never comes back."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

import pytest

from vulkn_app.knowledge.suggestions.grouping import groups
from vulkn_app.knowledge.suggestions.masking import masked
from vulkn_app.knowledge.suggestions.mining import Found, Question, Settled, is_question, key_of, mine

DOGS = ("¿Puedo llevar a mi perro?", "se puede entrar con perros", "aceptan perro en la terraza?")
VALET = ("¿Tienen valet parking?", "hay valet parking?", "cuanto por el valet parking")
_numbers = count()


def asked(text: str, person: UUID | None = None, **more: object) -> Question:
    at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=next(_numbers))
    return Question(uuid4(), person or uuid4(), text, at, **more)  # pyright: ignore[reportArgumentType]


def all_asked(*texts: str) -> list[Question]:
    return [asked(text) for text in texts]


def test_what_several_people_ask_is_one_suggestion_for_each_thing() -> None:
    found = mine(all_asked(*DOGS, *VALET))

    assert sorted(set(each.phrasings) & {*DOGS} != set() for each in found) == [False, True]
    assert [each.people for each in found] == [3, 3]


def test_one_person_who_asks_again_and_again_is_not_several() -> None:
    insistent = uuid4()

    assert mine([asked(text, insistent) for text in DOGS]) == []


def test_both_languages_are_one_topic_and_it_is_worded_in_the_language_of_most() -> None:
    found = mine(
        all_asked(
            "¿Puedo pagar con tarjeta de crédito?", "aceptan pago con tarjeta", "pagar con tarjeta se puede?",
            "can I pay by credit card?", "do you accept card payment",
        )
    )  # fmt: skip

    (only,) = found
    assert (only.people, only.language) == (5, "es")
    assert "Can I pay by credit card?" in only.phrasings


def test_greetings_thanks_and_phone_numbers_are_no_questions() -> None:
    assert not any(
        map(is_question, ("hola", "muchas gracias!", "mi número es 55 1234 5678", "mañana a las 5", "👍"))
    )
    assert is_question("hola, ¿tienen estacionamiento?")


def test_nothing_is_found_in_nothing() -> None:
    assert mine([]) == []
    assert mine(all_asked("¿?", "...", "5")) == []
    assert groups([]) == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Hola, soy Ana Pérez, ¿tienen valet? mi cel es 55 1234 5678", "¿tienen valet? mi cel es"),
        ("buenas tardes, ¿hacen envíos a domicilio? ana@correo.mx", "¿hacen envíos a domicilio?"),
        ("¿Luis puede entrar con su perro?", "¿ puede entrar con su perro?"),
        ("¿Cuánto cuesta? vi $1,500 en https://sol.test/x?id=9", "¿Cuánto cuesta? vi $1,500 en"),
        ("mi pedido AB12CD9 no llega", "Mi pedido no llega"),
    ],
)
def test_an_example_keeps_the_question_and_loses_the_customer(said: str, kept: str) -> None:
    assert masked(said, ["Luis Gómez"]) == kept


def test_a_long_message_is_cut_at_a_word_and_fits_a_title() -> None:
    cut = masked("¿Tienen estacionamiento? " * 30)

    assert len(cut) <= 200
    assert cut.endswith("…")


def test_the_answer_of_a_person_is_the_draft_word_for_word_without_the_customer() -> None:
    questions = [
        asked(DOGS[0], reply="Un momento, déjame preguntar", known=("Luis Gómez",)),
        asked(DOGS[1], reply="Claro Luis, los perros pagan $150 en la terraza.", known=("Luis Gómez",)),
        asked(DOGS[2]),
    ]

    (found,) = mine(questions)

    assert found.draft == "Claro, los perros pagan $150 en la terraza."
    assert found.draft_id == questions[1].id


def test_where_nobody_answered_the_draft_is_empty() -> None:
    (found,) = mine(all_asked(*DOGS))

    assert (found.draft, found.draft_id) == ("", None)


def test_what_was_rejected_never_returns_however_it_is_worded_now() -> None:
    (before,) = mine(all_asked(*DOGS))
    settled = Settled(before.question, before.phrasings)

    assert (
        mine(
            all_asked("¿Se permite entrar con mi perro?", "puedo llevar perros a la terraza", *DOGS),
            [settled],
        )
        == []
    )
    assert mine(all_asked(*VALET), [settled]) != []


def test_another_figure_is_another_question() -> None:
    def promotion(percent: int) -> list[Found]:
        texts = (
            f"¿Sigue la promoción del {percent}%?",
            f"promoción {percent}% sigue?",
            f"la promoción de {percent}%",
        )
        return mine(all_asked(*texts), [Settled("¿Sigue la promoción del 20%?")])

    assert promotion(20) == []
    assert promotion(50) != []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("¿Cuánto cuesta?", "cuanto CUESTA", True),
        ("¿A $50?", "¿A $500?", False),
        ("¿A $50?", "¿A €50?", False),
        ("a -5 grados", "a 5 grados", False),
        ("1.5 kg", "15 kg", False),
        ("20%", "20", False),
    ],
)
def test_a_key_keeps_numbers_signs_and_currencies(one: str, other: str, same: bool) -> None:
    assert (key_of(one) == key_of(other)) is same


def test_the_same_questions_make_the_same_groups_in_the_same_order() -> None:
    texts = [*DOGS, *VALET, *(f"¿Tienen {thing} para bebé?" for thing in ("silla", "sillas", "la silla"))]

    assert groups(texts) == groups(list(texts))
    assert sorted(len(group) for group in groups(texts)) == [3, 3, 3]


@pytest.mark.slow
def test_two_thousand_questions_are_gathered() -> None:
    things = ("perro", "valet", "wifi", "factura", "silla de bebé", "terraza", "pastel", "regalo")
    ways = ("¿Tienen {}?", "hay {}", "se puede {}", "cuanto cuesta {}", "quiero saber de {}")
    texts = [ways[n % 5].format(things[n % 8]) + f" {n}" for n in range(2000)]

    assert sum(map(len, groups(texts))) > 1500
