"""The two catalogues say the same things, and every word that the code asks for exists."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from vulkn_app.i18n import LANGUAGES, LOCALES, catalogue

ROOT = Path(__file__).parent.parent
SOURCES = [path for top in ("vulkn_app", "state", "components") for path in (ROOT / top).rglob("*.py")]
ERRORS = "SignedOut|NotFound|NotAllowed|Conflict|BadInput|TooMuch|VulknError"
# `t("leads.stage_" + name)` and f"agent.tone_{tone}": the words of a closed set, checked by the build.
SETS = re.compile(r"[{}]|[._]$")
GAP = re.compile(r"\{(\w+)\}")
# Their words are put together from pieces that the code does not have as words: the page's own templates ask for them,
# and what the database or Meta calls a problem.
PIECED_TOGETHER = ("landing", "problems", "errors", "imports")


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


def calls() -> Iterator[tuple[Path, ast.Call, str, str]]:
    """Every call whose first argument is a plain string: the file, the call, its name and that string."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                key = node.args[0].value
                if isinstance(key, str):
                    yield path, node, getattr(node.func, "id", getattr(node.func, "attr", "")), key


@cache
def strings() -> tuple[frozenset[str], re.Pattern[str]]:
    """Every string of the code, and a pattern of those with gaps that begin like a key: f"agent.tone_{tone}"."""
    whole: set[str] = set()
    pieced: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "choice":
                prefix, *names = [part.value for part in node.args[1:] if isinstance(part, ast.Constant)] or [
                    ""
                ]
                whole |= {f"{prefix}{name}" for name in names}
            elif isinstance(node, ast.JoinedStr):
                pieces = [part.value if isinstance(part, ast.Constant) else "" for part in node.values]
                pieced.add("[a-z0-9_.]+".join(map(re.escape, map(str, pieces))))
    begun = "|".join(sorted(piece for piece in pieced if re.match(r"[a-z_]+\\\.", piece)))
    return frozenset(whole), re.compile(begun)


def asked_for_somehow(key: str) -> bool:
    """By its name, its name without the number, the beginning of a closed set, or a string with gaps."""
    whole, pieced = strings()
    bare = re.sub(r"_(one|many)$", "", key)
    starts = (key[:end] for end in range(key.index(".") + 2, len(key)) if key[end - 1] in "._")
    return bool({key, bare, *starts} & whole or pieced.fullmatch(key) or pieced.fullmatch(bare))


@pytest.mark.parametrize("file", sorted(path.name for path in (LOCALES / "es").glob("*.json")))
def test_both_languages_have_every_file(file: str) -> None:
    assert all((LOCALES / language / file).exists() for language in LANGUAGES)


def test_both_languages_have_the_same_words() -> None:
    assert catalogue("es").keys() == catalogue("en").keys()


def test_both_languages_leave_the_same_gaps() -> None:
    es, en = catalogue("es"), catalogue("en")

    assert [key for key in es if sorted(GAP.findall(es[key])) != sorted(GAP.findall(en[key]))] == []


def test_every_gap_is_filled_and_nothing_else_is_given() -> None:
    words = catalogue("es")
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno} {key}"
        for path, call, name, key in calls()
        if name == "t" and key in words and all(word.arg for word in call.keywords)
        if {word.arg for word in call.keywords} != set(GAP.findall(words[key]))
    ]

    assert wrong == []


def test_every_string_that_looks_like_a_key_is_one() -> None:
    """Also those that no t() is around: what a handler says when it worked."""
    words = catalogue("es")
    stems = {key.partition(".")[0] for key in words}
    said = {
        key
        for _, _, name, key in calls()
        if name in ("t", "_saved", "sentence", "plural") and key.partition(".")[0] in stems and "." in key
    }

    known = {re.sub(r"_(one|many)$", "", key) for key in words} | words.keys()

    assert len(said) > 500
    assert {key for key in said if not SETS.search(key)} - known == set()


def test_no_word_is_kept_that_nobody_asks_for() -> None:
    kept = [key for key in catalogue("es") if key.partition(".")[0] not in PIECED_TOGETHER]

    assert [key for key in kept if not asked_for_somehow(key)] == []


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
