"""A server of OpenAI's `/audio/transcriptions` that runs here: it says what a test told it the sound says."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web


@dataclass
class FakeTranscription:
    """`faults`: what the next requests meet: a status, or seconds to wait. `heard`: name, type, bytes and form."""

    url: str = ""
    words: str = "¿Cuánto cuesta una limpieza dental?"
    heard: list[dict[str, object]] = field(default_factory=list)
    faults: deque[int | float] = field(default_factory=deque)

    async def answer(self, request: web.Request) -> web.Response:
        told: dict[str, object] = {"authorization": request.headers.get("authorization", "")}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "file":
                told |= {"file": part.filename, "content": bytes(await part.read())}
            else:
                told[part.name or ""] = await part.text()
        self.heard.append(told)
        fault = self.faults.popleft() if self.faults else 0
        if isinstance(fault, float):
            await asyncio.sleep(fault)
        elif fault:
            return web.json_response({"error": {}}, status=fault)
        return web.json_response({"text": self.words})


@asynccontextmanager
async def running() -> AsyncIterator[FakeTranscription]:
    fake = FakeTranscription()
    app = web.Application(client_max_size=32 * 2**20)
    app.router.add_post("/v1/audio/transcriptions", fake.answer)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield fake
    finally:
        await runner.cleanup()
