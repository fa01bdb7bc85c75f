"""What an import would do, and that doing it twice changes nothing."""

import json
from collections.abc import Mapping

import psycopg
import pytest

from tests.factories import a_business
from vulkn_app.db import Member
from vulkn_app.errors import NotAllowed
from vulkn_app.knowledge import exports, imports
from vulkn_app.knowledge.drafts import Draft
from vulkn_app.knowledge.formats import File, read
from vulkn_app.knowledge.imports import State

pytestmark = pytest.mark.usefixtures("deployment")


def lines(*rows: Mapping[str, object]) -> File:
    return File("k.jsonl", "\n".join(json.dumps(row) for row in rows).encode())


def compare(files: list[File], stored: Mapping[imports.Key, imports.Stored]) -> imports.Plan:
    return imports.compare([(file.name, read(file)) for file in files], stored)


def states(planned: imports.Plan) -> list[State]:
    return [row.state for row in planned.rows]


AWKWARD = lines(
    {"title": "=cmd|' /C calc'!A0", "text": "+1 555\n-- lista\n@todos", "examples": ["a | b"]},
    {"title": "'=ya escapado", "text": "'-x", "language": "es"},
    {"title": "Código", "text": "# no es título\n\\# tampoco\n```\n## ni esto\n```\n<!-- vulkn {} -->"},
    {"title": "Flechas -->", "text": "a --> b", "examples": ["x --> y", "uno, dos; tres", 'con "comillas"']},
    {"title": "Ñandú 🦤 مرحبا", "text": "e\u0301 combinado\ttab\r\nlínea", "source": "manual -->"},
    {"title": "Archivada", "text": "ya no", "status": "archived"},
    {"title": "Hours", "text": "We open at 9 and close at 5 on Mondays.", "language": "en"},
    {
        "title": "Promo de diciembre",
        "text": "2x1 en limpiezas",
        "language": "es",
        "exact": True,
        "kind": "note",
        "valid_from": "2026-12-01",
        "valid_until": "2026-12-31",
        "review_by": "2026-12-15",
        "twin": "December deal",
    },
    {"title": "December deal", "text": "2 for 1", "language": "en", "twin": "Promo de diciembre"},
    {"title": "Largo", "text": "x" * 20_000, "examples": [f"ejemplo {n}" for n in range(40)]},
)


async def test_the_same_file_again_changes_nothing(database_url: str) -> None:
    org_id = a_business(database_url, knowledge=()).org_id

    first = await imports.apply_as_operator(org_id, await imports.plan_as_operator(org_id, [AWKWARD]))
    again = await imports.plan_as_operator(org_id, [AWKWARD])

    assert (first, await imports.apply_as_operator(org_id, again)) == (10, 0)
    assert set(states(again)) == {State.DUPLICATE}


@pytest.mark.parametrize("name", ["k.csv", "k.jsonl", "k.md"])
async def test_an_export_imported_elsewhere_exports_the_same_bytes(database_url: str, name: str) -> None:
    here, there = (a_business(database_url, knowledge=()).org_id for _ in range(2))
    await imports.apply_as_operator(here, await imports.plan_as_operator(here, [AWKWARD]))

    exported = await exports.export_as_operator(here, name)
    planned = await imports.plan_as_operator(there, [File(name, exported)])
    await imports.apply_as_operator(there, planned)

    assert states(planned) == [State.OK] * 10
    assert await exports.export_as_operator(there, name) == exported


async def test_a_changed_text_replaces_and_keeps_the_examples(database_url: str) -> None:
    org_id = a_business(database_url, knowledge=()).org_id
    old = lines({"title": "Precio", "text": "100", "examples": ["cuánto es"], "language": "es"})
    await imports.apply_as_operator(org_id, await imports.plan_as_operator(org_id, [old]))

    planned = await imports.plan_as_operator(org_id, [File("k.csv", b"title,text,language\nPrecio,120,es\n")])
    await imports.apply_as_operator(org_id, planned)

    assert states(planned) == [State.REPLACE]
    with psycopg.connect(database_url) as admin:
        row = admin.execute(
            "select body, examples from knowledge_entries where org_id = %s", [org_id]
        ).fetchone()
    assert row == ("120", ["cuánto es"])


async def test_ten_thousand_texts_of_one_title_are_told_apart_at_once() -> None:
    drafts = [Draft(n, title="Aviso", body=f"Texto {n % 9_999}", language="es") for n in range(10_000)]

    planned = imports.compare([("k.csv", drafts)], {})

    assert [row.title for row in planned.rows[:2]] == ["Aviso", "Aviso (2)"]
    assert (planned.rows[-2].title, planned.rows[-1].title) == ("Aviso (9999)", "Aviso")
    assert planned.rows[-1].state is State.DUPLICATE


