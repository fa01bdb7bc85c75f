"""The picture of a shared link: 1200 by 630, drawn at twice the size and halved, so that every edge is smooth.

What it shows is a business's own words: whatever they are, they wrap, end in an ellipsis and stay in their place."""

import hashlib
import io
import threading
from dataclasses import astuple, dataclass

from PIL import Image, ImageDraw

from vulkn_app.branding.type import font, legible, wrap
from vulkn_app.contrast import channels, painted

SIZE = (1200, 630)
# Part of the tag: another drawing is another picture.
VERSION = 1
WHITE, INK, BUBBLE = "#ffffff", "#1c1c28", "#f1f1f6"
_DRAWING = threading.Lock()


@dataclass(frozen=True)
class Card:
    """`greeting` and `question` are what the chat says and is asked; `logo` is a digest of branding/logos.py."""

    name: str
    agent: str
    greeting: str
    question: str
    address: str
    color: str
    logo: str = ""

    @property
    def tag(self) -> str:
        return hashlib.sha256(repr((VERSION, *astuple(self))).encode()).hexdigest()[:20]


def draw(card: Card, logo: bytes | None = None) -> bytes:
    """A PNG; `logo` is the picture that the card names. Takes a tenth of a second or two of a processor: not for the event loop."""
    with _DRAWING:
        picture = _Picture(card, logo)
        picture.left()
        picture.chat()
        return picture.png()


class _Picture:
    def __init__(self, card: Card, logo: bytes | None) -> None:
        self.card, self.logo = card, logo
        self.colours = painted(card.color)
        self.name = legible(card.name) or card.address.rpartition("/")[2]
        self.image = Image.new("RGB", (SIZE[0] * 2, SIZE[1] * 2), self.colours.accent)
        self.brush = ImageDraw.Draw(self.image)
        self._sheen()

    def left(self) -> None:
        """Whose chat it is."""
        lines, size = self._name()
        height = 190 + len(lines) * size * 1.12 + 64
        top = (SIZE[1] - height) / 2
        self._face(72, top, 132)
        top += 170
        for line in lines:
            self._write(72, top, line, size, 700, self.colours.on_accent)
            top += size * 1.12
        address = wrap(legible(self.card.address), font(56, 500), 1040, 1)[0]
        self._write(72, top + 26, address, 28, 500, self.colours.on_accent)

    def chat(self) -> None:
        """The chat as a visitor finds it."""
        x, y, w, h = 680, 62, 448, 506
        self._box(x - 1, y - 1, w + 2, h + 2, 31, self._mixed(self.colours.on_accent, 0.14))
        self._box(x, y, w, h, 30, WHITE)
        # A slightly other tone than the ground's, away from the letters on it.
        head = self._mixed("#000000" if self.colours.on_accent == WHITE else WHITE, 0.12)
        self._box(x, y, w, 104, 30, head)
        self.brush.rectangle(_twice(x, y + 60, x + w, y + 104), head)
        self._face(x + 26, y + 24, 56)
        agent = wrap(legible(self.card.agent) or self.name, font(56, 650), 2 * (w - 130), 1)[0]
        self._write(x + 98, y + 36, agent, 28, 650, self.colours.on_accent)
        top = y + 134
        top = self._bubble(x + 26, top, w - 92, legible(self.card.greeting), 4, theirs=False) + 18
        if self.card.question:
            self._bubble(x + w - 26, top, w - 110, legible(self.card.question), 2, theirs=True)
        self._box(x + 22, y + h - 74, w - 44, 52, 26, BUBBLE)
        self.brush.ellipse(_twice(x + w - 70, y + h - 70, x + w - 26, y + h - 26), self.colours.accent)
        self._arrow(x + w - 48, y + h - 48)

    def png(self) -> bytes:
        out = io.BytesIO()
        self.image.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
        return out.getvalue()

    def _name(self) -> tuple[list[str], int]:
        """As large as three lines allow."""
        for size in (84, 72, 60, 50):
            lines = wrap(self.name, font(size * 2, 700), 1060, 4)
            if len(lines) <= (2 if size > 72 else 3):
                return lines, size
        return wrap(self.name, font(100, 700), 1060, 4), 50

    def _face(self, x: float, y: float, side: int) -> None:
        """The logo in a white circle, or the first letter."""
        self.brush.ellipse(
            _twice(x - 1, y - 1, x + side + 1, y + side + 1), self._mixed(self.colours.on_accent, 0.14)
        )
        self.brush.ellipse(_twice(x, y, x + side, y + side), WHITE)
        if self.logo:
            with Image.open(io.BytesIO(self.logo), formats=("WEBP",)) as kept:
                logo = kept.convert("RGBA").resize((side * 2, side * 2), Image.Resampling.LANCZOS)
            circle = Image.new("L", logo.size)
            ImageDraw.Draw(circle).ellipse((0, 0, side * 2 - 1, side * 2 - 1), 255)
            white = Image.new("RGBA", logo.size, WHITE)
            self.image.paste(Image.alpha_composite(white, logo).convert("RGB"), _point(x, y), circle)
            return
        initial = next((letter for letter in self.name if letter.isalnum()), "·").upper()
        middle = ((x + side / 2) * 2, (y + side / 2) * 2)
        self.brush.text(middle, initial, self.colours.on_light, font(round(side * 1.04), 650), anchor="mm")

    def _bubble(self, x: float, y: float, width: float, words: str, most: int, *, theirs: bool) -> float:
        """From `x` to the right, or, a visitor's, to the left; returns where it ends."""
        face = font(46, 450)
        lines = wrap(words, face, (width - 40) * 2, most)
        inside = max(face.getlength(line) for line in lines) / 2
        left = x - inside - 40 if theirs else x
        bottom = y + len(lines) * 31 + 27
        self._box(left, y, inside + 40, bottom - y, 22, self.colours.accent if theirs else BUBBLE)
        for number, line in enumerate(lines):
            colour = self.colours.on_accent if theirs else INK
            self._write(left + 20, y + 14 + number * 31, line, 23, 450, colour)
        return bottom

    def _write(self, x: float, y: float, words: str, size: int, weight: int, colour: str) -> None:
        self.brush.text(_point(x, y), words, colour, font(size * 2, weight))

    def _box(self, x: float, y: float, w: float, h: float, round_: int, colour: str) -> None:
        self.brush.rounded_rectangle(_twice(x, y, x + w, y + h), round_ * 2, colour)

    def _arrow(self, x: float, y: float) -> None:
        for end in ((-9, -1), (9, -1)):
            self.brush.line([*_point(x, y - 10), *_point(x + end[0], y + end[1])], self.colours.on_accent, 6)
        self.brush.line([*_point(x, y - 10), *_point(x, y + 12)], self.colours.on_accent, 6)

    def _sheen(self) -> None:
        """Light behind the chat; faint, so that what was computed to read still does."""
        away = 255 if self.colours.on_accent == "#000000" else 0
        glow = Image.new("L", (1, 2))
        glow.putpixel((0, 1), 26)
        tone = Image.new("RGB", self.image.size, (away, away, away))
        self.image.paste(tone, mask=glow.resize(self.image.size, Image.Resampling.BILINEAR))

    def _mixed(self, other: str, share: float) -> str:
        """The accent with a share of another colour."""
        pairs = zip(channels(self.colours.accent), channels(other), strict=True)
        return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _point(x: float, y: float) -> tuple[int, int]:
    return round(x * 2), round(y * 2)


def _twice(*edges: float) -> tuple[int, ...]:
    return tuple(round(edge * 2) for edge in edges)
