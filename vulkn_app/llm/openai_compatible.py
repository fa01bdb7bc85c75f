"""Any server that speaks OpenAI's chat completions, over plain httpx."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx

from vulkn_app.llm import prices, transcript
from vulkn_app.llm.asks import Ask, FailureKind, Finished, ProviderFailed, Token, Usage
from vulkn_app.llm.failures import from_error
from vulkn_app.llm.patience import Patience
from vulkn_app.llm.reading import Reading
from vulkn_app.llm.sse import MalformedStream, decode
from vulkn_app.settings import settings

NAME = "openai"

_clients: dict[asyncio.AbstractEventLoop, httpx.AsyncClient] = {}


def configured() -> bool:
    return bool(_key())


def model_for(ask: Ask) -> str:
    return ask.model if ask.model and "claude" not in ask.model else settings.openai_model


def open_client() -> httpx.AsyncClient:
    loop = asyncio.get_running_loop()
    if (client := _clients.get(loop)) is None:
        limits = httpx.Limits(max_connections=1000, max_keepalive_connections=100)
        client = _clients[loop] = httpx.AsyncClient(limits=limits)
    return client


async def close() -> None:
    for loop in list(_clients):
        await _clients.pop(loop).aclose()


async def stream(ask: Ask, patience: Patience) -> AsyncIterator[Token | Finished]:
    """Raises ProviderFailed, with what was used until then."""
    model = model_for(ask)
    digest = ChatDigest()
    reading = Reading(digest, patience)
    try:
        async with AsyncExitStack() as stack:
            stack.callback(reading.close)
            response = await reading.opened(stack.enter_async_context(_request(ask, model)))
            if not response.is_success:
                raise await reading.opened(_refusal(response))
            chunks = response.aiter_bytes()
            while text := await reading.next(chunks):
                yield Token(text)
        digest.check(said=reading.length > 0 or bool(ask.shown))
    except (ProviderFailed, httpx.HTTPError, httpx.StreamError, OSError) as error:
        failure = _failure(error)
        failure.model, failure.usage = model, digest.usage(said=reading.length)
        raise failure from error
    usage = digest.usage(said=reading.length)
    yield Finished(
        NAME,
        model,
        digest.stop_reason,
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        cost_micro_usd=prices.cost_micro_usd(model, usage),
    )


class ChatDigest:
    """What the chunks of one chat completion add up to."""

    def __init__(self) -> None:
        self.done = False
        self.stop_reason = ""
        self._used: dict[str, Any] = {}

    def read(self, data: bytes) -> str:
        if data == b"[DONE]":
            self.done = True
            return ""
        chunk = decode(data)
        if chunk.get("error"):
            raise from_error(chunk)
        self._used = chunk.get("usage") or self._used
        choice = next(iter(chunk.get("choices") or ()), None) or {}
        self.stop_reason = choice.get("finish_reason") or self.stop_reason
        text = (choice.get("delta") or {}).get("content")
        return text if isinstance(text, str) else ""

    def usage(self, *, said: int = 0) -> Usage:
        """A server that counts nothing is taken at four characters a token."""
        cached = (self._used.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        return Usage(
            max(0, (self._used.get("prompt_tokens") or 0) - cached),
            self._used.get("completion_tokens") or said // 4,
            cached,
        )

    def check(self, *, said: bool) -> None:
        if not self.stop_reason:
            raise ProviderFailed(FailureKind.CUT_OFF, "no finish reason")
        if self.stop_reason == "content_filter":
            raise ProviderFailed(FailureKind.REFUSED_REQUEST, "the model refused")
        if not said:
            raise ProviderFailed(FailureKind.EMPTY, f"no text before {self.stop_reason}")


def _request(ask: Ask, model: str) -> Any:
    base = settings.openai_base_url.rstrip("/")
    # OpenAI's own newer models refuse `max_tokens`; most servers that imitate it know nothing else.
    limit = "max_completion_tokens" if "api.openai.com" in base else "max_tokens"
    system = "\n\n".join(text for text in ask.system if text.strip())
    first = [{"role": "system", "content": system}] if system else []
    return open_client().stream(
        "POST",
        f"{base}/chat/completions",
        headers={"authorization": f"Bearer {_key()}"},
        timeout=httpx.Timeout(None, connect=settings.llm_connect_timeout.total_seconds()),
        json={
            "model": model,
            "messages": [*first, *transcript.messages(ask)],
            "stream": True,
            "stream_options": {"include_usage": True},
            limit: settings.llm_max_tokens,
        },
    )


async def _refusal(response: httpx.Response) -> ProviderFailed:
    body = await response.aread()
    try:
        told: object = decode(body)
    except MalformedStream:
        told = body[:200].decode("utf-8", "replace")
    return from_error(told, status=response.status_code, headers=response.headers)


def _failure(error: Exception) -> ProviderFailed:
    if isinstance(error, ProviderFailed):
        return error
    if isinstance(error, (TimeoutError, httpx.TimeoutException)):
        return ProviderFailed(FailureKind.TIMEOUT)
    if isinstance(error, httpx.ConnectError):
        return ProviderFailed(FailureKind.CONNECTION)
    return ProviderFailed(FailureKind.CUT_OFF)


def _key() -> str:
    return settings.openai_api_key.get_secret_value().strip() if settings.openai_api_key else ""
