"""The file that a customer's own calendar reads."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.booking.calendars import a_shop
from tests.booking.test_bookings import ANA, LIMITS, NOW, an_asker, token_at
from tests.factories import a_business
from vulkn_app.booking import bookings, ics
from vulkn_app.booking.ics import Organization
from vulkn_app.booking.reading import Booking
from vulkn_app.booking.tokens import link_token
from vulkn_app.errors import NotFound
from vulkn_app.settings import settings

SOL = Organization(UUID(int=7), 'Clínica "Sol", Ñuñoa; piso 2', "sol")
BOOKING = Booking(
    id=uuid4(), org_id=SOL.id, code="K7M2QX", state="booked", starts=datetime(2026, 11, 24, 16, tzinfo=UTC),
    ends=datetime(2026, 11, 24, 17, tzinfo=UTC), sequence=0, name="Ana", phone=None, email=None, note="", language="es",
    confirmed=False, changed=datetime(2026, 11, 22, 18, tzinfo=UTC), service_id=uuid4(), resource_id=uuid4(),
    contact_id=None, conversation_id=None, service_es="Corte, lavado; y peinado", service_en="", resource="Laura",
    resource_kind="person",
)  # fmt: skip


def unfolded(file: bytes) -> dict[str, str]:
    lines = file.decode().replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)


def test_a_booking_is_an_event_in_utc() -> None:
    event = unfolded(ics.ics(BOOKING, SOL))

    assert (event["DTSTART"], event["DTEND"]) == ("20261124T160000Z", "20261124T170000Z")
    assert (event["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", "0")
    assert event["SUMMARY"] == 'Corte\\, lavado\\; y peinado · Clínica "Sol"\\, Ñuñoa\\; piso 2'


def test_lines_are_short_and_break_between_characters() -> None:
    long = replace(BOOKING, service_es="ñandú 👩‍🔧 " * 30)
    file = ics.ics(long, SOL)

    assert file.endswith(b"\r\nEND:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert all(line.decode() is not None for line in file.split(b"\r\n"))
    assert "ñandú 👩‍🔧 " * 29 in unfolded(file)["SUMMARY"]


def test_moved_and_cancelled_are_the_same_event_later_on() -> None:
    moved, gone = replace(BOOKING, sequence=1), replace(BOOKING, sequence=1, state="cancelled")
    first, second, third = (unfolded(ics.ics(booking, SOL)) for booking in (BOOKING, moved, gone))

    assert first["UID"] == second["UID"] == third["UID"]
    assert [event["SEQUENCE"] for event in (first, second, third)] == ["0", "1", "2"]
    assert (third["METHOD"], third["STATUS"]) == ("CANCEL", "CANCELLED")


async def test_a_link_gives_the_appointment_as_it_is_now(
    deployment: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "vulkn_public_url", "https://vulkn.test")
    business = a_business(database_url)
    a_shop(database_url, business)
    asker = an_asker(database_url, business)
    old = await bookings.book(asker, await token_at(asker), ANA, LIMITS, NOW)
    link = ics.link(business.org_id, old.code)
    token = link.removeprefix("https://vulkn.test/api/bookings/").removesuffix(".ics")
    before = unfolded(await ics.linked(token))

    new = await bookings.move(asker, old.code, await token_at(asker, 5), LIMITS, NOW)
    after = unfolded(await ics.linked(token))

    assert before["UID"] == after["UID"]
    assert after["DTSTART"] == f"{new.starts:%Y%m%dT%H%M%SZ}" != before["DTSTART"]
    for wrong in (token[:-3], link_token(uuid4(), old.code), link_token(business.org_id, "AAAAAA"), ""):
        with pytest.raises(NotFound):
            await ics.linked(wrong)


async def test_a_link_shows_nothing_about_the_customer(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    a_shop(database_url, business)
    asker = an_asker(database_url, business)
    booking = await bookings.book(asker, await token_at(asker), ANA, LIMITS, NOW)

    file = (await ics.linked(link_token(business.org_id, booking.code))).decode()

    with psycopg.connect(database_url) as admin:
        assert admin.execute("select name from bookings where id = %s", (booking.id,)).fetchone() == (
            "Ana López",
        )
    assert "Ana" not in file
    assert "5512345678" not in file
