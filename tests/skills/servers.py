"""Real servers on loopback that behave as badly as servers can."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Writer = asyncio.StreamWriter
Answer = Callable[["Request", Writer], Awaitable[None]]


@dataclass
class Request:
    """As it came over the line."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    port: int
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(answer: Answer, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """One request a connection; what `answer` writes is what the client gets."""
    seen = Server(0)
    meetings: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: Writer) -> None:
        if task := asyncio.current_task():
            meetings.add(task)
        seen.connections += 1
        try:
            request = await _read(reader)
            seen.requests.append(request)
            await answer(request, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=tls)
    seen.port = server.sockets[0].getsockname()[1]
    async with server:
        yield seen
    # Closing a server leaves the connections that it has met open.
    for meeting in meetings:
        meeting.cancel()
    await asyncio.gather(*meetings, return_exceptions=True)


def saying(body: bytes | str, *, status: int = 200, **headers: str) -> Answer:
    """A whole answer with its length."""
    content = body.encode() if isinstance(body, str) else body
    fields = {"content_type": "application/json", "content_length": str(len(content)), **headers}

    async def answer(_: Request, writer: Writer) -> None:
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + content)

    return answer


def endless(chunk: bytes, *, pause: float = 0, limit: int = 100 * 1024 * 1024, head: str = "") -> Answer:
    """A body without a length that goes on until `limit`, or until the client has had enough."""

    async def answer(_: Request, writer: Writer) -> None:
        writer.write(f"HTTP/1.1 200 X\r\n{head}\r\n".encode())
        for _number in range(limit // len(chunk)):
            writer.write(chunk)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)

    return answer


def bomb(size: int) -> bytes:
    """`size` zeros, zipped."""
    return gzip.compress(bytes(size), 9)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)
