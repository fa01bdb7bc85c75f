"""A customer's file: fetched at once, because Meta forgets it, and only if it is what it claims to be.

Nothing of the database is open meanwhile. A fault is tried once more; after that there is a reason instead of a file."""

import asyncio
import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from vulkn_app.channels.whatsapp import numbers
from vulkn_app.channels.whatsapp.graph import Graph, GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.reading import Media
from vulkn_app.db import AgentKey, engine_call

log = structlog.get_logger()

FILE = "select app.whatsapp_file(%s, %s, %s, %s, %s, %s)"
# Bytes that Meta allows (its media reference); a document more than we keep is not kept (attachment_files).
MOST = {
    "audio": 16 * 2**20,
    "video": 16 * 2**20,
    "image": 5 * 2**20,
    "document": 16 * 2**20,
    "sticker": 500 * 2**10,
}
PATIENCE = 25.0  # seconds for everything
PAUSE = 0.5  # before the second try
# First bytes, and whose they are. `....ftyp` is MP4's family: pictures, sound and film.
_SIGNS = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"ID3|\xff[\xfb\xf3\xf2]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xf1\xf9]"), "audio/aac"),
    (re.compile(rb"#!AMR"), "audio/amr"),
    (re.compile(rb"....ftypM4[AB]", re.DOTALL), "audio/mp4"),
    (re.compile(rb"....ftyp3g", re.DOTALL), "video/3gpp"),
    (re.compile(rb"....ftyp", re.DOTALL), "video/mp4"),
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"MZ|\x7fELF|\xcf\xfa\xed\xfe|#!"), "application/x-executable"),
    (re.compile(rb"\s*<(?:!doctype html|html|script|svg)", re.IGNORECASE), "text/html"),
)
_FAMILIES = {
    "image": ("image/",),
    "sticker": ("image/",),
    "audio": ("audio/", "video/mp4"),
    "video": ("video/",),
}
_RUNNABLE = {"application/x-executable", "text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"}
_MIME = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
OPAQUE = "application/octet-stream"


@dataclass(frozen=True)
class File:
    mime: str
    content: bytes = field(repr=False)


class NotFetched(Exception):
    """`problem` is a word for message_attachments: gone, away, too_large, wrong_sum, wrong_type, not_connected."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


async def fetch(agent: AgentKey, channel_id: UUID, media: Media) -> File:
    """Raises NotFetched."""
    if not media.id:
        raise NotFetched("gone")
    try:
        graph = Graph(await numbers.number(agent, channel_id))
    except numbers.NotConnected as problem:
        raise NotFetched("not_connected") from problem
    try:
        async with asyncio.timeout(PATIENCE):
            try:
                return await _fetched(graph, media)
            except NotFetched as problem:
                if problem.problem not in ("away", "gone", "wrong_sum"):
                    raise
            await asyncio.sleep(PAUSE)
            return await _fetched(graph, media)
    except TimeoutError as problem:
        raise NotFetched("away") from problem
    except NotFetched as problem:
        log.warning("media.not_fetched", org=str(agent.org_id), kind=media.kind, problem=problem.problem)
        raise


async def keep(agent: AgentKey, channel_id: UUID, attachment_id: UUID, media: Media) -> None:
    """Fetches what an attachment is to hold; why it does not, where that fails."""
    try:
        file = await fetch(agent, channel_id, media)
    except NotFetched as failure:
        await store(agent, attachment_id, None, problem=failure.problem)
    else:
        await store(agent, attachment_id, file)


async def store(
    agent: AgentKey, attachment_id: UUID, file: File | None, *, problem: str = "", transcript: str = ""
) -> None:
    row = (agent.org_id, attachment_id, file.mime if file else "", file.content if file else None)
    await engine_call(FILE, (*row, problem or None, transcript or None))


async def _fetched(graph: Graph, media: Media) -> File:
    most = MOST.get(media.kind, MOST["document"])
    try:
        facts = await graph.media_address(media.id)
        if facts.size > most:
            raise NotFetched("too_large")
        content = await graph.download(facts.address, most)
    except GraphProblem as problem:
        raise NotFetched("too_large" if problem.status == 413 else "gone") from problem
    except GraphAway as problem:
        raise NotFetched("away") from problem
    if not _is(content, facts.sha256 or media.sha256):
        raise NotFetched("wrong_sum")
    return File(_mime(content, media.kind, facts.mime or media.mime), content)


def _is(content: bytes, told: str) -> bool:
    """Meta writes the sum in base64 in a webhook and in hexadecimal elsewhere; what is neither says nothing."""
    digest = hashlib.sha256(content).digest()
    if re.fullmatch("[0-9a-fA-F]{64}", told):
        return told.lower() == digest.hex()
    try:
        expected = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        return True
    return len(expected) != len(digest) or expected == digest


def _mime(content: bytes, kind: str, declared: str) -> str:
    """What it is served as. Raises NotFetched for first bytes that belong to something else than was declared; bytes
    that say nothing are believed. A document may be anything, but what a browser could run is bytes alone."""
    found = next((mime for sign, mime in _SIGNS if sign.match(content)), "")
    bare = declared.partition(";")[0].strip().lower()
    if family := _FAMILIES.get(kind):
        if not (found or bare).startswith(family):
            raise NotFetched("wrong_type")
        same = not found or bare.partition("/")[0] == found.partition("/")[0]
        return bare if same and bare not in _RUNNABLE else found or OPAQUE
    lies = found in _RUNNABLE or (bare == "application/pdf") != (found == "application/pdf")
    return OPAQUE if lies or bare in _RUNNABLE or not _MIME.fullmatch(bare) else bare
