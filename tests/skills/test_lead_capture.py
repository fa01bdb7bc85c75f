"""What a customer leaves is kept as they wrote it, once, with what they agreed to."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from pydantic import ValidationError

from tests.factories import Business, a_business
from tests.skilled import a_turn
from vulkn_app.skills.base import ToolProblem, ToolResult, Turn
from vulkn_app.skills.contact_record import ContactDetails
from vulkn_app.skills.lead_capture import SKILL, LeadCaptureConfig, save_contact

ASKING = LeadCaptureConfig(ask_consent=True, privacy_url="https://sol.test/aviso")
WORDING = "¿Aceptas que usemos estos datos para contactarte? https://sol.test/aviso"


@pytest.fixture
def business(database_url: str, deployment: None) -> Business:
    return a_business(database_url)


class Customer:
    """One contact, message after message."""

    def __init__(self, url: str, business: Business, config: LeadCaptureConfig, **how: Any) -> None:
        self.url, self.business, self.config, self.how = url, business, config, how
        first = a_turn(url, business, **how)
        self.conversation_id, self.contact_id, self.memory = (
            first.conversation_id,
            first.contact_id,
            first.memory,
        )

    def turn(self, words: str) -> Turn:
        turn = a_turn(self.url, self.business, words, conversation_id=self.conversation_id, **self.how)
        return replace(turn, memory=self.memory)

    async def says(self, words: str, **details: Any) -> ToolResult:
        return await save_contact(self.turn(words), self.config, ContactDetails.model_validate(details))

    async def rehearses(self, words: str) -> ToolResult | None:
        chosen = await SKILL.rehearse(self.turn(words), self.config)
        return await self.says(words, **chosen[1]) if chosen else None

    def row(self, query: str) -> tuple[Any, ...]:
        with psycopg.connect(self.url) as admin:
            found = admin.execute(query.encode(), {"contact": self.contact_id}).fetchone()
        assert found
        return found

    @property
    def contact(self) -> tuple[Any, ...]:
        return self.row("select name, phone, email from contacts where id = %(contact)s")

    @property
    def consents(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as admin:
            return admin.execute(
                "select granted, wording, language from consents where contact_id = %s order by created_at",
                (self.contact_id,),
            ).fetchall()


@pytest.fixture
def customer(database_url: str, business: Business) -> Customer:
    return Customer(database_url, business, LeadCaptureConfig())


@pytest.fixture
def asked(database_url: str, business: Business) -> Customer:
    return Customer(database_url, business, ASKING)


async def test_contact_lead_and_need_are_stored_together(customer: Customer) -> None:
    result = await customer.says(
        "soy Ana López, 55 1234 5678, quiero tinte",
        name="Ana López",
        phone="55 1234 5678",
        need="Quiere tinte",
    )

    assert customer.contact == ("Ana López", "+525512345678", None)
    assert customer.row("select need, score, reasons from leads where contact_id = %(contact)s") == (
        "Quiere tinte", 60, ["name", "phone"]
    )  # fmt: skip
    assert result.say == "¡Gracias, Ana! Ya tengo tus datos; el equipo te escribirá en cuanto pueda."


async def test_a_known_detail_is_never_overwritten_by_an_empty_one(customer: Customer) -> None:
    await customer.says("Ana, 55 1234 5678", name="Ana", phone="55 1234 5678")
    await customer.says("ana@sol.test", name="", phone=None, email="ANA@sol.test")

    assert customer.contact == ("Ana", "+525512345678", "ana@sol.test")


async def test_a_correction_replaces_what_was_known(customer: Customer) -> None:
    await customer.says("Ana, 55 1234 5678", name="Ana", phone="55 1234 5678")
    await customer.says("perdón, es 55 8765 4321", phone="5587654321")

    assert customer.contact == ("Ana", "+525587654321", None)


async def test_what_is_missing_is_asked_one_at_a_time(customer: Customer) -> None:
    first = await customer.says("quiero que me llamen", need="quiero que me llamen")
    second = await customer.says("Ana", name="Ana")

    assert first.say == "Claro, te contactamos. ¿Cuál es tu nombre?"
    assert second.say == "¡Gracias, Ana! ¿A qué teléfono te escribimos?"


async def test_an_address_that_the_customer_did_not_write_is_not_stored(customer: Customer) -> None:
    for invented in ({"phone": "55 9999 0000"}, {"email": "ana@invented.test"}):
        with pytest.raises(ToolProblem, match="tool_problem"):
            await customer.says("soy Ana", **invented)

    assert customer.contact == (None, None, None)


async def test_half_a_number_is_asked_for_again_and_the_rest_is_kept(customer: Customer) -> None:
    result = await customer.says("Ana 5512", name="Ana", phone="5512")

    assert customer.contact == ("Ana", None, None)
    assert "no parece completo" in result.say
    with pytest.raises(ToolProblem) as failure:
        await customer.says("ana@", email="ana@")
    assert "correo" in failure.value.say


@pytest.mark.parametrize(
    ("country", "written", "stored"),
    [
        ("MX", "55 1234 5678", "+525512345678"),
        ("MX", "+52 1 55 1234 5678", "+525512345678"),
        ("MX", "5215512345678", "+525512345678"),
        ("MX", "(33) 1234-5678", "+523312345678"),
        ("CO", "300 123 4567", "+573001234567"),
        ("US", "(415) 555-2671", "+14155552671"),
        ("MX", "+1 415 555 2671", "+14155552671"),
    ],
)
async def test_a_number_is_read_as_in_the_business_own_country(
    customer: Customer, country: str, written: str, stored: str
) -> None:
    with psycopg.connect(customer.url) as admin:
        admin.execute(
            "update organizations set country = %s where id = %s", (country, customer.business.org_id)
        )

    await customer.says(f"mi número es {written}", phone=written)

    assert customer.contact[1] == stored


async def test_consent_is_asked_word_for_word_and_kept_with_those_words(asked: Customer) -> None:
    first = await asked.says("Ana 55 1234 5678", name="Ana", phone="55 1234 5678")
    second = await asked.says("sí, claro", consent=True)
    third = await asked.says("ana@sol.test", email="ana@sol.test")

    assert first.say.endswith(WORDING)
    assert WORDING in first.text
    assert "https://sol.test/aviso" in first.facts
    assert asked.consents == [(True, WORDING, "es")]
    assert second.say == "Gracias, queda registrado."
    assert WORDING not in third.say


async def test_a_no_is_kept_too_and_not_asked_about_again(asked: Customer) -> None:
    await asked.says("Ana 55 1234 5678", name="Ana", phone="55 1234 5678")
    result = await asked.says("no, gracias", consent=True)

    assert asked.consents == [(False, WORDING, "es")]
    assert "no te contactaremos" in result.say
    assert WORDING not in (await asked.says("ana@sol.test", email="ana@sol.test")).say


async def test_a_model_cannot_consent_for_the_customer(asked: Customer) -> None:
    await asked.says("Ana 55 1234 5678", name="Ana", phone="55 1234 5678", consent=True)
    await asked.says("¿cuánto cuesta el tinte?", consent=True)

    assert asked.consents == []


async def test_the_words_that_were_asked_count_also_when_the_owner_changed_them_meanwhile(
    asked: Customer,
) -> None:
    await asked.says("Ana 55 1234 5678", name="Ana", phone="55 1234 5678")
    asked.config = LeadCaptureConfig(ask_consent=True, consent_es="¿Otra cosa? {link}")
    await asked.says("acepto", consent=True)

    assert asked.consents == [(True, WORDING, "es")]


async def test_the_playground_writes_nothing(database_url: str, business: Business) -> None:
    visitor = Customer(database_url, business, ASKING, playground=True)

    first = await visitor.says("Ana 55 1234 5678", name="Ana", phone="55 1234 5678", need="tinte")
    second = await visitor.says("sí", consent=True)

    assert visitor.contact == (None, None, None)
    assert visitor.consents == []
    assert first.say.endswith(WORDING)
    assert "nothing was written" in second.text


async def test_rehearsal_asks_who_wants_to_be_called_and_leaves_the_rest_alone(customer: Customer) -> None:
    wish = await customer.rehearses("¿Me pueden llamar por favor?")
    given = await customer.rehearses("me llamo Ana, que me llamen al 55 1234 5678")

    assert wish
    assert wish.say == "Claro, te contactamos. ¿Cuál es tu nombre?"
    assert given
    assert customer.contact == ("Ana", "+525512345678", None)
    for words in (
        "¿cuánto cuesta?",
        "gracias",
        "soy Ana, 55 1234 5678",
        "¿me pueden escribir la dirección?",
        "no me llamen",
    ):
        assert await customer.rehearses(words) is None


async def test_rehearsal_carries_consent_through(asked: Customer) -> None:
    first = await asked.rehearses("soy Ana, mi cel es 55 1234 5678")
    second = await asked.rehearses("sí")

    assert first
    assert first.say.endswith(WORDING)
    assert second
    assert asked.consents == [(True, WORDING, "es")]
    assert await asked.rehearses("sí") is None


async def test_english_is_answered_in_english(database_url: str, business: Business) -> None:
    visitor = Customer(database_url, business, LeadCaptureConfig(), language="en")

    assert (
        await visitor.says("call me", need="a call")
    ).say == "Of course, we'll get in touch. What's your name?"


@pytest.mark.parametrize(
    "config",
    [
        {"privacy_url": "javascript:alert(1)"},
        {"privacy_url": "http://sol.test"},
        {"details": ["age"]},
        {"ask_consent": True, "consent_es": ""},
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LeadCaptureConfig.model_validate(config)
