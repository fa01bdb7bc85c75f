"""What people of the business do to appointments that are there, under their own rights."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.booking.calendars import EVERY_DAY, Shop, a_shop
from tests.booking.test_bookings import ANA, LIMITS, an_asker, offered
from tests.factories import Business, a_business
from vulkn_app.booking import bookings, calendar, changes
from vulkn_app.booking.bookings import Asker, SlotGone
from vulkn_app.booking.calendar import BookingForm, Look
from vulkn_app.booking.changes import CancelForm, MoveForm, NotYet, Over
from vulkn_app.booking.reading import Booking
from vulkn_app.db import Member, as_agent, as_person
from vulkn_app.errors import NotFound

pytestmark = pytest.mark.usefixtures("deployment")
# What is over and what is ahead is the database's and the product's own clock here.
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
SOON = NOW + timedelta(days=3)


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def shop(database_url: str, business: Business) -> Shop:
    return a_shop(database_url, business, resources=("Laura", "Eva"), hours=EVERY_DAY, reminders=True)


@pytest.fixture
def asker(database_url: str, business: Business, shop: Shop) -> Asker:
    return an_asker(database_url, business)


async def booked(asker: Asker) -> Booking:
    """By the agent, in a conversation."""
    token = (await offered(asker, SOON.date(), NOW))[0][1]
    return await bookings.book(asker, token, ANA, LIMITS, NOW)


async def by_hand(shop: Shop, business: Business, starts: datetime, **more: object) -> Booking:
    given = {"service_id": shop.services["Corte"], "starts": starts, "name": "Don Luis"}
    return await calendar.create(business.owner, BookingForm.model_validate(given | more))


def said(url: str, conversation_id: UUID | None) -> list[tuple[str, str, UUID | None]]:
    """What was written there after the customer's first message."""
    with psycopg.connect(url) as admin:
        return admin.execute(
            "select sender, body, author_id from messages where conversation_id = %s and seq > 1 order by seq",
            (conversation_id,),
        ).fetchall()


def one(url: str, statement: str, *values: object) -> tuple:
    with psycopg.connect(url, autocommit=True) as admin:
        row = admin.execute(statement.encode(), values).fetchone()
    assert row
    return row


def on_whatsapp(url: str, business: Business) -> None:
    """As if the conversation were on a channel that can call its customer."""
    change = "update channels set kind = 'whatsapp', external_id = %s where org_id = %s returning 1"
    one(url, change, uuid4().hex, business.org_id)


def a_member(url: str, business: Business) -> Member:
    """Somebody who answers customers there."""
    who = Member(uuid4(), business.org_id, "member")
    with psycopg.connect(url, autocommit=True) as admin:
        email = f"{who.user_id}@sol.test"
        admin.execute("insert into auth.users (id, email) values (%s, %s)", (who.user_id, email))
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'member')",
            (business.org_id, who.user_id),
        )
    return who


async def test_who_is_called_off_reads_why_in_the_persons_name(
    asker: Asker, business: Business, database_url: str
) -> None:
    booking = await booked(asker)

    form = CancelForm(reason="Se fue la luz.", tell=True)
    gone = await changes.cancel(business.owner, booking.id, form)

    ((sender, body, author),) = said(database_url, asker.conversation_id)
    assert (gone.state, gone.reason) == ("cancelled", "Se fue la luz.")
    assert (sender, author) == ("human", business.owner.user_id)
    assert "Hola Ana, tuvimos que cancelar tu cita: Corte" in body
    assert f"(código {booking.code})" in body
    assert "Motivo: Se fue la luz. " in body
    assert await bookings.upcoming(asker, NOW) == []


async def test_the_agent_keeps_the_conversation_and_what_nobody_read_stays_unread(
    asker: Asker, business: Business, database_url: str
) -> None:
    booking = await booked(asker)
    before = one(
        database_url, "select status, unread from conversations where id = %s", asker.conversation_id
    )

    await changes.cancel(business.owner, booking.id, CancelForm(tell=True))

    after = one(database_url, "select status, unread from conversations where id = %s", asker.conversation_id)
    assert after == before == ("open", 1)


async def test_nobody_is_told_who_should_not_be(asker: Asker, business: Business, database_url: str) -> None:
    booking = await booked(asker)

    await changes.cancel(business.owner, booking.id, CancelForm(reason="x", tell=False))

    assert said(database_url, asker.conversation_id) == []


