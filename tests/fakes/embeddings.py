"""A server of OpenAI's `/embeddings` that runs here: a text's vector says which subjects' words stand in it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

# Words that share nothing in spelling, one subject a line: what meaning finds and words do not.
SUBJECTS = (
    ("mascota", "cuadrúpedo", "perro", "michi"),
    ("estacionamiento", "cajón", "aparcar"),
    ("wifi", "conectarme", "red"),
)


@dataclass
class FakeEmbeddings:
    """`faults`: what the next requests meet: a status, or seconds to wait."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    faults: deque[int | float] = field(default_factory=deque)

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append(body)
        fault = self.faults.popleft() if self.faults else 0
        if isinstance(fault, float):
            await asyncio.sleep(fault)
        elif fault:
            return web.json_response({"error": {}}, status=fault)
        rows = [{"index": n, "embedding": vector(text)} for n, text in enumerate(body["input"])]
        return web.json_response({"data": rows[::-1], "model": body["model"]})

    @property
    def texts(self) -> list[str]:
        return [text for body in self.requests for text in body["input"]]


def vector(text: str) -> list[float]:
    said = text.lower()
    return [0.1, *(float(any(word in said for word in words)) for words in SUBJECTS)]


@asynccontextmanager
async def fake_embeddings() -> AsyncIterator[FakeEmbeddings]:
    fake = FakeEmbeddings()
    app = web.Application()
    app.router.add_post("/v1/embeddings", fake.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield fake
    finally:
        await runner.cleanup()
