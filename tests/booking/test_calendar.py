"""What people of the business do with the calendar, under their own rights."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.booking.calendars import Shop, a_shop
from tests.booking.test_bookings import NOW, an_asker, offered
from tests.factories import Business, a_business
from vulkn_app.booking import calendar, changes
from vulkn_app.booking.bookings import SlotGone
from vulkn_app.booking.calendar import BookingForm
from vulkn_app.db import Member
from vulkn_app.errors import NotFound

pytestmark = pytest.mark.usefixtures("deployment")
WEEK = timedelta(days=7)


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def shop(database_url: str, business: Business) -> Shop:
    return a_shop(database_url, business, buffer_after=15)


def a_form(shop: Shop, **more: object) -> BookingForm:
    given = {
        "service_id": shop.services["Corte"],
        "resource_id": shop.resources["Laura"],
        "starts": NOW + timedelta(days=1),
        "name": "Don Luis",
    }
    return BookingForm.model_validate(given | more)


async def test_what_a_person_books_by_hand_is_taken_for_the_agent(
    business: Business, shop: Shop, database_url: str
) -> None:
    asker = an_asker(database_url, business)
    booking = await calendar.create(business.owner, a_form(shop))

    taken = [slot.starts for slot, _ in await offered(asker, booking.starts.date())]

    assert booking.starts not in taken
    assert booking.ends not in taken  # the buffer
    assert [b.id for b in await calendar.list_bookings(business.owner, NOW, NOW + WEEK)] == [booking.id]


async def test_a_person_may_book_at_night_but_not_twice(business: Business, shop: Shop) -> None:
    night = a_form(shop, starts=NOW + timedelta(hours=12))
    await calendar.create(business.owner, night)

    with pytest.raises(SlotGone):
        await calendar.create(business.owner, night)


async def test_another_business_sees_and_touches_nothing(
    business: Business, shop: Shop, database_url: str
) -> None:
    booking = await calendar.create(business.owner, a_form(shop))
    other = a_business(database_url)
    intruder = Member(other.owner.user_id, business.org_id, "owner")

    assert await calendar.list_bookings(intruder, NOW, NOW + WEEK) == []
    with pytest.raises(NotFound):
        await changes.cancel(intruder, booking.id)
    with pytest.raises(NotFound):
        await calendar.create(intruder, a_form(shop, starts=NOW))
    with pytest.raises(NotFound):
        await calendar.create(other.owner, a_form(shop))


async def test_what_is_booked_by_hand_carries_its_writers_name(
    business: Business, shop: Shop, database_url: str
) -> None:
    booking = await calendar.create(business.owner, a_form(shop, note="paga en efectivo"))

    with psycopg.connect(database_url) as admin:
        row = admin.execute("select created_by, note from bookings where id = %s", (booking.id,)).fetchone()
    assert row == (business.owner.user_id, "paga en efectivo")


async def test_a_service_that_is_not_there_is_not_booked(business: Business, shop: Shop) -> None:
    with pytest.raises(NotFound):
        await calendar.create(business.owner, a_form(shop, service_id=uuid4()))
    services, resources = await calendar.choices(business.owner, NOW, NOW + WEEK)
    assert ([s.name_es for s in services], [r.name for r in resources]) == (["Corte"], ["Laura"])
