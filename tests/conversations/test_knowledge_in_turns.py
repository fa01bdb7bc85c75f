"""What people do to the knowledge is what the very next turn says, and so is what midnight does to it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import psycopg
import pytest

from tests.factories import Business, Visitor, a_business
from vulkn_app.conversations import brains
from vulkn_app.conversations.brains import Brain
from vulkn_app.db import AgentKey, Member
from vulkn_app.knowledge import changes, pairs, validity, versions
from vulkn_app.knowledge.pairs import PairForm

QUESTION = "¿Cuánto cuesta la limpieza dental?"
TITLE = "Precio de la limpieza dental"


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def owner(business: Business, signed_in) -> Member:
    return signed_in(business.owner)


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business) -> Visitor:
    someone = Visitor(http, business.slug)
    await someone.open()
    assert "$650" in (await someone.ask(QUESTION)).text  # the brain is kept from here on
    return someone


@pytest.fixture
def entry(database_url: str, business: Business) -> UUID:
    with psycopg.connect(database_url) as admin:
        row = admin.execute(
            "select id from knowledge_entries where org_id = %s and title = %s", (business.org_id, TITLE)
        ).fetchone()
    assert row
    return row[0]


def sheet(body: str, **more: str) -> PairForm:
    return PairForm.read({"title_es": TITLE, "body_es": body} | more)


async def test_an_edit_and_its_undoing(visitor: Visitor, owner: Member, entry: UUID) -> None:
    await pairs.save(owner, sheet("La limpieza dental cuesta $700 pesos."), entry)
    assert "$700" in (await visitor.ask(QUESTION)).text

    [version] = await versions.history(owner, entry)
    await versions.go_back(owner, version.id)

    assert "$650" in (await visitor.ask(QUESTION)).text


async def test_archiving_and_enabling(visitor: Visitor, owner: Member, entry: UUID) -> None:
    done = await changes.set_status(owner, [entry], "archived")
    assert "$650" not in (await visitor.ask(QUESTION)).text
    assert done.id

    await changes.undo(owner, done.id)

    assert "$650" in (await visitor.ask(QUESTION)).text


async def test_deleting_and_bringing_back(visitor: Visitor, owner: Member, entry: UUID) -> None:
    await changes.delete(owner, [entry])
    assert "$650" not in (await visitor.ask(QUESTION)).text

    [gone] = (await versions.deleted(owner)).rows
    await versions.bring_back(owner, gone.id)

    assert "$650" in (await visitor.ask(QUESTION)).text


async def test_an_exact_answer_ends_with_its_day(visitor: Visitor, owner: Member, entry: UUID) -> None:
    here = validity.today("America/Mexico_City")
    text = "La limpieza dental cuesta $650 pesos."
    await pairs.save(owner, sheet(text, exact="on", valid_until=str(here)), entry)
    assert text in (await visitor.ask(TITLE)).text

    await pairs.save(owner, sheet(text, exact="on", valid_until=str(here - timedelta(days=1))), entry)

    assert "$650" not in (await visitor.ask(TITLE)).text


async def test_midnight_alone_ends_an_entry_and_begins_another(
    deployment: None, business: Business, database_url: str, entry: UUID
) -> None:
    """Nothing in the database moves: only the clock of the business does."""
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "update organizations set timezone = 'America/Bogota' where id = %s", (business.org_id,)
        )
        admin.execute("update knowledge_entries set valid_until = '2026-11-22' where id = %s", (entry,))
        admin.execute(
            "insert into knowledge_entries (org_id, title, body, valid_from)"
            " values (%s, 'Precio nuevo', '$700', '2026-11-23')",
            (business.org_id,),
        )
        row = admin.execute(
            "select version from app.brain_versions where org_id = %s", (business.org_id,)
        ).fetchone()
    assert row
    evening = datetime(2026, 11, 23, 4, 59, 59, tzinfo=UTC)

    before = await knows(business, row[0], evening)
    later = await knows(business, row[0], evening + timedelta(seconds=1))

    assert (TITLE in before, "Precio nuevo" in before) == (True, False)
    assert (TITLE in later, "Precio nuevo" in later) == (False, True)


async def test_a_brain_without_dates_is_kept_for_good(
    deployment: None, business: Business, database_url: str
) -> None:
    with psycopg.connect(database_url) as admin:
        row = admin.execute(
            "select version from app.brain_versions where org_id = %s", (business.org_id,)
        ).fetchone()
    assert row
    now = datetime(2026, 11, 23, tzinfo=UTC)

    first = await brain(business, row[0], now)

    assert await brain(business, row[0], now + timedelta(days=400)) is first


async def brain(business: Business, version: int, now: datetime) -> Brain:
    return await brains.brain(
        AgentKey(business.org_id), version, word=lambda _: (), whole_limit=10_000, now=now
    )


async def knows(business: Business, version: int, now: datetime) -> set[str]:
    return {entry.title for entry in (await brain(business, version, now)).knowledge.entries}
