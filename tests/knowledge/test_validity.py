"""On which days an entry holds, and what must have a last one."""

from datetime import UTC, date, datetime

import psycopg
import pytest

from tests.factories import a_business
from vulkn_app.db import AgentKey, as_agent
from vulkn_app.knowledge.search import read_entries
from vulkn_app.knowledge.validity import next_turn, sounds_like_offer, today

# In Mexico City, six hours behind, it is still the 22nd.
LATE = datetime(2026, 11, 23, 5, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Mexico_City", date(2026, 11, 22)),
        ("Europe/Madrid", date(2026, 11, 23)),
        ("nowhere/at_all", date(2026, 11, 23)),
    ],
)
def test_the_day_is_the_business_s_own(zone: str, day: date) -> None:
    assert today(zone, LATE) == day


@pytest.mark.parametrize(
    ("begins", "ends", "before", "after"),
    [
        (None, None, True, True),
        (None, "2026-11-22", True, False),
        (None, "2026-11-21", False, False),
        ("2026-11-23", None, False, True),
        ("2026-11-22", "2026-11-22", True, False),
        ("2026-11-23", "2026-11-23", False, True),
    ],
)
async def test_an_entry_holds_from_its_first_day_to_the_end_of_its_last(
    deployment: None, database_url: str, begins: str | None, ends: str | None, before: bool, after: bool
) -> None:
    org_id = an_entry(database_url, begins, ends)

    async with as_agent(AgentKey(org_id)) as connection:
        seen = [bool(await read_entries(connection, org_id, now)) for now in (LATE, MIDNIGHT)]

    assert seen == [before, after]


@pytest.mark.parametrize(
    ("begins", "ends", "turn"),
    [
        (None, None, None),
        (None, "2026-11-22", MIDNIGHT),
        ("2026-11-23", "2027-01-01", MIDNIGHT),
        (None, "2026-11-21", None),
        ("2026-11-20", "2026-11-30", datetime(2026, 12, 1, 6, tzinfo=UTC)),
    ],
)
async def test_the_next_turn_is_the_midnight_at_which_something_begins_or_ends(
    deployment: None, database_url: str, begins: str | None, ends: str | None, turn: datetime | None
) -> None:
    org_id = an_entry(database_url, begins, ends)

    async with as_agent(AgentKey(org_id)) as connection:
        assert await next_turn(connection, org_id, LATE) == turn


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("2x1 en cortes los martes", True),
        ("Promoción de aniversario", True),
        ("20 % off en tintes", True),
        ("Special offer on whitening", True),
        ("Solo este mes: limpieza en $500", True),
        ("Aceptamos tarjetas", False),
        ("Abrimos de 9 a 14", False),
        ("Promedio de espera: 10 minutos", False),
        ("We offer braces", False),
    ],
)
def test_an_offer_is_known_by_its_words(text: str, ends: bool) -> None:
    assert sounds_like_offer("Nota", text) is ends


def an_entry(url: str, begins: str | None, ends: str | None):
    org_id = a_business(url, knowledge=()).org_id
    with psycopg.connect(url) as admin:
        admin.execute("update organizations set timezone = 'America/Mexico_City' where id = %s", (org_id,))
        admin.execute(
            "insert into knowledge_entries (org_id, title, body, valid_from, valid_until)"
            " values (%s, 'Promo', 'x', %s, %s)",
            (org_id, begins, ends),
        )
    return org_id
