"""The two catalogues say the same things, and every word that the code asks for exists."""

import ast
import re
from pathlib import Path

import pytest

from vulkn_app.i18n import LANGUAGES, LOCALES, catalogue

ROOT = Path(__file__).parent.parent
SOURCES = [path for top in ("vulkn_app", "state", "components") for path in (ROOT / top).rglob("*.py")]
ERRORS = "SignedOut|NotFound|NotAllowed|Conflict|BadInput|TooMuch|VulknError"
# `t("leads.stage_" + name)` and f"agent.tone_{tone}": the words of a closed set, checked by the build.
SETS = re.compile(r"[{}]|[._]$")


def words_asked_for() -> set[str]:
    """First arguments of t(...), plural(...) and i18n.t(...) that are plain strings."""
    keys: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                key = node.args[0].value
                if name == "t" and isinstance(key, str):
                    keys.add(key)
                elif name == "plural":
                    keys |= {f"{key}_one", f"{key}_many"}
    return {key for key in keys if not SETS.search(key)}


@pytest.mark.parametrize("file", sorted(path.name for path in (LOCALES / "es").glob("*.json")))
def test_both_languages_have_every_file(file: str) -> None:
    assert all((LOCALES / language / file).exists() for language in LANGUAGES)


def test_both_languages_have_the_same_words() -> None:
    assert catalogue("es").keys() == catalogue("en").keys()


def test_both_languages_leave_the_same_gaps() -> None:
    def gaps(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    es, en = catalogue("es"), catalogue("en")

    assert [key for key in es if gaps(es[key]) != gaps(en[key])] == []


def test_every_word_that_is_asked_for_exists() -> None:
    asked = words_asked_for()

    assert len(asked) > 150
    assert asked - catalogue("es").keys() == set()


def test_no_text_is_empty() -> None:
    assert [
        key for language in LANGUAGES for key, text in catalogue(language).items() if not text.strip()
    ] == []


def test_every_error_that_is_raised_has_a_sentence_of_its_own() -> None:
    raised = {
        code for path in SOURCES for code in re.findall(rf"\b(?:{ERRORS})\(\"([a-z_]+)\"", path.read_text())
    }

    known = catalogue("es").keys()

    assert len(raised) > 10
    assert {code for code in raised if known.isdisjoint({f"errors.{code}", f"imports.{code}"})} == set()
