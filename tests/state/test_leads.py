"""The lead table, driven through its handlers."""

import json

import psycopg
import pytest

from models.leads import LeadStage
from state.leads import LeadsState
from tests.conversing import a_conversation
from tests.factories import a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.errors import NotFound


async def test_somebody_else_s_lead_does_not_open(page: OpenPage, database_url: str) -> None:
    business, other = a_business(database_url), a_business(database_url)
    a_conversation(database_url, other, "Hola", name="Ana")
    theirs = await page(LeadsState, other.owner)
    await run(LeadsState.load, theirs)
    ours = await page(LeadsState, business.owner)

    with pytest.raises(NotFound):
        await run(LeadsState.open, ours, str(theirs.rows[0].id))

    assert ours.lead is None


async def test_moving_a_lead_shows_its_new_stage(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    a_conversation(database_url, business, "Hola", name="Ana", score=80)
    table = await page(LeadsState, business.owner)
    await run(LeadsState.load, table)

    events = await run(LeadsState.move, table, str(table.rows[0].id), "won")

    assert [(row.name, row.stage, row.hot) for row in table.rows] == [("Ana", LeadStage.WON, True)]
    assert len(events) == 1


async def test_a_search_begins_on_the_first_page(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    for number in range(30):
        a_conversation(database_url, business, "Hola", name=f"Ana {number}")
    table = await page(LeadsState, business.owner)
    await run(LeadsState.load, table)
    await run(LeadsState.turn, table, 1)
    assert (table.page, table.first, table.last, len(table.rows)) == (2, 26, 30, 5)

    await run(LeadsState.find, table, "ana 7")

    assert (table.page, table.total) == (1, 3)  # 7, 17 and 27


async def test_there_is_nothing_after_the_last_page(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    a_conversation(database_url, business, "Hola", name="Ana")
    table = await page(LeadsState, business.owner)
    await run(LeadsState.load, table)

    await run(LeadsState.turn, table, 1)

    assert (table.page, len(table.rows)) == (1, 1)


async def test_notes_are_kept(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    a_conversation(database_url, business, "Hola", name="Ana")
    table = await page(LeadsState, business.owner)
    await run(LeadsState.load, table)
    await run(LeadsState.open, table, str(table.rows[0].id))

    await run(LeadsState.save_notes, table, {"notes": " Llamar el lunes "})

    await run(LeadsState.load, table)
    assert (table.problem, table.rows[0].notes) == ("", "Llamar el lunes")


async def test_the_address_opens_a_lead(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    a_conversation(database_url, business, "Hola", name="Ana")
    first = await page(LeadsState, business.owner)
    await run(LeadsState.load, first)

    table = await page(LeadsState, business.owner, f"/app/leads/?lead={first.rows[0].id}")
    await run(LeadsState.load, table)

    assert table.card_open
    assert table.lead is not None


async def test_the_card_shows_the_forms_that_this_lead_filled_in(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    for name, answer in (("Ana", "Una boda"), ("Luis", "")):
        conversation = a_conversation(database_url, business, "Hola", name=name)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "insert into intake_answers (org_id, contact_id, conversation_id, filling, form, answers)"
                " select org_id, contact_id, id, gen_random_uuid(), 'Cotización', %s from conversations where id = %s",
                (
                    json.dumps([{"key": "event", "question": "¿Qué celebras?", "answer": answer}]),
                    conversation,
                ),
            )
    a_conversation(database_url, business, "Hola", name="Eva")
    table = await page(LeadsState, business.owner)
    await run(LeadsState.load, table)
    shown = {}
    for row in table.rows:
        await run(LeadsState.open, table, str(row.id))
        shown[row.name] = [(form.form, form.answers[0].answer) for form in table.forms]

    assert shown == {"Ana": [("Cotización", "Una boda")], "Luis": [("Cotización", "")], "Eva": []}


async def test_where_a_lead_came_from_is_shown_and_found(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    for name in ("Ana", "Beto"):
        a_conversation(database_url, business, "Hola", name=name)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update leads l set source = 'ad', source_detail = %s from contacts k"
            " where k.id = l.contact_id and k.name = 'Beto' and l.org_id = %s",
            (json.dumps({"headline": "Limpieza 2x1", "source_url": "https://fb.me/1"}), business.org_id),
        )
    table = await page(LeadsState, business.owner)
    await run(LeadsState.load, table)
    assert {(row.name, row.source.value) for row in table.rows} == {("Ana", "web"), ("Beto", "ad")}

    await run(LeadsState.pick_source, table, "ad")

    assert [(row.name, row.ad, row.ad_url) for row in table.rows] == [
        ("Beto", "Limpieza 2x1", "https://fb.me/1")
    ]
