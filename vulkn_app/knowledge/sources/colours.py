"""Colours as style sheets write them, for one question: whether words can be told from the ground they stand on."""

import re

Colour = tuple[int, int, int]

NONE: Colour = (-1, -1, -1)  # see-through
WHITE: Colour = (255, 255, 255)
ALIKE = 30  # of the 765 between black and white: nobody reads that

_NAMED: dict[str, Colour] = {
    "transparent": NONE, "white": WHITE, "black": (0, 0, 0), "red": (255, 0, 0), "green": (0, 128, 0),
    "blue": (0, 0, 255), "yellow": (255, 255, 0), "gray": (128, 128, 128), "grey": (128, 128, 128),
    "silver": (192, 192, 192), "navy": (0, 0, 128), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240),
}  # fmt: skip
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+)(%?))?\s*\)")
_CLEAR = re.compile(r"hsla?\([^)]*[,/]\s*0*\.?0*%?\s*\)")
_ONE = re.compile(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|[a-z]+")


def of(said: str) -> Colour | None:
    """None for what is no colour that we know."""
    if _HEX.fullmatch(said):
        digits = said[1:] if len(said) > 5 else "".join(2 * digit for digit in said[1:])
        red, green, blue, *clear = (int(digits[place : place + 2], 16) for place in range(0, len(digits), 2))
        return NONE if clear and clear[0] < 13 else (red, green, blue)
    if found := _RGB.fullmatch(said):
        shown = 1.0 if found[4] is None else _share(found[4]) / (100 if found[5] else 1)
        return NONE if shown <= 0.05 else (int(found[1]), int(found[2]), int(found[3]))
    return NONE if _CLEAR.fullmatch(said) else _NAMED.get(said)


def within(said: str) -> Colour | None:
    """The one colour of a background; None where there is a picture or several."""
    if "(" in said and re.search(r"url|gradient|image", said):
        return None
    found = [colour for one in _ONE.findall(said) if (colour := of(one))]
    return found[0] if len(found) == 1 else None


def alike(one: Colour | None, other: Colour | None) -> bool:
    if one is None or other is None or NONE in (one, other):
        return False
    return sum(abs(first - second) for first, second in zip(one, other, strict=True)) <= ALIKE


def _share(said: str) -> float:
    try:
        return float(said)
    except ValueError:
        return 1.0
