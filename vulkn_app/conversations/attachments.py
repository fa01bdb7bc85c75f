"""The files of a conversation, for the people of the business. Whether somebody may see one is the policy's decision.

What a file is, its bytes say: a customer's app decides its name and its type."""

import mimetypes
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text

from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotFound

UNKNOWN = "application/octet-stream"
OLD_OFFICE = ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint")
# What a browser may show in its place; anything else is only saved.
SHOWN = ("image/", "audio/", "video/")

FACTS = text("""
    select a.kind, a.filename, length(f.content) as size, substring(f.content from 1 for 16) as head
    from message_attachments a
    join attachment_files f on f.org_id = a.org_id and f.attachment_id = a.id
    where a.org_id = :org_id and a.id = :id and a.state = 'stored'
""")
BYTES = text("""
    select substring(content from cast(:first as int) + 1 for cast(:count as int)) from attachment_files
    where org_id = :org_id and attachment_id = :id
""")


@dataclass(frozen=True)
class Stored:
    """A file, or the stretch of it from `first` that was asked for; `size` is the whole one's, in bytes."""

    mime: str
    filename: str
    size: int
    first: int
    content: bytes = field(repr=False)

    @property
    def shown(self) -> bool:
        return self.mime.startswith(SHOWN)


class Unsatisfiable(Exception):
    """The stretch that was asked for lies outside; `size` is what there is."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


async def read(
    member: Member, attachment_id: UUID, stretch: tuple[int | None, int | None] | None = None
) -> Stored:
    """`stretch`: first and last byte as HTTP words them; (None, 500) is the last 500. Raises NotFound, Unsatisfiable."""
    asked: dict[str, Any] = {"org_id": member.org_id, "id": attachment_id}
    async with as_member(member) as session:
        facts = (await session.execute(FACTS, asked)).mappings().first()
        if facts is None:
            raise NotFound
        first, last = _bounds(stretch, facts["size"])
        content = (
            await session.execute(BYTES, {**asked, "first": first, "count": last - first + 1})
        ).scalar_one()
    mime = sniffed(bytes(facts["head"]), facts["kind"])
    return Stored(mime, facts["filename"], facts["size"], first, bytes(content))


def sniffed(head: bytes, kind: str) -> str:
    """The type that the first bytes tell. `kind` decides between a sound and a film in the same container."""
    sound = kind == "audio"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], UNKNOWN)
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "audio/webm" if sound else "video/webm"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if sound or head[8:11] == b"M4A" else "video/mp4"
    if sound and (head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")):
        return "audio/aac" if head[1:2] in (b"\xf1", b"\xf9") else "audio/mpeg"
    return "application/pdf" if head.startswith(b"%PDF-") else UNKNOWN


def type_of(content: bytes, filename: str) -> str:
    """Of a file that one of ours sends: what its bytes say; of a document whose bytes say nothing, what its name says,
    where it begins as such a document does. A name never makes a picture, a sound or a film of it."""
    named = mimetypes.guess_type(filename)[0] or UNKNOWN
    kind = "audio" if named.startswith("audio/") else "document"
    found = sniffed(content[:16], kind)
    return named if found == UNKNOWN and _begins(content, named) else found


def _begins(content: bytes, named: str) -> bool:
    if named == "text/plain":
        return b"\0" not in content[:4096] and not content.startswith(b"MZ")
    if named.startswith("application/vnd.openxmlformats"):
        return content.startswith(b"PK\x03\x04")
    return named in OLD_OFFICE and content.startswith(b"\xd0\xcf\x11\xe0")


def _bounds(stretch: tuple[int | None, int | None] | None, size: int) -> tuple[int, int]:
    first, last = stretch or (0, None)
    if first is None:
        first, last = max(0, size - (last or 0)), size - 1
    last = size - 1 if last is None else min(last, size - 1)
    if stretch is not None and (first >= size or last < first):
        raise Unsatisfiable(size)
    return first, last
