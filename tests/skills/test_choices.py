"""What a channel with buttons offers: a title that is tapped means what it stands for, as if it were typed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.booking.calendars import a_shop
from tests.factories import Business, a_business
from tests.skilled import a_turn
from vulkn_app.llm.asks import Language
from vulkn_app.skills import booking_dialogue, consent
from vulkn_app.skills.base import Turn
from vulkn_app.skills.booking_flow import BookingConfig, recall
from vulkn_app.skills.booking_offers import Request, offer

pytestmark = pytest.mark.usefixtures("deployment")


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def turn(database_url: str, business: Business) -> Turn:
    a_shop(database_url, business)
    return a_turn(database_url, business)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("when", ["mañana", "el viernes", "la próxima semana", "el lunes a las 10", ""])
async def test_every_offered_title_picks_its_own_slot(turn: Turn, language: Language, when: str) -> None:
    turn = replace(turn, language=language, words=when)
    result = await offer(turn, BookingConfig(), Request(when=when))
    assert result.choices
    offers = (await recall(turn)).offers
    for choice, offered in zip(result.choices, offers, strict=True):
        assert len(choice.title) <= 20
        said = replace(turn, words=choice.title, now=turn.now + timedelta(minutes=1))
        called = await booking_dialogue.rehearse(said)
        assert called, choice
        assert called[0] == "book"
        assert called[1]["slot_token"] == offered.token, choice


@pytest.mark.parametrize("language", ["es", "en"])
async def test_yes_and_no_are_heard_as_such(language: Language) -> None:
    assert [consent.answer_in(choice.title) for choice in consent.choices(language)] == [True, False]
