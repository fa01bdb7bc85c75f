"""What becomes of a logo, and what never becomes one."""

import io

import pytest
from PIL import Image

from tests.branding.pictures import bomb, picture, said_over
from vulkn_app.branding import logos
from vulkn_app.errors import BadInput, TooLarge


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=("WEBP",))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_wide_logo_is_whole_in_a_small_square(kind: str) -> None:
    made = opened(logos.shrink(picture((1600, 400), kind)))

    assert made.size == (logos.SIDE, logos.SIDE)
    assert made.convert("RGBA").getpixel((160, 10)) == (0, 0, 0, 0)
    assert made.convert("RGB").getpixel((160, 160))[0] > 150  # pyright: ignore[reportOptionalSubscript, reportIndexIssue]


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("L", "PNG"), ("RGBA", "PNG"), ("P", "PNG")])
def test_every_way_to_say_a_colour_is_read(mode: str, kind: str) -> None:
    content = picture((100, 100), kind, mode) if mode != "P" else picture((100, 100))

    assert opened(logos.shrink(content)).size == (100, 100)


def test_what_a_camera_wrote_about_the_place_is_gone_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N", 2: (19.0, 25.0, 0.0)}
    made = opened(logos.shrink(picture((80, 40), "JPEG", exif=exif.tobytes())))

    assert made.getbbox() is not None
    assert made.convert("RGBA").getchannel("A").getbbox() == (20, 0, 60, 80)
    assert not made.getexif()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(50),
        picture(kind="GIF"),
        picture(kind="BMP"),
        picture(kind="TIFF"),
        picture()[:60],
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"%PDF-1.7 nothing",
    ],
    ids=["nothing", "svg", "half a gif", "gif", "bmp", "tiff", "cut", "broken", "pdf"],
)
def test_what_is_no_picture_of_these_kinds_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput, match="logo_unreadable"):
        logos.shrink(content)


@pytest.mark.parametrize("size", [(60_000, 60_000), (8_000, 7_000), (20_000, 20), (4, 4)])
def test_a_size_is_asked_before_anything_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(BadInput):
        logos.shrink(bomb(*size))


def test_a_large_file_is_not_even_opened() -> None:
    with pytest.raises(TooLarge):
        logos.shrink(bytes(logos.LARGEST_FILE + 1))


def test_a_picture_that_is_said_a_thousand_times_is_refused_before_it_is_unpacked() -> None:
    """Two megabytes of it at the largest size keep a processor for minutes."""
    with pytest.raises(BadInput, match="logo_unreadable"):
        logos.shrink(said_over(1000))

    assert opened(logos.shrink(said_over(8))).size == (64, 64)
