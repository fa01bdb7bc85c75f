"""Server-sent events over ASGI without a layer in between: the hottest response there is."""

from collections.abc import AsyncIterator

from starlette.types import Receive, Scope, Send

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class EventStream:
    """Sends pieces as they come. When the client leaves, the iterator is closed at the next piece."""

    def __init__(self, pieces: AsyncIterator[bytes], *, status: int = 200) -> None:
        self.pieces = pieces
        self.status = status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": HEADERS})
        try:
            async for piece in self.pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:  # the client left (ASGI spec 2.4: send raises a subclass of OSError)
            return
        finally:
            close = getattr(self.pieces, "aclose", None)
            if close:
                await close()
