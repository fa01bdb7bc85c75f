"""`vulkn kb`, as CONTRACT.md words it."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.commands.conftest import Vulkn
from tests.factories import Business, a_business

CSV = "title,text\nWifi,Hay wifi gratis en la sala.\nMascotas,Aceptamos perros pequeños.\n"


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "k.csv"
    file.write_text(CSV)
    return file


async def test_a_dry_run_changes_nothing(
    vulkn: Vulkn, business: Business, csv: Path, database_url: str
) -> None:
    told = await vulkn("kb", "import", "--org", business.slug, csv, "--dry-run")

    assert told.exit_code == 0
    assert "2 ok" in told.stdout
    with psycopg.connect(database_url) as admin:
        counted = "select count(*) from knowledge_entries where org_id = %s"
        assert admin.execute(counted, [business.org_id]).fetchone() == (4,)


async def test_what_was_imported_is_found_and_a_second_import_changes_nothing(
    vulkn: Vulkn, business: Business, csv: Path
) -> None:
    first = await vulkn("kb", "import", "--org", business.slug, csv, "--json")
    again = await vulkn("kb", "import", "--org", business.slug, csv, "--json")
    found = await vulkn(
        "kb", "search", "--org", business.slug, "--limit", 1, "--json", "puedo llevar a mi perro"
    )

    assert [json.loads(told.stdout)["changes"] for told in (first, again)] == [2, 0]
    (hit,) = json.loads(found.stdout)
    assert hit["title"] == "Mascotas"
    assert set(hit) == {"entry_id", "title", "text", "score", "language", "source"}


async def test_a_file_of_questions_gives_one_line_each(
    vulkn: Vulkn, business: Business, tmp_path: Path
) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"id": "a", "question": "a que hora abren"}\n\n{"id": 2, "question": "zzz"}\n')

    told = await vulkn("kb", "search", "--org", business.slug, "--questions", questions)

    first, second = (json.loads(line) for line in told.stdout.splitlines())
    assert (first["id"], first["hits"][0]["title"]) == ("a", "Horario")
    assert second == {"id": 2, "hits": []}


@pytest.mark.parametrize("ending", ["csv", "jsonl", "md"])
async def test_an_export_goes_into_an_empty_organization_and_comes_out_the_same(
    vulkn: Vulkn, business: Business, database_url: str, tmp_path: Path, ending: str
) -> None:
    other = a_business(database_url, knowledge=())
    here, there = tmp_path / f"here.{ending}", tmp_path / f"there.{ending}"

    codes = [
        (await vulkn("kb", "export", "--org", business.slug, here)).exit_code,
        (await vulkn("kb", "import", "--org", other.slug, here)).exit_code,
        (await vulkn("kb", "export", "--org", other.slug, there)).exit_code,
    ]

    assert codes == [0, 0, 0]
    assert here.read_bytes() == there.read_bytes()


async def test_a_bad_row_is_told_and_the_rest_goes_in(
    vulkn: Vulkn, business: Business, tmp_path: Path
) -> None:
    file = tmp_path / "k.jsonl"
    file.write_text('{"title": "A", "text": "a"}\nnonsense\n')

    told = await vulkn("kb", "import", "--org", business.slug, file)

    assert told.exit_code == 0
    assert "1 entries changed" in told.stdout
    assert "k.jsonl:2" in told.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["search", "--org", "nobody", "hola"], 1),
        (["search", "--org", "nobody"], 2),
        (["export", "--org", "nobody", "k.pdf"], 2),
        (["import", "--org", "nobody", "/does/not/exist.csv"], 2),
    ],
)
async def test_failures_have_their_exit_code_and_one_sentence(
    vulkn: Vulkn, words: list[str], code: int
) -> None:
    told = await vulkn("kb", *words)

    assert told.exit_code == code
    assert told.stderr
    assert "Traceback" not in told.stderr
    if code == 1:
        assert told.stderr == "There is no organization 'nobody'.\n"


async def test_a_file_that_is_no_text_fails(vulkn: Vulkn, business: Business, tmp_path: Path) -> None:
    file = tmp_path / "menu.pdf"
    file.write_bytes(b"%PDF-1.7")

    told = await vulkn("kb", "import", "--org", business.slug, file)

    assert told.exit_code == 1
    assert "menu.pdf could not be read." in told.stderr
