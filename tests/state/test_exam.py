"""The exam's panel as its state has it, and the editor that opens with the question in it."""

from urllib.parse import quote

import psycopg
import pytest

from state.exam import ExamState
from state.inbox_draft import DraftState
from state.knowledge_sheet import KnowledgeSheetState
from state.shadow import ShadowState
from tests.conversing import a_conversation
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.onboarding import sitting


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


async def test_nothing_known_is_told_before_anybody_asks(page: OpenPage, database_url: str) -> None:
    panel = await page(ExamState, a_business(database_url, knowledge=()).owner)

    await run(ExamState.load, panel)
    assert panel.state == "unknown"
    await run(ExamState.begin, panel)

    assert panel.problem.startswith("Tu agente todavía no sabe nada")


async def test_what_failed_comes_first_with_its_way_out(
    page: OpenPage, business: Business, no_model: None, database_url: str
) -> None:
    panel = await page(ExamState, business.owner)
    await run(ExamState.load, panel)
    assert panel.state == ""

    await run(ExamState.begin, panel)
    assert (panel.state, panel.answered) == ("waiting", 0)
    await sitting.do_waiting()
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "update exam_questions set passed = false, reasons = '{declined}' where org_id = %s and rule = 'answer'"
            " and number = (select max(number) from exam_questions where org_id = %s and rule = 'answer')",
            (business.org_id, business.org_id),
        )
        admin.execute("update exams set score = 40 where org_id = %s", (business.org_id,))
    await run(ExamState.load, panel)

    first = panel.rows[0]
    assert (panel.state, panel.good, panel.may, first.verdict) == ("done", False, False, "failed")
    assert first.fix.startswith("/app/knowledge/?")
    assert first.fix.endswith(quote(first.question, safe=""))
    await run(ExamState.override, panel, {"reason": "corto"})
    assert panel.problem.startswith("Cuenta en una frase")
    await run(ExamState.override, panel, {"reason": "Lo reviso en persona toda la semana."})
    assert (panel.problem, panel.may, panel.why) == ("", True, "Lo reviso en persona toda la semana.")


async def test_the_editor_opens_with_one_more_way_to_ask(
    page: OpenPage, business: Business, database_url: str
) -> None:
    with psycopg.connect(database_url) as admin:
        row = admin.execute(
            "select id from knowledge_entries where org_id = %s and title = 'Horario'", (business.org_id,)
        ).fetchone()
    assert row
    sheet = await page(
        KnowledgeSheetState, business.owner, f"/app/knowledge/?entry={row[0]}&ask=¿están abiertos ahorita?"
    )

    await run(KnowledgeSheetState.load, sheet)

    assert (sheet.is_open, sheet.tab, sheet.es.examples) == (True, "es", "¿están abiertos ahorita?")
    assert sheet.es.title == "Horario"
    sheet._also_asked("What time do you close on Sundays?")
    assert (sheet.tab, sheet.en.title, sheet.en.body) == ("en", "What time do you close on Sundays?", "")


async def test_a_draft_is_shown_sent_and_gone(page: OpenPage, business: Business, database_url: str) -> None:
    conversation = a_conversation(database_url, business, "¿Precio?", outcome="answered")
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "insert into shadow_drafts (org_id, conversation_id, turn_id, body, language, after_seq)"
            " select org_id, conversation_id, id, 'Cuesta $650.', 'es', 99 from turns where conversation_id = %s",
            (conversation,),
        )
    talk = await page(DraftState, business.owner)
    await talk._look_at(str(conversation))
    assert talk.draft
    assert talk.draft.body == "Cuesta $650."

    shown = str(talk.draft.id)

    await run(DraftState.send_edited, talk, {"draft": shown, "words": "  "})
    assert talk.problem.startswith("Revisa los datos")
    await run(DraftState.send_edited, talk, {"draft": shown, "words": "Cuesta $650, ¿te agendo?"})

    assert (talk.draft, talk.problem) == (None, "")


async def test_what_nobody_has_read_is_not_sent_by_a_tap_on_the_draft_before(
    page: OpenPage, business: Business, database_url: str
) -> None:
    """The customer wrote again and another draft came between the finger and the server."""
    conversation = a_conversation(database_url, business, "¿Precio?", outcome="answered")
    with psycopg.connect(database_url, autocommit=True) as admin:
        drafted = (
            "insert into shadow_drafts (org_id, conversation_id, turn_id, body, language, after_seq)"
            " select org_id, conversation_id, id, %s, 'es', 99 from turns where conversation_id = %s limit 1"
        )
        admin.execute(drafted, ("Cuesta $650.", conversation))
        talk = await page(DraftState, business.owner)
        await talk._look_at(str(conversation))
        shown = str(talk.draft.id)
        admin.execute("delete from shadow_drafts where id = %s", (shown,))
        admin.execute(drafted, ("No abrimos el lunes.", conversation))
        await talk._look_at(str(conversation))

        await run(DraftState.send, talk, shown)
        first = talk.problem
        await run(DraftState.send_edited, talk, {"draft": shown, "words": "Cuesta $600."})
        await run(DraftState.discard, talk, shown)
        left = admin.execute(
            "select state, body from shadow_drafts where conversation_id = %s", (conversation,)
        ).fetchall()

    assert first
    assert left == [("waiting", "No abrimos el lunes.")]


async def test_the_switch_says_until_when(page: OpenPage, business: Business) -> None:
    panel = await page(ShadowState, business.owner)
    await run(ShadowState.load, panel)
    assert (panel.on, panel.percent) == (False, -1)

    await run(ShadowState.pick_hours, panel, "24")
    await run(ShadowState.begin, panel)

    assert panel.on
    assert panel.until
    await run(ShadowState.end, panel)
    assert not panel.on
