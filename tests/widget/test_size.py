"""The widget stays light, and keeps clear of what a strict site forbids."""

import gzip
import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "assets"
LOADER = ASSETS / "vulkn-widget.js"
PANEL = [ASSETS / "vulkn-panel.js", *sorted((ASSETS / "vulkn-panel").glob("*.js"))]
HOSTED = ASSETS / "vulkn-hosted.js"
FORBIDDEN = (r"\beval\b", r"\bFunction\s*\(", "innerHTML", "outerHTML", "insertAdjacentHTML", r"document\.write",
             r"document\.cookie", r"setAttribute\('style'", r"<script")  # fmt: skip


def on_the_wire(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), compresslevel=9))


def test_the_loader_weighs_at_most_4_kb() -> None:
    assert on_the_wire(LOADER) <= 4 * 1024


def test_loader_and_open_panel_weigh_at_most_20_kb() -> None:
    assert sum(on_the_wire(path) for path in [LOADER, *PANEL]) <= 20 * 1024


@pytest.mark.parametrize("path", [LOADER, *PANEL, HOSTED], ids=lambda path: path.name)
def test_no_script_writes_markup_runs_text_or_touches_cookies(path: Path) -> None:
    source = path.read_text()

    found = [pattern for pattern in FORBIDDEN if re.search(pattern, source)]

    assert found == []


@pytest.mark.parametrize("path", [LOADER, *PANEL, HOSTED], ids=lambda path: path.name)
def test_no_script_names_another_host(path: Path) -> None:
    addresses = re.findall(r"https?://[\w.-]+", path.read_text())

    assert set(addresses) <= {"http://www.w3.org"}  # the namespace of SVG


def test_every_part_that_the_panel_imports_is_there() -> None:
    imported = {
        (path.parent / name).resolve()
        for path in [*PANEL, HOSTED]
        for name in re.findall(r"from '(\./[\w/.-]+)'", path.read_text())
    }

    assert imported == {path.resolve() for path in PANEL}
