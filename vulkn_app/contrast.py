"""Whether a colour reads (WCAG 2.2, 1.4.3), as the widget's own assets/vulkn-panel/look.js decides it."""

import re
from dataclasses import dataclass

OURS = "#5b5bd6"
ENOUGH = 4.5
HEX = re.compile("#[0-9a-f]{6}")
# The bubbles on which links stand, in a light and in a dark panel.
LIGHT, DARK = "#f5f5f8", "#24242c"


@dataclass(frozen=True)
class Painted:
    """A business's colour with what is put on it and made of it; `plain` is how white letters would read on it."""

    accent: str
    on_accent: str
    ratio: float
    plain: float
    on_light: str
    on_dark: str


def painted(colour: object) -> Painted:
    """Anything but #rrggbb is our own colour."""
    accent = colour.lower() if isinstance(colour, str) and HEX.fullmatch(colour.lower()) else OURS
    plain = contrast(accent, "#ffffff")
    letters = "#ffffff" if plain >= ENOUGH else "#000000"
    return Painted(
        accent,
        letters,
        round(contrast(accent, letters), 1),
        round(plain, 1),
        readable(accent, LIGHT, pole=0),
        readable(accent, DARK, pole=255),
    )


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return lighter / darker


def readable(colour: str, surface: str, *, pole: int) -> str:
    """Moved towards black (0) or white (255) until it reads on `surface`."""
    shade, share = colour, 0.05
    while contrast(shade, surface) < ENOUGH + 0.1:
        moved = (int(value + (pole - value) * share + 0.5) for value in channels(colour))
        shade = "#" + "".join(f"{value:02x}" for value in moved)
        share += 0.05
    return shade


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        value / 3294.6 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4
        for value in channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
