"""Claude through the anthropic SDK: the SDK's transport, headers and errors, our own reading of the stream."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import anthropic
import httpx2
from anthropic.types import TextBlockParam

from vulkn_app.llm import prices, transcript
from vulkn_app.llm.asks import Ask, FailureKind, Finished, ProviderFailed, Token, Usage
from vulkn_app.llm.failures import from_error
from vulkn_app.llm.patience import Patience
from vulkn_app.llm.reading import Reading
from vulkn_app.llm.sse import decode
from vulkn_app.settings import settings

NAME = "claude"
# From the fifth generation on, models think before they speak unless told to hurry.
_THINKS = re.compile(r"claude-[a-z]+-(?:[5-9]|\d\d)(?:-|$)")
_EFFORT = "low"

_clients: dict[tuple[asyncio.AbstractEventLoop, str, str], anthropic.AsyncAnthropic] = {}


def configured() -> bool:
    return bool(_key())


def model_for(ask: Ask) -> str:
    return ask.model if ask.model and "claude" in ask.model else settings.anthropic_model


def open_client() -> anthropic.AsyncAnthropic:
    """The process's one client, made on first use: tests and key changes get their own."""
    key = (asyncio.get_running_loop(), settings.anthropic_base_url, _key())
    if (client := _clients.get(key)) is None:
        client = _clients[key] = anthropic.AsyncAnthropic(
            api_key=key[2],
            base_url=key[1],
            max_retries=0,
            http_client=anthropic.DefaultAioHttpClient(),
        )
    return client


async def close() -> None:
    for key in list(_clients):
        await _clients.pop(key).close()


async def stream(ask: Ask, patience: Patience) -> AsyncIterator[Token | Finished]:
    """Raises ProviderFailed, with what was used until then."""
    model = model_for(ask)
    digest = ClaudeDigest()
    reading = Reading(digest, patience)
    try:
        async with AsyncExitStack() as stack:
            stack.callback(reading.close)
            request = open_client().messages.with_streaming_response.create(**_request(ask, model))
            response = await reading.opened(stack.enter_async_context(request))
            chunks = response.iter_bytes()
            while text := await reading.next(chunks):
                yield Token(text)
        digest.check(said=reading.length > 0 or bool(ask.shown))
    except (ProviderFailed, anthropic.AnthropicError, *_BROKEN) as error:
        failure = _failure(error)
        failure.model, failure.usage = model, digest.usage(said=reading.length)
        raise failure from error
    usage = digest.usage()
    yield Finished(
        NAME,
        model,
        digest.stop_reason,
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        prices.cost_micro_usd(model, usage),
    )


# What the aiohttp transport lets through once the response has begun: none of it is the SDK's.
_BROKEN = (httpx2.HTTPError, httpx2.StreamError, aiohttp.ClientError, OSError)


class ClaudeDigest:
    """What the events of one Messages stream add up to."""

    def __init__(self) -> None:
        self.done = False
        self.stop_reason = ""
        self._used: dict[str, int] = {}

    def read(self, data: bytes) -> str:
        event = decode(data)
        match event.get("type"):
            case "content_block_delta":
                return _text(event.get("delta"), "text_delta")
            case "content_block_start":
                return _text(event.get("content_block"), "text")
            case "message_start":
                self._add(event.get("message") or {})
            case "message_delta":
                self._add(event)
                self.stop_reason = (event.get("delta") or {}).get("stop_reason") or self.stop_reason
            case "message_stop":
                self.done = True
            case "error":
                raise from_error(event)
        return ""

    def _add(self, event: dict[str, Any]) -> None:
        """Counts are cumulative: a later one replaces an earlier one, an absent one leaves it."""
        used = event.get("usage") or {}
        self._used |= {name: count for name, count in used.items() if isinstance(count, int)}

    def usage(self, *, said: int = 0) -> Usage:
        """Output is only counted at the end: of `said` characters, about four are a token."""
        used = self._used.get
        return Usage(
            used("input_tokens", 0),
            max(used("output_tokens", 0), said // 4),
            used("cache_read_input_tokens", 0),
            used("cache_creation_input_tokens", 0),
        )

    def check(self, *, said: bool) -> None:
        """A stream may end without an exception and still be no answer."""
        if not self.stop_reason:
            raise ProviderFailed(FailureKind.CUT_OFF, "no stop reason")
        if self.stop_reason == "refusal":
            raise ProviderFailed(FailureKind.REFUSED_REQUEST, "the model refused")
        if not said and self.stop_reason == "model_context_window_exceeded":
            raise ProviderFailed(FailureKind.CONTEXT_TOO_LONG, "no room for an answer")
        if not said:
            raise ProviderFailed(FailureKind.EMPTY, f"no text before {self.stop_reason}")


def _text(part: object, kind: str) -> str:
    """The text of a delta or block if it is of that kind."""
    if not isinstance(part, dict) or part.get("type") != kind:
        return ""
    text = part.get("text")
    return text if isinstance(text, str) else ""


def _request(ask: Ask, model: str) -> dict[str, Any]:
    """`system` comes first and ends with the cache mark, so its bytes are the same every turn."""
    request: dict[str, Any] = {
        "model": model,
        "max_tokens": settings.llm_max_tokens,
        "messages": transcript.messages(ask),
        "stream": True,
        "timeout": anthropic.Timeout(None, connect=settings.llm_connect_timeout.total_seconds()),
    }
    if system := [TextBlockParam(type="text", text=text) for text in ask.system if text.strip()]:
        system[-1]["cache_control"] = {"type": "ephemeral"}
        request["system"] = system
    if _THINKS.search(model):
        request["output_config"] = {"effort": _EFFORT}
    return request


def _failure(error: Exception) -> ProviderFailed:
    """In the order of the exceptions' inheritance: a timeout of the SDK is a connection error too."""
    if isinstance(error, ProviderFailed):
        return error
    if isinstance(error, anthropic.APIStatusError):
        return from_error(error.body, status=error.status_code, headers=error.response.headers)
    if isinstance(error, (TimeoutError, anthropic.APITimeoutError, httpx2.TimeoutException)):
        return ProviderFailed(FailureKind.TIMEOUT)
    if isinstance(error, anthropic.APIConnectionError):
        return ProviderFailed(FailureKind.CONNECTION)
    if isinstance(error, anthropic.AnthropicError):
        return ProviderFailed(FailureKind.SERVER_ERROR, type(error).__name__)
    return ProviderFailed(FailureKind.CUT_OFF)


def _key() -> str:
    return settings.anthropic_api_key.get_secret_value().strip() if settings.anthropic_api_key else ""
