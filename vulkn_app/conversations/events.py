"""What a turn tells those who watch it, as server-sent events that can be read again from the start."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def sse(event: str, data: dict[str, Any], *, event_id: str | None = None) -> bytes:
    """One event on the wire (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
    head = f"id: {event_id}\n" if event_id else ""
    return f"{head}event: {event}\ndata: {_encode(data)}\n\n".encode()


class TurnEvents:
    """What happens to one message: `accepted`, then what its turn says: `delta`*, `message`, `done`, or
    `handoff`, or `kept`, or `error`.

    Whoever comes late (a second tab, a retry of the same message) reads it from the beginning. A
    watcher who leaves changes nothing: the turn goes on without them."""

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._ended = False
        self._follows: TurnEvents | None = None
        self._watchers: list[asyncio.Future[None]] = []

    def put(self, event: str, data: dict[str, Any]) -> None:
        self._written.append(sse(event, data))
        self._wake()

    def follow(self, turn: "TurnEvents") -> None:
        """From here on it is another's story: a message that joined a burst hears the burst's answer."""
        self._follows = turn
        self.end()

    def end(self) -> None:
        self._ended = True
        self._wake()

    async def read(self) -> AsyncIterator[bytes]:
        """Everything written so far in one piece, then what comes, until the end."""
        seen = 0
        while True:
            if seen < len(self._written):
                piece, seen = b"".join(self._written[seen:]), len(self._written)
                yield piece
            elif self._follows:
                async for piece in self._follows.read():
                    yield piece
                return
            elif self._ended:
                return
            else:
                watcher = asyncio.get_running_loop().create_future()
                self._watchers.append(watcher)
                await watcher

    def _wake(self) -> None:
        for watcher in self._watchers:
            if not watcher.done():
                watcher.set_result(None)
        self._watchers.clear()
