"""Services, resources, hours and closed days, as owners set them and as customers then meet them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from pydantic import ValidationError

from tests.booking.calendars import EVERY_DAY, a_shop
from tests.booking.test_changes import a_member
from tests.factories import Business, a_business
from vulkn_app.booking import calendar, closures, free, setup
from vulkn_app.booking.calendar import BookingForm
from vulkn_app.booking.closures import ClosureForm
from vulkn_app.booking.free import Wanted
from vulkn_app.booking.setup import HoursOverlap, ResourceForm, ServiceForm, Span
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("deployment")
MEXICO = ZoneInfo("America/Mexico_City")
DAY = datetime.now(MEXICO).date() + timedelta(days=10)
CUT = ServiceForm(name_es="Corte", minutes=60)
MORNING = Span(weekday=DAY.weekday(), opens=540, closes=720)


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def member(business: Business, database_url: str) -> Member:
    return a_member(database_url, business)


async def times(owner: Member, service: UUID, day: date = DAY, resource: UUID | None = None) -> list[str]:
    found = await free.free_times(owner, Wanted(service, 60, resource_id=resource), day)
    return [f"{slot.starts.astimezone(MEXICO):%H:%M}" for slot in found]


async def test_from_nothing_to_free_times(business: Business) -> None:
    owner = business.owner
    service = await setup.save_service(owner, None, CUT)
    assert await times(owner, service) == []

    await setup.save_resource(owner, None, ResourceForm(name="Laura", hours=(MORNING,)))

    assert await times(owner, service) == ["09:00", "10:00", "11:00"]
    found = await setup.read(owner)
    assert [(row.name_es, row.price, row.currency) for row in found.services] == [("Corte", "", "MXN")]
    assert found.resources[0].hours == [MORNING]


async def test_a_price_without_a_currency_is_in_the_business_own(
    business: Business, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update organizations set currency = 'COP' where id = %s", (business.org_id,))
    owner = business.owner

    service = await setup.save_service(owner, None, CUT)
    await setup.save_service(owner, service, CUT.model_copy(update={"currency": "USD"}))
    await setup.save_service(owner, service, CUT)  # says nothing of it: as it was
    await setup.save_service(owner, None, CUT.model_copy(update={"name_es": "Barba"}))

    found = await setup.read(owner)
    assert found.currency == "COP"
    assert {row.name_es: row.currency for row in found.services} == {"Corte": "USD", "Barba": "COP"}


async def test_a_service_is_changed_in_place(business: Business) -> None:
    owner = business.owner
    service = await setup.save_service(owner, None, CUT)
    form = ServiceForm.model_validate(
        {
            "name_es": "Corte y barba",
            "minutes": "45",
            "price": "250.50",
            "currency": "USD",
            "buffer_after": 10,
        }
    )

    assert await setup.save_service(owner, service, form) == service

    (row,) = (await setup.read(owner)).services
    assert (row.name_es, row.minutes, row.price, row.currency, row.buffer_after) == (
        "Corte y barba",
        45,
        "250.50",
        "USD",
        10,
    )


async def test_a_service_is_done_by_those_who_were_ticked(business: Business) -> None:
    owner = business.owner
    laura = await setup.save_resource(owner, None, ResourceForm(name="Laura", hours=(MORNING,)))
    eva = await setup.save_resource(owner, None, ResourceForm(name="Eva", hours=(MORNING,)))
    only = ServiceForm(name_es="Color", minutes=60, resources=frozenset({eva}))
    service = await setup.save_service(owner, None, only)
    assert await times(owner, service, resource=laura) == []

    await setup.save_service(owner, service, only.model_copy(update={"resources": frozenset({laura})}))

    assert await times(owner, service, resource=laura) == ["09:00", "10:00", "11:00"]
    assert (await setup.read(owner)).services[0].resources == [laura]


async def test_hours_take_the_place_of_those_before_and_only_what_differs_is_audited(
    business: Business, database_url: str
) -> None:
    owner = business.owner
    evening = replace_span(MORNING, opens=960, closes=1200)
    form = ResourceForm(name="Laura", hours=(MORNING, evening))
    laura = await setup.save_resource(owner, None, form)

    late = replace_span(MORNING, opens=1260, closes=1500)  # into the night
    await setup.save_resource(owner, laura, ResourceForm(name="Laura", hours=(MORNING, late)))

    assert (await setup.read(owner)).resources[0].hours == [MORNING, late]
    with psycopg.connect(database_url) as admin:
        verbs = admin.execute(
            "select action from audit_log where org_id = %s and entity = 'resource_hours' order by seq",
            (business.org_id,),
        ).fetchall()
    assert [verb for (verb,) in verbs] == ["insert", "insert", "delete", "insert"]


async def test_hours_that_overlap_are_refused_and_nothing_is_half_saved(business: Business) -> None:
    owner = business.owner
    laura = await setup.save_resource(owner, None, ResourceForm(name="Laura", hours=(MORNING,)))
    over = replace_span(MORNING, opens=700, closes=800)

    with pytest.raises(HoursOverlap):
        await setup.save_resource(owner, laura, ResourceForm(name="Otra", hours=(MORNING, over)))
    with pytest.raises(HoursOverlap):
        await setup.save_resource(owner, laura, ResourceForm(name="Otra", hours=(MORNING, MORNING)))

    (row,) = (await setup.read(owner)).resources
    assert (row.name, row.hours) == ("Laura", [MORNING])


async def test_what_is_retired_keeps_its_bookings_and_takes_no_new_ones(
    business: Business, database_url: str
) -> None:
    shop = a_shop(database_url, business, hours=EVERY_DAY)
    owner, laura, service = business.owner, shop.resources["Laura"], shop.services["Corte"]
    starts = free.at(MEXICO, DAY, time(10))
    booking = await calendar.create(owner, BookingForm(service_id=service, starts=starts, name="Ana"))

    await setup.retire(owner, "resource", laura)

    (row,) = (await setup.read(owner)).resources
    assert (row.active, row.coming) == (False, 1)
    assert (await calendar.get(owner, booking.id)).state == "booked"
    with pytest.raises(NotFound):
        await calendar.create(owner, BookingForm(service_id=service, starts=starts, name="Eva"))
    await setup.retire(owner, "resource", laura, active=True)
    assert "09:00" in await times(owner, service)


async def test_a_closed_day_has_no_times_and_says_who_is_booked_in_it(
    business: Business, database_url: str
) -> None:
    shop = a_shop(database_url, business, resources=("Laura", "Eva"), hours=EVERY_DAY)
    owner, service = business.owner, shop.services["Corte"]
    # The last hour of the day before and the first of the next day are not in it.
    for day, hour in ((DAY - timedelta(days=1), 23), (DAY, 23), (DAY + timedelta(days=1), 0)):
        form = BookingForm(
            service_id=service,
            resource_id=shop.resources["Laura"],
            starts=free.at(MEXICO, day, time(hour)),
            name="Ana",
        )
        await calendar.create(owner, form)

    assert await closures.close(owner, ClosureForm(first=DAY, last=DAY, reason="Fiesta")) == 1

    assert await times(owner, service) == []
    assert await times(owner, service, DAY + timedelta(days=1)) != []
    (closure,) = (await setup.read(owner)).closures
    assert (closure.starts, closure.reason) == (datetime.combine(DAY, time()), "Fiesta")
    await closures.open_again(owner, closure.id)
    assert await times(owner, service) != []


async def test_one_persons_free_morning_is_theirs_alone(business: Business, database_url: str) -> None:
    shop = a_shop(database_url, business, resources=("Laura", "Eva"), hours=EVERY_DAY)
    owner, service = business.owner, shop.services["Corte"]
    laura, eva = shop.resources["Laura"], shop.resources["Eva"]

    await closures.close(
        owner, ClosureForm(first=DAY, last=DAY, begins=time(8), ends=time(14), resource_id=laura)
    )

    assert "10:00" not in await times(owner, service, resource=laura)
    assert "14:00" in await times(owner, service, resource=laura)
    assert "10:00" in await times(owner, service, resource=eva)


async def test_days_that_end_before_they_begin_are_no_days() -> None:
    for form in (
        {"first": DAY, "last": DAY - timedelta(days=1)},
        {"first": DAY, "last": DAY, "begins": time(12), "ends": time(9)},
        {"first": DAY, "last": DAY + timedelta(days=500)},
    ):
        with pytest.raises(ValidationError):
            ClosureForm.model_validate(form)


async def test_the_next_free_day_is_found_and_none_when_there_is_none(business: Business) -> None:
    owner = business.owner
    service = await setup.save_service(owner, None, CUT)
    wanted, first = Wanted(service, 60), DAY + timedelta(days=1)
    assert await free.next_free_day(owner, wanted, first) is None

    await setup.save_resource(owner, None, ResourceForm(name="Laura", hours=(MORNING,)))

    assert await free.next_free_day(owner, wanted, first) == DAY + timedelta(days=7)
    with pytest.raises(NotFound):
        await free.free_times(owner, Wanted(uuid4(), 60), DAY)


async def test_each_moment_is_offered_once_whoever_is_free(business: Business, database_url: str) -> None:
    shop = a_shop(database_url, business, resources=("Laura", "Eva"), hours=EVERY_DAY)

    found = await times(business.owner, shop.services["Corte"])

    assert found == sorted(set(found))
    assert len(found) == 24


async def test_what_today_already_passed_is_not_free(business: Business, database_url: str) -> None:
    shop = a_shop(database_url, business, hours=EVERY_DAY)
    now = datetime.now(UTC)

    found = await free.free_times(
        business.owner, Wanted(shop.services["Corte"], 5), now.astimezone(MEXICO).date()
    )

    assert all(slot.starts >= now for slot in found)


async def test_an_hour_that_the_clock_skips_is_not_booked() -> None:
    with pytest.raises(BadInput):
        free.at(ZoneInfo("America/Tijuana"), date(2027, 3, 14), time(2, 30))


async def test_members_look_but_change_nothing(member: Member, business: Business) -> None:
    owner = business.owner
    service = await setup.save_service(owner, None, CUT)
    laura = await setup.save_resource(owner, None, ResourceForm(name="Laura", hours=(MORNING,)))
    await closures.close(owner, ClosureForm(first=DAY, last=DAY))
    before = await setup.read(member)
    assert before == await setup.read(owner)

    for refused in (
        setup.save_service(member, None, CUT),
        setup.save_service(member, service, CUT),
        setup.save_resource(member, None, ResourceForm(name="Eva")),
        setup.save_resource(member, laura, ResourceForm(name="Laura")),
        setup.retire(member, "service", service),
        closures.close(member, ClosureForm(first=DAY, last=DAY)),
        closures.open_again(member, before.closures[0].id),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            await refused

    assert await setup.read(owner) == before


async def test_another_businesss_calendar_is_out_of_reach(business: Business, database_url: str) -> None:
    owner = business.owner
    service = await setup.save_service(owner, None, CUT)
    laura = await setup.save_resource(owner, None, ResourceForm(name="Laura", hours=(MORNING,)))
    other = a_business(database_url).owner
    theirs = await setup.save_resource(other, None, ResourceForm(name="Eva"))

    with pytest.raises(NotFound):
        await setup.save_service(other, service, CUT)
    with pytest.raises(NotFound):
        await setup.save_resource(other, laura, ResourceForm(name="Eva"))
    mixed = CUT.model_copy(update={"resources": frozenset({theirs})})
    with pytest.raises(NotFound):
        await setup.save_service(owner, service, mixed)
    with pytest.raises(NotFound):
        await closures.close(owner, ClosureForm(first=DAY, last=DAY, resource_id=theirs))
    intruder = replace(other, org_id=business.org_id)
    assert await setup.read(intruder) == setup.Setup(currency="", services=[], resources=[], closures=[])


async def test_a_number_that_can_be_dialled_is_kept_as_such(business: Business, database_url: str) -> None:
    shop = a_shop(database_url, business, hours=EVERY_DAY)
    for starts, phone, kept in ((9, "55 1234 5678", "+525512345678"), (12, "ext. 4", "ext. 4")):
        form = BookingForm(
            service_id=shop.services["Corte"],
            starts=free.at(MEXICO, DAY, time(starts)),
            name="Ana",
            phone=phone,
        )
        assert (await calendar.create(business.owner, form)).phone == kept


def replace_span(span: Span, **more: int) -> Span:
    return span.model_copy(update=more)
