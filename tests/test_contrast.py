"""The server decides about a colour as the widget does."""

import json
import subprocess
from pathlib import Path

import pytest

from vulkn_app.contrast import DARK, ENOUGH, LIGHT, contrast, painted

LOOK = Path(__file__).parents[1] / "assets" / "vulkn-panel" / "look.js"
COLOURS = ["#000000", "#ffffff", "#777777", "#767676", "#facc15", "#5b5bd6", "#0f766e", "#ff0000", "#00ff00", "#12aBf0", "rojo", ""]  # fmt: skip
PAINT = """
const { paint } = await import(process.argv[1]);
const made = JSON.parse(process.argv[2]).map((colour) => {
  const said = {};
  paint({ style: { setProperty: (name, value) => { said[name] = value; } } }, colour);
  return said;
});
console.log(JSON.stringify(made));
"""


@pytest.fixture(scope="module")
def widget() -> dict[str, dict[str, str]]:
    """What the panel paints for each."""
    node = Path(__file__).parents[1] / ".venv" / "bin" / "node"
    asked = [str(node), "--no-warnings", "--input-type=module", "-e", PAINT, str(LOOK), json.dumps(COLOURS)]
    said = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=30).stdout
    return dict(zip(COLOURS, json.loads(said), strict=True))


@pytest.mark.parametrize("colour", COLOURS)
def test_both_paint_the_same(widget: dict[str, dict[str, str]], colour: str) -> None:
    here, there = painted(colour), widget[colour]

    assert here.accent == there["--accent"].lower()
    assert here.on_accent[:4] == there["--on-accent"]
    assert (here.on_light, here.on_dark) == (there["--on-light"].lower(), there["--on-dark"].lower())


@pytest.mark.parametrize("colour", COLOURS)
def test_whatever_the_colour_everything_on_it_reads(colour: str) -> None:
    made = painted(colour)

    assert contrast(made.accent, made.on_accent) >= ENOUGH
    assert contrast(made.on_light, LIGHT) >= ENOUGH
    assert contrast(made.on_dark, DARK) >= ENOUGH