async def test_a_channel_that_can_call_the_customer_gets_it_once(
    asker: Asker, business: Business, database_url: str
) -> None:
    on_whatsapp(database_url, business)
    booking = await booked(asker)

    moved = await changes.move(
        business.owner, booking.id, MoveForm(starts=SOON + timedelta(days=1), tell=True)
    )

    kind, payload, message = one(
        database_url,
        "select kind, payload->>'text', message_id from outbox where org_id = %s",
        business.org_id,
    )
    assert kind == "notice"
    assert f"Tu código sigue siendo {moved.code}" in payload
    assert one(database_url, "select body from messages where id = %s", message) == (payload,)


async def test_on_the_web_nothing_goes_to_the_outbox(
    asker: Asker, business: Business, database_url: str
) -> None:
    booking = await booked(asker)

    await changes.cancel(business.owner, booking.id, CancelForm(tell=True))

    assert one(database_url, "select count(*) from outbox where org_id = %s", business.org_id) == (0,)


async def test_only_ones_own_words_are_sent_and_only_while_one_works_there(
    asker: Asker, business: Business, database_url: str
) -> None:
    on_whatsapp(database_url, business)
    booking = await booked(asker)
    front_desk = a_member(database_url, business)
    await changes.cancel(front_desk, booking.id, CancelForm(tell=True))
    visitors, theirs = (
        one(
            database_url,
            "select id from messages where conversation_id = %s and sender = %s",
            asker.conversation_id,
            sender,
        )[0]
        for sender in ("visitor", "human")
    )
    one(database_url, "delete from outbox where org_id = %s returning 1", business.org_id)

    async def sent(who: Member, message: UUID) -> bool:
        async with as_person(who.user_id) as connection:
            cursor = await connection.execute(
                "select app.send_to_customer(%s, %s)", (business.org_id, message)
            )
            row = await cursor.fetchone()
        assert row
        return row[0]

    assert not await sent(business.owner, theirs)  # a colleague's
    assert not await sent(front_desk, visitors)
    assert await sent(front_desk, theirs)
    assert not await sent(front_desk, theirs)  # once
    one(database_url, "delete from outbox where org_id = %s returning 1", business.org_id)
    one(database_url, "delete from memberships where user_id = %s returning 1", front_desk.user_id)
    assert not await sent(front_desk, theirs)


async def test_what_is_moved_keeps_its_code_its_conversation_and_its_reminders(
    asker: Asker, business: Business, shop: Shop, database_url: str
) -> None:
    booking = await booked(asker)

    new = booking.starts + timedelta(days=1)
    moved = await changes.move(
        business.owner, booking.id, MoveForm(starts=new, resource_id=shop.resources["Eva"])
    )

    assert (moved.code, moved.conversation_id, moved.contact_id) == (
        booking.code,
        asker.conversation_id,
        asker.contact_id,
    )
    assert (moved.starts, moved.resource, moved.sequence) == (new, "Eva", 1)
    assert (moved.moved, moved.by_hand, moved.confirmed) == (True, True, False)
    assert [b.id for b in await bookings.upcoming(asker, NOW)] == [moved.id]
    pending = "select count(*) from reminders where booking_id = %s and state = 'pending'"
    assert one(database_url, pending, booking.id) == (0,)
    assert one(database_url, pending, moved.id) == (2,)


async def test_it_does_not_stand_in_its_own_way_but_others_do(business: Business, shop: Shop) -> None:
    laura = shop.resources["Laura"]
    mine = await by_hand(shop, business, SOON, resource_id=laura)
    await by_hand(shop, business, SOON + timedelta(hours=2), resource_id=laura)

    half = MoveForm(starts=SOON + timedelta(minutes=30), resource_id=laura)
    moved = await changes.move(business.owner, mine.id, half)
    taken = MoveForm(starts=SOON + timedelta(hours=2), resource_id=laura)
    with pytest.raises(SlotGone):
        await changes.move(business.owner, moved.id, taken)

    assert (await calendar.get(business.owner, moved.id)).state == "booked"
    elsewhere = MoveForm(starts=SOON + timedelta(hours=2))
    assert (await changes.move(business.owner, moved.id, elsewhere)).resource == "Eva"


async def test_the_same_time_again_changes_nothing(business: Business, shop: Shop) -> None:
    booking = await by_hand(shop, business, SOON)

    same = await changes.move(business.owner, booking.id, MoveForm(starts=SOON, tell=True))

    assert same.id == booking.id


async def test_a_retired_service_can_still_be_moved(
    business: Business, shop: Shop, database_url: str
) -> None:
    booking = await by_hand(shop, business, SOON)
    one(database_url, "update services set active = false where org_id = %s returning 1", business.org_id)

    moved = await changes.move(business.owner, booking.id, MoveForm(starts=SOON + timedelta(hours=3)))

    assert moved.service_id == booking.service_id


