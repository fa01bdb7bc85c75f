"""What can be tapped under the greeting is what the owner has answered."""

import pytest

from tests.onboarding.test_guide import Ask, ask, owner, person
from vulkn_app import agents
from vulkn_app.agents import AgentForm
from vulkn_app.db import Member
from vulkn_app.onboarding import business, questions, starters
from vulkn_app.onboarding.business import BusinessForm

deployed = pytest.mark.usefixtures("deployment")
__all__ = ["ask", "owner", "person"]
ANSWERS = {"hours": {"es": "de 9 a 19"}, "cleaning": {"es": "cuesta $740"}, "braces": {"es": ""}}


def offered(ask: Ask, owner: Member) -> dict[str, list[str]]:
    return ask("select branding -> 'suggestions' from organizations where id = %s", owner.org_id)[0][0]


@deployed
async def test_what_was_answered_is_offered_and_the_rest_is_not(owner: Member, ask: Ask) -> None:
    await questions.answer(owner, ANSWERS)

    now = offered(ask, owner)
    assert now["es"] == [
        "¿A qué hora abren?",
        "¿Cuánto cuesta una limpieza?",
        "Quiero hablar con una persona",
    ]
    assert now["en"][-1] == "I would like to talk to a person"
    assert len(now["en"]) == 3


@deployed
async def test_whoever_answered_nothing_keeps_what_was_offered_from_the_start(
    owner: Member, ask: Ask
) -> None:
    await questions.answer(owner, {"hours": {"es": "", "en": ""}})

    assert offered(ask, owner)["es"] == starters.FIRST_WORDS["es"]


@deployed
async def test_what_an_owner_chose_stays(owner: Member, ask: Ask) -> None:
    [(agent,)] = ask("select id from agents where org_id = %s", owner.org_id)
    await agents.change(
        owner, agent, AgentForm.model_validate({"name": "Lupita", "suggestions_es": ["¿Dónde están?"]})
    )

    await questions.answer(owner, ANSWERS)

    assert offered(ask, owner)["es"] == ["¿Dónde están?"]


@deployed
async def test_a_business_of_no_vertical_offers_its_own(person: Member, ask: Ask) -> None:
    founded = await business.found(person.user_id, BusinessForm(name="Papelería Sol"))
    assert founded
    owner = Member(person.user_id, founded.id, "owner")

    await questions.answer(owner, {"prices": {"es": "copias a $2"}, "where": {"es": "Av. Juárez 3"}})

    assert offered(ask, owner)["es"][:2] == ["¿Cuánto cuesta?", "¿Dónde están?"]


@pytest.mark.parametrize(
    "industry", ["", "restaurant", "garage", "school", "real_estate", "beauty", "vet", "clinic"]
)
def test_every_vertical_has_something_to_offer(industry: str) -> None:
    answered = [question.key for question in questions.asked(industry)]

    for language in ("es", "en"):
        assert len(starters._asked(industry, answered, language)) == 3