async def test_what_a_file_does_not_say_stays_as_it_is(database_url: str) -> None:
    org_id = a_business(database_url, knowledge=()).org_id
    await imports.apply_as_operator(org_id, await imports.plan_as_operator(org_id, [AWKWARD]))
    shorter = lines({"title": "Promo de diciembre", "text": "3x1 en limpiezas", "language": "es"})

    await imports.apply_as_operator(org_id, await imports.plan_as_operator(org_id, [shorter]))

    with psycopg.connect(database_url) as admin:
        row = admin.execute(
            "select e.body, e.exact, e.kind, e.valid_until::text, o.title from knowledge_entries e"
            " join knowledge_entries o on o.twin_id = e.twin_id and o.id <> e.id"
            " where e.org_id = %s and e.title = 'Promo de diciembre'",
            [org_id],
        ).fetchone()
    assert row == ("3x1 en limpiezas", True, "note", "2026-12-31", "December deal")


async def test_a_span_that_ends_before_it_begins_is_an_error() -> None:
    row = {"title": "A", "text": "a", "valid_from": "2026-12-31", "valid_until": "2026-12-01"}

    assert [one.problem for one in compare([lines(row)], {}).rows] == ["bad_dates"]


async def test_every_row_says_what_becomes_of_it() -> None:
    planned = compare(
        [
            lines(
                {"title": "A", "text": "a", "language": "es"},
                {"title": "A", "text": "a", "language": "es"},
                {"title": "x" * 201, "text": "a"},
                {"title": "B", "text": "b" * 20_001},
                {"title": "C", "text": "c", "language": "fr"},
                {"title": "D", "text": "d", "status": "vivo"},
                {"title": "E", "text": "e", "examples": ["x"] + [str(n) for n in range(40)]},
                {"title": "F", "text": "\ud800"},
                {"title": "G", "text": "\x00\x01"},
            )
        ],
        {},
    )

    assert [row.problem or row.state for row in planned.rows] == [
        State.OK,
        State.DUPLICATE,
        "title_too_long",
        "text_too_long",
        "bad_language",
        "bad_status",
        "too_many_examples",
        "not_text",
        "no_text",
    ]


async def test_paragraphs_that_share_a_title_are_all_kept() -> None:
    article = lines(*({"title": "Warsaw", "text": f"Paragraph {number} of it."} for number in range(3)))

    planned = compare([article], {})

    assert [row.title for row in planned.rows] == ["Warsaw", "Warsaw (2)", "Warsaw (3)"]


async def test_the_language_is_guessed_when_the_file_does_not_say() -> None:
    planned = compare(
        [
            lines(
                {"title": "Horario", "text": "Abrimos de lunes a viernes."},
                {"title": "Hours", "text": "We are open from Monday to Friday."},
            )
        ],
        {},
    )

    assert [row.language for row in planned.rows] == ["es", "en"]


async def test_a_member_imports_into_their_own_business_only(database_url: str) -> None:
    business, other = a_business(database_url, knowledge=()), a_business(database_url, knowledge=())
    intruder = Member(other.owner.user_id, business.org_id, "owner")
    file = lines({"title": "A", "text": "a"})

    with pytest.raises(NotAllowed):
        await imports.apply(intruder, await imports.plan(intruder, [file]))
    written = await imports.apply(business.owner, await imports.plan(business.owner, [file]))

    assert written == 1
    assert await exports.export(business.owner, "k.jsonl") != b""
    assert await exports.export(intruder, "k.jsonl") == b""


async def test_thousands_of_rows_go_in_and_move_the_brain(database_url: str) -> None:
    org_id = a_business(database_url, knowledge=(), plan="business").org_id
    file = lines(
        *({"title": f"Producto {number}", "text": f"Cuesta {number} pesos."} for number in range(1000))
    )

    written = await imports.apply_as_operator(org_id, await imports.plan_as_operator(org_id, [file]))

    with psycopg.connect(database_url) as admin:
        kept = admin.execute("select count(*) from knowledge_entries where org_id = %s", [org_id]).fetchone()
        version = admin.execute(
            "select version from app.brain_versions where org_id = %s", [org_id]
        ).fetchone()
    assert (written, kept) == (1000, (1000,))
    assert version
    assert version[0] > 1
