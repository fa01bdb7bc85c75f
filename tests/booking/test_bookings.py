"""What a conversation does to the calendar, against the real constraints."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from psycopg import errors

from tests.booking.calendars import EVERY_DAY, RULES, Shop, a_shop
from tests.conversing import a_conversation
from tests.factories import Business, a_business
from vulkn_app.booking import bookings
from vulkn_app.booking.bookings import (
    Asker,
    Customer,
    Limits,
    SlotGone,
    SlotUnknown,
    TooLate,
    TooManyBookings,
)
from vulkn_app.booking.slots import Slot
from vulkn_app.db import AgentKey
from vulkn_app.errors import NotFound

pytestmark = pytest.mark.usefixtures("deployment")

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
LIMITS = Limits(RULES, most=3, until=timedelta(hours=2))
ANA = Customer("Ana López", "+525512345678")


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def shop(database_url: str, business: Business) -> Shop:
    return a_shop(database_url, business)


@pytest.fixture
def asker(database_url: str, business: Business, shop: Shop) -> Asker:
    return an_asker(database_url, business)


def an_asker(url: str, business: Business) -> Asker:
    conversation = a_conversation(url, business, "hola")
    with psycopg.connect(url) as admin:
        row = admin.execute("select contact_id from conversations where id = %s", (conversation,)).fetchone()
    assert row
    return Asker(AgentKey(business.org_id), conversation, row[0], "es")


async def offered(asker: Asker, day: date = MONDAY, now: datetime = NOW) -> list[tuple[Slot, str]]:
    calendar = await bookings.calendar(asker.agent, now, now + RULES.horizon)
    slots = calendar.free_slots(calendar.services[0], day, RULES, now)
    return [(slot, asker.offerer.token(slot, calendar, now)) for slot in slots]


async def token_at(asker: Asker, place: int = 0, day: date = MONDAY) -> str:
    return (await offered(asker, day))[place][1]


def rows(url: str, business: Business, state: str = "booked") -> int:
    with psycopg.connect(url) as admin:
        row = admin.execute(
            "select count(*) from bookings where org_id = %s and state = %s", (business.org_id, state)
        ).fetchone()
    assert row
    return row[0]


async def test_what_is_booked_is_what_was_offered(asker: Asker) -> None:
    slot, token = (await offered(asker))[2]

    booking = await bookings.book(asker, token, ANA, LIMITS, NOW)

    assert (booking.starts, booking.ends, booking.state) == (slot.starts, slot.ends, "booked")
    assert (booking.name, booking.phone, len(booking.code)) == ("Ana López", "+525512345678", 6)
    assert slot not in [free for free, _ in await offered(asker)]
    assert (await bookings.customer(asker)).name == "Ana López"


async def test_the_same_pick_twice_is_one_booking(
    asker: Asker, database_url: str, business: Business
) -> None:
    token = await token_at(asker)

    first = await bookings.book(asker, token, ANA, LIMITS, NOW)
    again = await bookings.book(asker, token, ANA, LIMITS, NOW)

    assert again == first
    assert rows(database_url, business) == 1


async def test_fifty_who_want_one_slot_at_once_are_one_booking(
    database_url: str, business: Business, shop: Shop
) -> None:
    askers = [an_asker(database_url, business) for _ in range(50)]
    tokens = [await token_at(asker) for asker in askers]

    outcomes = await asyncio.gather(
        *(bookings.book(a, t, ANA, LIMITS, NOW) for a, t in zip(askers, tokens, strict=True)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, bookings.Booking) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SlotGone) for outcome in outcomes) == 49
    assert rows(database_url, business) == 1


async def test_the_table_alone_lets_one_of_fifty_in(
    database_url: str, business: Business, shop: Shop
) -> None:
    """Without any code of ours before it: fifty connections, overlapping in fifty ways."""
    start = asyncio.Event()

    async def insert(number: int) -> int:
        async with await psycopg.AsyncConnection.connect(database_url) as connection:
            await connection.execute("select set_config('app.org_id', %s, true)", (str(business.org_id),))
            await connection.execute("set local role vulkn_engine")
            await start.wait()
            cursor = await connection.execute(
                "insert into bookings (org_id, code, service_id, resource_id, starts_at, ends_at, occupied, name)"
                " values (%s, %s, %s, %s, %s, %s, tstzrange(%s, %s), 'x') on conflict do nothing",
                raw(business, shop, number, NOW + timedelta(minutes=number)),
            )
            return cursor.rowcount

    inserting = [asyncio.create_task(insert(number)) for number in range(50)]
    start.set()

    assert sum(await asyncio.gather(*inserting)) == 1
    assert rows(database_url, business) == 1


def raw(
    business: Business, shop: Shop, number: int, starts: datetime, resource: str = "Laura"
) -> tuple[object, ...]:
    ends = starts + timedelta(hours=1)
    code = f"AA{number // 8 % 8 + 2}{number % 8 + 2}ZZ"
    where = (business.org_id, code, shop.services["Corte"], shop.resources[resource])
    return (*where, starts, ends, starts, ends)


async def test_the_table_compares_resources_and_moments_exactly(
    database_url: str, business: Business
) -> None:
    """Neighbours of one resource, and the same moment on another, are no overlap; a cancelled one is none."""
    shop = a_shop(database_url, business, resources=("Laura", "Ana"))
    insert = (
        b"insert into bookings (org_id, code, service_id, resource_id, starts_at, ends_at, occupied, name)"
        b" values (%s, %s, %s, %s, %s, %s, tstzrange(%s, %s), 'x')"
    )
    hour = timedelta(hours=1)
    with psycopg.connect(database_url, autocommit=True) as admin:
        for number, (starts, resource) in enumerate(
            [(NOW, "Laura"), (NOW + hour, "Laura"), (NOW - hour, "Laura"), (NOW, "Ana")]
        ):
            admin.execute(insert, raw(business, shop, number, starts, resource))
        for number, shift in enumerate(
            (timedelta(), timedelta(seconds=1), -timedelta(seconds=1), hour / 2), 8
        ):
            with pytest.raises(errors.ExclusionViolation):
                admin.execute(insert, raw(business, shop, number, NOW + shift))
        admin.execute(
            "update bookings set state = 'cancelled' where org_id = %s and starts_at = %s",
            (business.org_id, NOW),
        )
        admin.execute(insert, raw(business, shop, 20, NOW))


async def test_a_token_of_another_conversation_is_refused(
    asker: Asker, database_url: str, business: Business
) -> None:
    other = an_asker(database_url, business)
    token = await token_at(other)

    with pytest.raises(SlotUnknown):
        await bookings.book(asker, token, ANA, LIMITS, NOW)


async def test_a_token_of_another_organization_is_refused(asker: Asker, database_url: str) -> None:
    elsewhere = a_business(database_url)
    a_shop(database_url, elsewhere)
    token = await token_at(an_asker(database_url, elsewhere))

    with pytest.raises(SlotUnknown):
        await bookings.book(asker, token, ANA, LIMITS, NOW)


async def test_a_token_lapses_with_its_slot_and_with_the_hour(asker: Asker) -> None:
    token = await token_at(asker)

    for later in (timedelta(hours=2), timedelta(hours=26)):
        with pytest.raises(SlotUnknown):
            await bookings.book(asker, token, ANA, LIMITS, NOW + later)


@pytest.mark.parametrize(
    "change",
    [
        "update resource_hours set opens = 720 where org_id = %s",
        "update resources set active = false where org_id = %s",
        "update services set active = false where org_id = %s",
        "insert into closures (org_id, starts, ends) values (%s, '2026-11-23', '2026-11-24')",
        "delete from resource_hours where org_id = %s",
    ],
)
async def test_what_changed_since_the_offer_counts(
    asker: Asker, database_url: str, business: Business, change: str
) -> None:
    token = await token_at(asker)
    with psycopg.connect(database_url) as admin:
        admin.execute(change.encode(), (business.org_id,))

    with pytest.raises(SlotUnknown):
        await bookings.book(asker, token, ANA, LIMITS, NOW)
    assert rows(database_url, business) == 0


@pytest.mark.parametrize(
    "rules",
    [
        replace(RULES, lead=timedelta(days=2)),
        replace(RULES, horizon=timedelta(hours=3)),
        replace(RULES, grid=25),
    ],
)
async def test_rules_that_changed_since_the_offer_count(asker: Asker, rules: bookings.Rules) -> None:
    token = await token_at(asker, 1)

    with pytest.raises(SlotUnknown):
        await bookings.book(asker, token, ANA, replace(LIMITS, rules=rules), NOW)


async def test_a_contact_cannot_fill_the_calendar(asker: Asker) -> None:
    for _ in range(3):
        await bookings.book(asker, await token_at(asker), ANA, LIMITS, NOW)

    with pytest.raises(TooManyBookings):
        await bookings.book(asker, await token_at(asker), ANA, LIMITS, NOW)


async def test_a_moved_appointment_keeps_its_code_and_frees_its_time(
    asker: Asker, database_url: str, business: Business
) -> None:
    old = await bookings.book(asker, await token_at(asker), ANA, LIMITS, NOW)
    slot, token = (await offered(asker, MONDAY + timedelta(days=1)))[0]

    new = await bookings.move(asker, old.code, token, LIMITS, NOW)

    assert (new.code, new.starts, new.sequence, new.name) == (old.code, slot.starts, 1, "Ana López")
    assert new.id != old.id
    assert (rows(database_url, business), rows(database_url, business, "moved")) == (1, 1)
    assert old.starts in [free.starts for free, _ in await offered(asker)]
    assert await bookings.upcoming(asker, NOW) == [new]


async def test_an_appointment_may_move_over_itself(asker: Asker) -> None:
    tokens = await offered(asker)
    old = await bookings.book(asker, tokens[0][1], ANA, LIMITS, NOW)

    new = await bookings.move(asker, old.code, tokens[1][1], LIMITS, NOW)

    assert new.starts - old.starts == timedelta(minutes=30)


async def test_a_move_to_a_taken_slot_leaves_everything(
    asker: Asker, database_url: str, business: Business
) -> None:
    tokens = await offered(asker)
    other = an_asker(database_url, business)
    mine = await bookings.book(asker, tokens[0][1], ANA, LIMITS, NOW)
    await bookings.book(other, await token_at(other, 2), ANA, LIMITS, NOW)

    with pytest.raises(SlotGone):
        await bookings.move(asker, mine.code, tokens[4][1], LIMITS, NOW)

    assert await bookings.upcoming(asker, NOW) == [mine]


async def test_two_who_swap_at_once_do_not_hang(asker: Asker, database_url: str, business: Business) -> None:
    other = an_asker(database_url, business)
    mine_tokens, other_tokens = await offered(asker), await offered(other)
    mine = await bookings.book(asker, mine_tokens[0][1], ANA, LIMITS, NOW)
    theirs = await bookings.book(other, other_tokens[4][1], ANA, LIMITS, NOW)

    outcomes = await asyncio.gather(
        bookings.move(asker, mine.code, mine_tokens[4][1], LIMITS, NOW),
        bookings.move(other, theirs.code, other_tokens[0][1], LIMITS, NOW),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [SlotGone, SlotGone]
    assert rows(database_url, business) == 2


async def test_only_ones_own_appointment_is_touched(
    asker: Asker, database_url: str, business: Business
) -> None:
    theirs = an_asker(database_url, business)
    booking = await bookings.book(theirs, await token_at(theirs), ANA, LIMITS, NOW)
    token = await token_at(asker)

    for attempt in (
        bookings.cancel(asker, booking.code, LIMITS, NOW),
        bookings.move(asker, booking.code, token, LIMITS, NOW),
        bookings.confirm(asker, booking.code, NOW),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await bookings.upcoming(asker, NOW) == []


async def test_a_cancelled_appointment_is_free_again_and_stays_cancelled(
    asker: Asker, database_url: str, business: Business
) -> None:
    booking = await bookings.book(asker, await token_at(asker), ANA, LIMITS, NOW)

    gone = await bookings.cancel(asker, booking.code, LIMITS, NOW)

    assert (gone.id, gone.state) == (booking.id, "cancelled")
    assert booking.starts in [slot.starts for slot, _ in await offered(asker)]
    with pytest.raises(NotFound):
        await bookings.cancel(asker, booking.code, LIMITS, NOW)
    with psycopg.connect(database_url) as admin, pytest.raises(errors.CheckViolation):
        admin.execute("update bookings set state = 'booked' where id = %s", (booking.id,))


async def test_too_close_to_change_is_too_late(asker: Asker) -> None:
    booking = await bookings.book(asker, await token_at(asker), ANA, LIMITS, NOW)

    with pytest.raises(TooLate):
        await bookings.cancel(asker, booking.code, LIMITS, booking.starts - timedelta(minutes=90))


async def test_a_deleted_contact_leaves_the_time_taken_and_no_name(
    asker: Asker, database_url: str, business: Business
) -> None:
    booking = await bookings.book(asker, await token_at(asker), ANA, LIMITS, NOW)
    with psycopg.connect(database_url) as admin:
        admin.execute("delete from contacts where id = %s", (asker.contact_id,))
        kept = admin.execute(
            "select name, phone, contact_id, state from bookings where id = %s", (booking.id,)
        ).fetchone()

    assert kept == ("", None, None, "booked")


@pytest.mark.parametrize(
    ("zone", "day", "skipped"),
    [("America/Tijuana", date(2027, 3, 14), 2), ("America/Santiago", date(2027, 9, 5), 0)],
)
async def test_a_slot_beside_the_skipped_hour_is_booked_as_offered(
    database_url: str, zone: str, day: date, skipped: int
) -> None:
    business = a_business(database_url)
    a_shop(database_url, business, hours=EVERY_DAY)
    with psycopg.connect(database_url) as admin:
        admin.execute("update organizations set timezone = %s where id = %s", (zone, business.org_id))
    asker = an_asker(database_url, business)
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    slots = await offered(asker, day, now)

    booking = await bookings.book(asker, slots[1][1], ANA, LIMITS, now)

    assert booking.starts == slots[1][0].starts
    assert booking.ends - booking.starts == timedelta(hours=1)
    calendar = await bookings.calendar(asker.agent, now, now)
    assert skipped not in {calendar.local(slot.starts).hour for slot, _ in slots}
