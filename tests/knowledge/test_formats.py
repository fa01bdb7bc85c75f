"""Files as owners have them, good and bad."""

import pytest

from vulkn_app.knowledge.formats import Draft, File, read


def drafts(name: str, content: str | bytes) -> list[Draft]:
    return read(File(name, content if isinstance(content, bytes) else content.encode()))


def pairs(name: str, content: str | bytes) -> list[tuple[str, str]]:
    return [(draft.title, draft.body) for draft in drafts(name, content)]


@pytest.mark.parametrize(
    "text",
    [
        "title,text\nHorario,De 9 a 5\n",
        "Título;Respuesta\nHorario;De 9 a 5\n",
        "pregunta\tanswer\nHorario\tDe 9 a 5",
        "Horario,De 9 a 5\n",
        '"title","body"\r\n"Horario","De 9 a 5"\r\n',
        "id|question|respuesta\n7|Horario|De 9 a 5",
    ],
)
def test_a_table_is_read_whatever_its_headings_and_marks(text: str) -> None:
    assert pairs("k.csv", text) == [("Horario", "De 9 a 5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_of_a_spreadsheet_is_read(encoding: str) -> None:
    assert pairs("k.csv", "título,texto\nPeñalolén,Jamón y años\n".encode(encoding)) == [
        ("Peñalolén", "Jamón y años")
    ]


def test_a_cell_may_hold_lines_and_quotes() -> None:
    assert pairs("k.csv", 'title,text\nMenú,"Tacos\n""al pastor"" $20"\n') == [
        ("Menú", 'Tacos\n"al pastor" $20')
    ]


def test_our_own_apostrophe_before_a_formula_goes_and_a_persons_stays() -> None:
    assert pairs("k.csv", "title,text\n'=1+1,'-5 pesos\n'hola,'tal\n") == [
        ("=1+1", "-5 pesos"),
        ("'hola", "'tal"),
    ]


def test_a_question_beside_a_title_becomes_an_example() -> None:
    (draft,) = drafts(
        "k.csv", "title,question,text,examples\nHorario,¿Cuándo abren?,De 9 a 5,abren hoy|a qué hora\n"
    )

    assert draft.examples == ["¿Cuándo abren?", "abren hoy", "a qué hora"]


def test_one_bad_line_does_not_stop_the_others() -> None:
    found = drafts(
        "k.jsonl", '{"title": "A", "text": "a"}\nnot json\n[1]\n{"title": "B"}\n{"title": "C", "text": "c"}\n'
    )

    assert [(draft.line, draft.title, draft.problem) for draft in found] == [
        (1, "A", None),
        (2, "", "not_json"),
        (3, "", "not_json"),
        (4, "B", "no_text"),
        (5, "C", None),
    ]


def test_a_json_list_is_read_like_lines() -> None:
    assert pairs("k.json", '[{"question": "Q", "answer": "A"}]') == [("Q", "A")]


def test_a_row_keeps_its_id_as_its_source() -> None:
    assert drafts("k.jsonl", '{"id": "x17-0", "text": "Some text."}')[0].source == "k.jsonl#x17-0"


def test_a_heading_is_a_title_and_what_is_under_it_its_text() -> None:
    text = "# Menú\n\n## Sushi\nRollo $90\n\nSashimi $120\n## Bebidas ##\nTé $30\n"

    assert pairs("menu.md", text) == [("Sushi", "Rollo $90\n\nSashimi $120"), ("Bebidas", "Té $30")]


def test_text_before_the_first_heading_is_not_lost() -> None:
    assert pairs("menu.md", "Abrimos a las 9.\n# Menú\nSopa\n") == [
        ("Abrimos a las 9", "Abrimos a las 9."),
        ("Menú", "Sopa"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "P: ¿Abren hoy?\nR: Sí, hasta las 8.\n\nP: ¿Hay wifi?\nR: Claro.",
        "Pregunta: ¿Abren hoy?\nRespuesta: Sí, hasta las 8.\nPregunta: ¿Hay wifi?\nRespuesta: Claro.",
        "q: ¿Abren hoy?\na: Sí, hasta las 8.\n\n\n\nQ. ¿Hay wifi?\nA. Claro.",
    ],
)
def test_questions_and_answers_in_plain_text(text: str) -> None:
    assert pairs("k.txt", text) == [("¿Abren hoy?", "Sí, hasta las 8."), ("¿Hay wifi?", "Claro.")]


def test_paragraphs_get_a_title_of_their_own() -> None:
    text = "Horario\nDe 9 a 5.\n\nTenemos estacionamiento. Es gratis.\n"

    assert pairs("k.txt", text) == [
        ("Horario", "De 9 a 5."),
        ("Tenemos estacionamiento", "Tenemos estacionamiento. Es gratis."),
    ]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("k.pdf", b"%PDF-1.7", "unknown_format"),
        ("k", b"x", "unknown_format"),
        ("k.txt", b"%PDF-1.7 and so on", "not_text"),
        ("k.csv", bytes(range(256)) * 20, "not_text"),
        ("k.txt", b"", "file_empty"),
        ("k.csv", b"title,text\n", "file_empty"),
        ("k.md", b"# Only a heading\n", "file_empty"),
        ("k.txt", b"x" * 20_000_001, "file_too_large"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, content: bytes, problem: str) -> None:
    assert [(draft.line, draft.problem) for draft in drafts(name, content)] == [(0, problem)]


def test_a_cell_too_large_for_csv_is_one_bad_row() -> None:
    found = drafts("k.csv", "title,text\nA," + "x" * 1_000_001 + "\nB,b\n")

    assert [draft.problem for draft in found][:1] == ["not_csv"]


def test_deep_json_is_a_bad_line_not_a_crash() -> None:
    assert drafts("k.jsonl", "[" * 100_000)[0].problem == "not_json"
