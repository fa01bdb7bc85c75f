"""The knowledge editor, driven through its handlers."""

import psycopg
import pytest

from state.knowledge import KnowledgeState
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.errors import NotAllowed, NotFound

ENTRY = {
    "title": "Wifi",
    "body": "Hay wifi gratis.",
    "language": "es",
    "examples": "¿tienen wifi?\n\nclave del wifi",
}


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url, knowledge=())


async def test_somebody_else_s_entry_does_not_open(
    page: OpenPage, business: Business, database_url: str
) -> None:
    theirs = await page(KnowledgeState, a_business(database_url).owner)
    await run(KnowledgeState.load, theirs)
    ours = await page(KnowledgeState, business.owner)

    with pytest.raises(NotFound):
        await run(KnowledgeState.open, ours, str(theirs.rows[0].id))

    assert ours.entry is None


async def test_a_new_entry_is_in_the_list(page: OpenPage, business: Business) -> None:
    editor = await page(KnowledgeState, business.owner)
    await run(KnowledgeState.begin, editor)

    await run(KnowledgeState.save, editor, ENTRY)

    assert [(row.title, row.examples) for row in editor.rows] == [
        ("Wifi", ["¿tienen wifi?", "clave del wifi"])
    ]
    assert not editor.sheet_open


async def test_a_taken_title_is_said_beside_the_form(page: OpenPage, business: Business) -> None:
    editor = await page(KnowledgeState, business.owner)
    await run(KnowledgeState.save, editor, ENTRY)
    await run(KnowledgeState.begin, editor)

    await run(KnowledgeState.save, editor, ENTRY | {"body": "Otro texto"})

    assert editor.problem == "Ya hay una entrada con ese título."
    assert editor.sheet_open
    assert editor.total == 1


async def test_an_empty_answer_is_refused(page: OpenPage, business: Business) -> None:
    editor = await page(KnowledgeState, business.owner)

    await run(KnowledgeState.save, editor, ENTRY | {"body": "  "})

    assert editor.problem
    assert editor.total == 0


async def test_an_unanswered_question_becomes_the_title(page: OpenPage, business: Business) -> None:
    editor = await page(KnowledgeState, business.owner, "/app/knowledge/?new=¿Hay wifi?")

    await run(KnowledgeState.load, editor)

    assert (editor.sheet_open, editor.given_title) == (True, "¿Hay wifi?")


async def test_what_is_archived_can_be_found_and_restored(page: OpenPage, business: Business) -> None:
    editor = await page(KnowledgeState, business.owner)
    await run(KnowledgeState.save, editor, ENTRY)
    entry_id = str(editor.rows[0].id)

    await run(KnowledgeState.archive, editor, entry_id)
    assert editor.rows == []
    await run(KnowledgeState.pick_status, editor, "archived")
    assert len(editor.rows) == 1
    await run(KnowledgeState.restore, editor, entry_id)
    await run(KnowledgeState.pick_status, editor, "active")

    assert len(editor.rows) == 1


async def test_a_plain_member_deletes_nothing(page: OpenPage, business: Business, database_url: str) -> None:
    editor = await page(KnowledgeState, business.owner)
    await run(KnowledgeState.save, editor, ENTRY)
    await run(KnowledgeState.open, editor, str(editor.rows[0].id))
    demote(database_url, business)

    with pytest.raises(NotAllowed):
        await run(KnowledgeState.delete, editor)


async def test_markdown_is_brought_in_heading_by_heading(page: OpenPage, business: Business) -> None:
    editor = await page(KnowledgeState, business.owner)
    text = "# Envíos\nEnviamos a todo México.\n\n# Pagos\nAceptamos tarjetas.\n"

    await run(KnowledgeState.bring_in, editor, {"format": "md", "text": text})

    assert {row.title for row in editor.rows} == {"Envíos", "Pagos"}


async def test_a_sheet_without_usable_rows_is_refused(page: OpenPage, business: Business) -> None:
    editor = await page(KnowledgeState, business.owner)

    await run(KnowledgeState.bring_in, editor, {"format": "csv", "text": "titulo,respuesta\n,\n"})

    assert editor.problem
    assert editor.rows == []


def demote(url: str, business: Business) -> None:
    """Another owner appears and makes the first one a plain member."""
    other = a_business(url).owner
    with psycopg.connect(url) as admin:
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'owner')",
            (business.org_id, other.user_id),
        )
        admin.execute(
            "update memberships set role = 'member' where org_id = %s and user_id = %s",
            (business.org_id, business.owner.user_id),
        )
