"""What a process does before its first turn, whether it serves people or works by the clock."""

import asyncio

from vulkn_app import flags, live, llm
from vulkn_app.conversations import brains, language


async def start() -> None:
    """What takes long to load is there, and what other processes change or delete is heard of."""
    llm.open_clients()
    await asyncio.to_thread(language.warm)
    live.listen_everywhere(brains.hear)
    live.listen_everywhere(flags.hear)
