"""Letters for pictures: one variable font with every accent of Spanish, Portuguese and English, in any weight."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

# Inter, SIL Open Font License 1.1 (files/OFL.txt): the Latin part as npm's @fontsource-variable/inter 5.3.0 has it.
FILE = Path(__file__).parent / "files" / "inter.woff2"
Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=32)
def font(size: int, weight: int) -> Font:
    """Not for several threads at once: FreeType's faces are shared."""
    made = ImageFont.truetype(FILE, size)
    made.set_variation_by_axes([weight])
    return made


def legible(text: str) -> str:
    """What the font can show of it: a letter it lacks without its accent, or not at all."""
    shown = (_shown(letter) for letter in unicodedata.normalize("NFC", text))
    return " ".join("".join(shown).split())


def wrap(text: str, face: Font, width: float, most: int) -> list[str]:
    """Lines no wider than `width`; a word that does not fit is broken, what is left over ends in an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _pieces(word, face, width):
            longer = f"{line} {piece}".strip()
            if face.getlength(longer) <= width:
                line = longer
                continue
            lines.append(line)
            line = piece
        if len(lines) > most:
            break
    lines.append(line)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and face.getlength(f"{last}…") > width:
        last = last[:-1].rstrip()
    return [*lines[: most - 1], f"{last}…"]


def _pieces(word: str, face: Font, width: float) -> list[str]:
    if face.getlength(word) <= width:
        return [word]
    pieces, piece = [], ""
    for letter in word:
        if piece and face.getlength(piece + letter) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


@lru_cache(maxsize=2048)
def _shown(letter: str) -> str:
    if letter.isspace():
        return " "
    base = unicodedata.normalize("NFKD", letter)[:1]
    return next((known for known in (letter, base) if known.isprintable() and _known(known)), "")


def _known(letter: str) -> bool:
    """The font draws an empty box for what it lacks."""
    return _drawn(letter) != _drawn("\uffff")


@lru_cache(maxsize=1024)
def _drawn(letter: str) -> bytes:
    square = Image.new("L", (48, 48))
    ImageDraw.Draw(square).text((4, 4), letter, 255, font(32, 400))
    return square.tobytes()
