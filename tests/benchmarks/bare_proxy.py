"""What anybody would write first: Starlette, the Anthropic SDK's typed events, server-sent events out.

Stores nothing, knows no tenant. The product is measured against it in the same run."""

import json
import os
from collections.abc import AsyncIterator

import anthropic
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

client = anthropic.AsyncAnthropic(base_url=os.environ["ANTHROPIC_BASE_URL"], api_key="bench", max_retries=0)


async def chat(request: Request) -> StreamingResponse:
    body = await request.json()

    async def pieces() -> AsyncIterator[str]:
        stream = await client.messages.create(
            model="claude-haiku-5-5",
            max_tokens=1024,
            system=f"Eres el asistente de una clínica.\n{body['knowledge']}",
            messages=[{"role": "user", "content": body["text"]}],
            stream=True,
        )
        async for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                yield f"event: delta\ndata: {json.dumps({'text': event.delta.text})}\n\n"
        yield "event: done\ndata: {}\n\n"

    return StreamingResponse(pieces(), media_type="text/event-stream")


app = Starlette(routes=[Route("/chat", chat, methods=["POST"])])
