"""Mail of the local Supabase: files that nobody sends; their links are shown at the terminal instead."""

import asyncio
import email
import email.policy
import html
import re
from pathlib import Path

from vulkn_app.local.progress import say

LINK = re.compile(r'href="([^"]+)"')


async def show_new(folder: Path) -> None:
    """Until cancelled; what lay there before is not shown again."""
    seen = _files(folder)
    while True:
        await asyncio.sleep(1)
        for file in sorted(_files(folder) - seen):
            seen.add(file)
            recipient, link = read(file)
            say(f"Mail to {recipient} (not sent, kept in {file.name}): {link}")


def _files(folder: Path) -> set[Path]:
    return set(folder.glob("*.eml"))


def read(file: Path) -> tuple[str, str]:
    """To whom it is, and the first link in it."""
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    found = LINK.search(message.get_content())
    return str(message["to"]), html.unescape(found[1]) if found else "no link"
