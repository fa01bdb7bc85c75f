"""Nobody makes up a slot, or uses one that was offered to somebody else."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from pydantic import SecretStr

from tests.booking.calendars import RULES, a_calendar, a_resource, a_service, utc
from vulkn_app.booking.slots import Slot
from vulkn_app.booking.tokens import LETTERS, Offerer, link_token, new_code, read_link
from vulkn_app.settings import settings

NOW = utc("2026-11-22T18:05")
MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "vulkn_secret_key", SecretStr("a key for tests only"))


@pytest.fixture
def slots() -> list[Slot]:
    return CALENDAR.free_slots(SERVICE, MONDAY, RULES, NOW)


SERVICE = a_service()
CALENDAR = a_calendar(SERVICE, a_resource(), a_resource(name="Ana"))
HERE = Offerer(uuid4(), uuid4())


def test_a_token_is_its_slot_alone(slots: list[Slot]) -> None:
    tokens = [HERE.token(slot, CALENDAR, NOW) for slot in slots]

    assert len(set(tokens)) == len(slots)
    assert [HERE.find(token, slots, NOW) for token in tokens] == slots
    assert {HERE.day(token, MONDAY - timedelta(days=2)) for token in tokens} == {MONDAY}
    assert all(len(token) == 10 and set(token) <= set(LETTERS) for token in tokens)


def test_a_token_of_somebody_else_is_nothing_here(slots: list[Slot]) -> None:
    for there in (replace(HERE, org_id=uuid4()), replace(HERE, conversation_id=uuid4())):
        assert all(HERE.find(there.token(slot, CALENDAR, NOW), slots, NOW) is None for slot in slots)


def test_a_token_lapses(slots: list[Slot]) -> None:
    token = HERE.token(slots[0], CALENDAR, NOW)

    assert HERE.find(token, slots, NOW + timedelta(minutes=60)) == slots[0]
    assert HERE.find(token, slots, NOW + timedelta(hours=2)) is None


def test_a_changed_token_is_nothing(slots: list[Slot]) -> None:
    token = HERE.token(slots[0], CALENDAR, NOW)
    for place in range(2, len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert HERE.find(changed, slots, NOW) is None


def test_a_token_may_come_back_in_quotes_and_small_letters(slots: list[Slot]) -> None:
    token = HERE.token(slots[0], CALENDAR, NOW)

    assert HERE.find(f' "{token.lower()}" ', slots, NOW) == slots[0]


@pytest.mark.parametrize("made_up", ["", "mañana a las 10", "2026-11-23T10:00", "A" * 11, "00000000"])
def test_words_are_no_token(made_up: str) -> None:
    assert HERE.day(made_up, MONDAY) is None


def test_a_link_opens_one_appointment_and_cannot_be_made_up() -> None:
    org_id, code = uuid4(), new_code()
    token = link_token(org_id, code)

    assert read_link(token) == (org_id, code)
    for wrong in (
        "",
        "x",
        token[:-2],
        token[:10] + ("A" if token[10] != "A" else "B") + token[11:],
        link_token(uuid4(), code)[:20] + token[20:],
    ):
        assert read_link(wrong) is None