async def test_who_did_not_come_is_noted_after_the_time_and_can_be_taken_back(
    business: Business, shop: Shop
) -> None:
    ahead = await by_hand(shop, business, SOON)
    past = await by_hand(shop, business, NOW - timedelta(hours=5))

    with pytest.raises(NotYet):
        await changes.no_show(business.owner, ahead.id)
    assert (await changes.no_show(business.owner, past.id)).state == "no_show"
    assert (await changes.came(business.owner, past.id)).state == "booked"
    with pytest.raises(NotFound):
        await changes.came(business.owner, past.id)


async def test_a_no_show_whose_time_was_given_away_stays_one(business: Business, shop: Shop) -> None:
    laura, then = shop.resources["Laura"], NOW - timedelta(hours=5)
    past = await by_hand(shop, business, then, resource_id=laura)
    await changes.no_show(business.owner, past.id)
    await by_hand(shop, business, then, resource_id=laura)

    with pytest.raises(SlotGone):
        await changes.came(business.owner, past.id)

    assert (await calendar.get(business.owner, past.id)).state == "no_show"


async def test_the_agent_takes_no_no_show_back(business: Business, shop: Shop, asker: Asker) -> None:
    past = await by_hand(shop, business, NOW - timedelta(hours=5))
    await changes.no_show(business.owner, past.id)

    with pytest.raises(psycopg.errors.CheckViolation):
        async with as_agent(asker.agent) as connection:
            await connection.execute("update bookings set state = 'booked' where id = %s", (past.id,))


async def test_what_is_over_is_neither_moved_nor_called_off(business: Business, shop: Shop) -> None:
    past = await by_hand(shop, business, NOW - timedelta(hours=5))

    with pytest.raises(Over):
        await changes.cancel(business.owner, past.id)
    with pytest.raises(Over):
        await changes.move(business.owner, past.id, MoveForm(starts=SOON))


async def test_another_business_changes_nothing(asker: Asker, business: Business, database_url: str) -> None:
    booking = await booked(asker)
    intruder = replace(a_business(database_url).owner, org_id=business.org_id)
    stranger: Member = a_business(database_url).owner

    for member in (intruder, stranger):
        with pytest.raises(NotFound):
            await changes.cancel(member, booking.id, CancelForm(tell=True))
        with pytest.raises(NotFound):
            await changes.move(member, booking.id, MoveForm(starts=SOON, tell=True))
        with pytest.raises(NotFound):
            await calendar.get(member, booking.id)
    assert said(database_url, asker.conversation_id) == []


async def test_every_change_is_in_the_audit_log_with_who_did_it(
    asker: Asker, business: Business, database_url: str
) -> None:
    booking = await booked(asker)

    await changes.cancel(business.owner, booking.id, CancelForm(reason="x"))

    verb, actor, keys = one(
        database_url,
        "select action, actor_id, detail->'keys' from audit_log where org_id = %s and entity_id = %s"
        " order by seq desc limit 1",
        business.org_id,
        str(booking.id),
    )
    assert (verb, actor) == ("update", business.owner.user_id)
    assert {"state", "reason"} <= set(keys)


async def test_a_deleted_contact_leaves_no_reason_behind(
    asker: Asker, business: Business, database_url: str
) -> None:
    booking = await booked(asker)
    await changes.cancel(business.owner, booking.id, CancelForm(reason="Ana está enferma"))

    one(database_url, "delete from contacts where id = %s returning 1", asker.contact_id)

    assert one(database_url, "select name, reason from bookings where id = %s", booking.id) == ("", "")


async def test_a_look_narrows_by_words_resource_and_state(business: Business, shop: Shop) -> None:
    first = await by_hand(shop, business, SOON, name="Íñigo 100%", phone="55 1234 5678")
    second = await by_hand(shop, business, SOON, name="Rosa")
    gone = await changes.cancel(business.owner, (await by_hand(shop, business, SOON + timedelta(hours=2))).id)

    async def found(**more: object) -> list[UUID]:
        look = Look(NOW, SOON + timedelta(days=1))
        return [b.id for b in await calendar.look(business.owner, replace(look, **more))]

    assert set(await found()) == {first.id, second.id}
    assert await found(words="100%") == [first.id]
    assert await found(words="%") == [first.id]
    assert await found(words=second.code.lower()) == [second.id]
    assert await found(words="+525512345678") == [first.id]
    assert await found(resource_id=first.resource_id) == [first.id]
    assert await found(which="cancelled") == [gone.id]
    assert len(await found(limit=1)) == 2  # there is more
