"""The suggestions' page and the correction of an answer, driven through their handlers."""

import json

import psycopg

from state.corrections import CorrectionState
from state.knowledge_suggestions import SuggestionsState, WaitingState
from tests.asking import DOGS, ask
from tests.conversing import a_conversation
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.knowledge.suggestions import looking

REPLY = "Claro, los perros con correa son bienvenidos."


async def found(url: str, business: Business, reply: str = "") -> None:
    for text in DOGS:
        ask(url, business, text, reply=reply)
    await looking.look(business.org_id)


async def test_the_page_shows_what_waits_and_the_tab_counts_it(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    await found(database_url, business)
    suggestions = await page(SuggestionsState, business.owner)

    await run(SuggestionsState.load, suggestions)

    assert [row.people for row in suggestions.rows] == [3]
    assert suggestions.next_at is not None
    assert (await suggestions.get_state(WaitingState)).waiting == 1


async def test_another_business_s_suggestions_are_not_shown_nor_decided(
    page: OpenPage, database_url: str
) -> None:
    theirs = a_business(database_url)
    await found(database_url, theirs, REPLY)
    here = await page(SuggestionsState, a_business(database_url).owner)
    there = await page(SuggestionsState, theirs.owner)
    await run(SuggestionsState.load, there)
    await run(SuggestionsState.load, here)

    await run(SuggestionsState.answer, here, str(there.rows[0].id))

    assert (here.rows, here.current, here.answering) == ([], None, False)


async def test_one_click_approves_what_a_person_wrote(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    await found(database_url, business, REPLY)
    suggestions = await page(SuggestionsState, business.owner)
    await run(SuggestionsState.load, suggestions)

    await run(SuggestionsState.approve, suggestions, str(suggestions.rows[0].id))

    assert suggestions.rows == []
    with psycopg.connect(database_url) as admin:
        made = admin.execute("select count(*) from knowledge_entries where body = %s", (REPLY,)).fetchone()
    assert made == (1,)


async def test_an_empty_answer_is_told_in_the_sheet_and_a_written_one_is_saved(
    page: OpenPage, database_url: str
) -> None:
    business = a_business(database_url)
    await found(database_url, business)
    suggestions = await page(SuggestionsState, business.owner)
    await run(SuggestionsState.load, suggestions)
    await run(SuggestionsState.answer, suggestions, str(suggestions.rows[0].id))

    await run(SuggestionsState.save, suggestions, {"title": "Perros", "body": " ", "language": "es"})
    assert suggestions.problem
    assert suggestions.answering
    await run(SuggestionsState.save, suggestions, {"title": "Perros", "body": "Sí", "language": "es"})

    assert (suggestions.problem, suggestions.answering, suggestions.rows) == ("", False, [])


async def test_a_suggestion_is_discarded_with_its_reason(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    await found(database_url, business)
    suggestions = await page(SuggestionsState, business.owner)
    await run(SuggestionsState.load, suggestions)
    await run(SuggestionsState.refuse, suggestions, str(suggestions.rows[0].id))

    await run(SuggestionsState.reject, suggestions, {"usual": "not_for_us", "reason": ""})

    assert (suggestions.rejecting, suggestions.rows) == (False, [])
    with psycopg.connect(database_url) as admin:
        kept = admin.execute(
            "select state, reason from knowledge_suggestions where org_id = %s", (business.org_id,)
        ).fetchone()
    assert kept == ("rejected", "not_for_us")


async def test_the_button_looks_and_tells(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    for text in DOGS:
        ask(database_url, business, text)
    suggestions = await page(SuggestionsState, business.owner)

    events = await run(SuggestionsState.look_now, suggestions)

    assert (len(suggestions.rows), suggestions.looking, len(events)) == (1, False, 1)


async def test_from_a_wrong_answer_to_a_right_entry(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    conversation = a_conversation(database_url, business, "¿cuánto cuesta la limpieza?", "Cuesta $650.")
    with psycopg.connect(database_url, autocommit=True) as admin:
        price = admin.execute(
            "select id, title, body from knowledge_entries where org_id = %s and title like 'Precio%%'",
            (business.org_id,),
        ).fetchone()
        assert price
        sources = json.dumps([{"entry_id": str(price[0]), "title": price[1]}])
        answer = admin.execute(
            "update messages set sources = %s where conversation_id = %s and sender = 'agent' returning id",
            (sources, conversation),
        ).fetchone()
        assert answer
    sheet = await page(CorrectionState, business.owner)

    await run(CorrectionState.begin, sheet, str(answer[0]))
    assert (sheet.is_open, sheet.given_title, sheet.given_body) == (True, price[1], price[2])
    await run(CorrectionState.choose, sheet, "")
    assert (sheet.entry_id, sheet.given_title, sheet.given_body) == ("", "¿cuánto cuesta la limpieza?", "")
    await run(CorrectionState.choose, sheet, str(price[0]))
    await run(CorrectionState.save, sheet, {"title": price[1], "body": "Cuesta $700.", "language": "es"})

    assert (sheet.is_open, sheet.problem) == (False, "")
    with psycopg.connect(database_url) as admin:
        now = admin.execute("select body from knowledge_entries where id = %s", (price[0],)).fetchone()
    assert now == ("Cuesta $700.",)
