"""The picture of a shared link, whatever a business is called."""

import io

import pytest
from PIL import Image

from vulkn_app.branding.card import SIZE, Card, draw
from vulkn_app.branding.type import font, legible, wrap

CARD = Card("Sol", "Ana", "¡Hola!", "¿Abren hoy?", "v.mx/c/sol", "#0f766e")


@pytest.mark.parametrize(
    "name",
    [
        "Peluquería Ñandú «Ágil» & Cía.",
        "W" * 120,
        "palabra " * 15,
        "漢字漢字",
        "😀😀",
        "\u202eabc\u200b",
        "<script>alert(1)</script>",
        "a",
    ],
)
def test_any_name_makes_a_picture_of_the_right_size(name: str) -> None:
    made = draw(Card(name, name, name * 4, name, "v.mx/c/sol", "#ffffff"))

    with Image.open(io.BytesIO(made), formats=("PNG",)) as picture:
        assert picture.size == SIZE
    assert len(made) < 300_000  # WhatsApp shows none that is larger


def test_the_font_has_every_accent_and_lacks_nothing_that_stays() -> None:
    accents = "áéíóúüñÁÉÍÓÚÜÑ¿¡çãõâêôàÇÃÕÂÊÔÀ$€&@«»“”…·"

    assert legible(accents) == accents
    assert legible("Łódź 漢 😀 Ștefan") == "ódź Stefan"


def test_a_long_name_wraps_and_ends_in_an_ellipsis() -> None:
    face = font(100, 700)

    lines = wrap("Peluquería y Estética Integral de la Señora Concepción", face, 1000, 3)

    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(face.getlength(line) <= 1000 for line in lines)
    assert "".join(wrap("W" * 40, face, 1000, 9)) == "W" * 40


def test_another_look_is_another_picture() -> None:
    tags = {
        CARD.tag,
        Card("Sol", "Ana", "¡Hola!", "¿Abren hoy?", "v.mx/c/sol", "#0f766f").tag,
        Card("Sol", "Ana", "¡Hola!", "¿Abren hoy?", "v.mx/c/sol", "#0f766e", logo="x").tag,
    }

    assert len(tags) == 3
