"""Logos: whatever was handed in becomes a small square WebP of our own making; nothing else is ever kept or served."""

import asyncio
import io
import re
import warnings
from uuid import UUID

from PIL import Image, ImageOps
from psycopg.errors import InsufficientPrivilege

from vulkn_app.db import AgentKey, Member, as_agent, as_person
from vulkn_app.errors import BadInput, NotAllowed, NotFound, TooLarge

LARGEST_FILE = 2_000_000  # bytes, as it was handed in
SMALLEST_SIDE, LARGEST_SIDE = 16, 8_000  # pixels
MOST_PIXELS = 12_000_000  # decoded, 48 MB
# Of a JPEG, each a walk over the whole picture that takes no more than some bytes of the file; encoders write a dozen.
MOST_SCANS = 64
SIDE = (
    320  # pixels of what is kept: the largest place it is shown at is 152, on a screen of twice the density
)
# Not SVG, which is a program. By its bytes, not by what a browser calls it.
READ = ("PNG", "JPEG", "WEBP")
MEDIA_TYPE = "image/webp"
DIGEST = re.compile("[0-9a-f]{64}")
_KEEP = "select app.logo_keep(%s, %s)"
_READ = "select content from logos where org_id = %s and digest = %s"
_AT_WORK = asyncio.Semaphore(2)  # decoded pictures in memory at once


async def keep(member: Member, content: bytes) -> str:
    """The digest of what was made of it. Raises BadInput, TooLarge, NotAllowed."""
    async with _AT_WORK:
        small = await asyncio.to_thread(shrink, content)
    try:
        async with as_person(member) as connection:
            cursor = await connection.execute(_KEEP, (member.org_id, small), binary=True)
            row = await cursor.fetchone()
    except InsufficientPrivilege as problem:
        raise NotAllowed from problem
    assert row
    return row[0]


async def read(org_id: UUID, digest: str) -> bytes:
    """Raises NotFound."""
    if not DIGEST.fullmatch(digest):
        raise NotFound
    async with as_agent(AgentKey(org_id)) as connection:
        row = await (await connection.execute(_READ, (org_id, digest), binary=True)).fetchone()
    if row is None:
        raise NotFound
    return bytes(row[0])


def address(slug: str, digest: str) -> str:
    return f"/logo/{slug}/{digest}.webp"


def digest_of(url: object) -> str:
    """Of an address of ours; empty for any other."""
    found = re.fullmatch(r"/logo/[a-z0-9-]+/([0-9a-f]{64})\.webp", url) if isinstance(url, str) else None
    return found[1] if found else ""


def shrink(content: bytes) -> bytes:
    """The picture in a square, upright, without whatever else the file said (where it was taken, by whom)."""
    if len(content) > LARGEST_FILE:
        raise TooLarge("logo_too_large")
    # The marker cannot stand in the compressed data itself (ITU T.81, B.1.1.5).
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > MOST_SCANS:
        raise BadInput("logo_unreadable")
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=READ) as picture:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            _bounded(picture.size)
            picture.draft("RGB", (SIDE * 2, SIDE * 2))  # JPEG alone: decodes no more than that
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Warning) as problem:
        raise BadInput("logo_unreadable") from problem
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    side = max(upright.size)
    square = Image.new("RGBA", (side, side))
    square.paste(upright, ((side - upright.width) // 2, (side - upright.height) // 2))
    out = io.BytesIO()
    square.save(out, "WEBP", quality=88, method=4)
    return out.getvalue()


def _bounded(size: tuple[int, int]) -> None:
    """Asked of the header, before a pixel is decoded."""
    width, height = size
    if min(size) < SMALLEST_SIDE or max(size) > LARGEST_SIDE or width * height > MOST_PIXELS:
        raise BadInput("logo_size")
