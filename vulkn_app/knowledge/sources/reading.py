"""Which reader a file gets. Runs in a process of its own (child.py): whatever a file does to it, only it dies."""

from pathlib import PurePath
from typing import Any

from vulkn_app.errors import BadInput
from vulkn_app.knowledge import formats
from vulkn_app.knowledge.drafts import Draft, File
from vulkn_app.knowledge.pieces import entries
from vulkn_app.knowledge.sources.archive import Archive
from vulkn_app.knowledge.sources.faults import Unreadable

MOST_DRAFTS = 50_000
OFFICE_97 = b"\xd0\xcf\x11\xe0"  # old Office files, and new ones with a password


def read(file: File) -> list[Draft]:
    """The drafts of `file`; one with a problem when it cannot be read at all."""
    try:
        found = _read(file)[:MOST_DRAFTS]
    except Unreadable as problem:
        return [Draft(0, problem=problem.code)]
    return found or [Draft(0, problem="file_empty")]


def read_page(content: bytes, address: str, charset: str) -> dict[str, Any]:
    """A page's drafts and its links."""
    from vulkn_app.knowledge.sources import html

    try:
        page = html.read(_html_text(content, charset), address)
    except Unreadable as problem:
        return {"drafts": [Draft(0, problem=problem.code)], "links": []}
    return {"drafts": list(entries(page.blocks, address, title=page.title)), "links": page.links}


def _read(file: File) -> list[Draft]:
    """By what the file is where that can be told, by its name otherwise. Parsers are imported when needed: each
    takes longer to load than most files to read."""
    name, suffix = PurePath(file.name).name, PurePath(file.name).suffix.lower()
    if file.content.startswith(b"%PDF") or suffix == ".pdf":
        from vulkn_app.knowledge.sources import pdf

        return list(entries(pdf.blocks(file.content), name, title=PurePath(name).stem))
    if file.content.startswith(OFFICE_97) and suffix not in (".xls",):
        raise Unreadable("encrypted" if suffix in (".docx", ".xlsx") else "old_office")
    if suffix == ".docx":
        from vulkn_app.knowledge.sources import word

        return list(entries(word.blocks(file.content), name, title=PurePath(name).stem))
    if suffix in (".xlsx", ".xlsm", ".xls", ".ods"):
        from vulkn_app.knowledge.sources import sheets

        return list(sheets.drafts(file.content, name))
    if suffix in (".html", ".htm", ".xhtml"):
        from vulkn_app.knowledge.sources import html

        page = html.read(_html_text(file.content, ""))
        return list(entries(page.blocks, name, title=page.title or PurePath(name).stem))
    return _text(file, name, suffix)


def _text(file: File, name: str, suffix: str) -> list[Draft]:
    from vulkn_app.knowledge.sources import chat

    if suffix == ".zip":
        return list(chat.drafts(_decoded(_chat_of(file.content)), name))
    if suffix == ".txt" and chat.looks_like_chat(text := _decoded(file.content)):
        return list(chat.drafts(text, name))
    return formats.read(file)


def _chat_of(content: bytes) -> bytes:
    """The one text in a chat's zip; its pictures are not read."""
    archive = Archive(content)
    texts = [name for name in archive.names if name.lower().endswith(".txt") and "/" not in name]
    if len(texts) != 1:
        raise Unreadable("zip_without_chat")
    return archive.read(texts[0])


def _decoded(content: bytes) -> str:
    try:
        return formats.decode(content)
    except BadInput as problem:
        raise Unreadable(problem.code) from problem


def _html_text(content: bytes, charset: str) -> str:
    """By the header, else by the page's own word, else by trying."""
    import re

    said = re.search(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", content[:4096], re.IGNORECASE)
    for name in (charset, said[1].decode("ascii", "ignore") if said else "", "utf-8"):
        try:
            return content.decode(name) if name else content.decode("utf-8")
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return content.decode("cp1252", errors="replace")
