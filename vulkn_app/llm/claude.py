"""Claude: the anthropic SDK's transport and headers, our own request and our own reading of the stream."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from typing import Any

from vulkn_app.llm import calling, transcript, wire
from vulkn_app.llm.asks import Ask, FailureKind, Finished, ProviderFailed, Token, ToolCall, ToolSpec, Usage
from vulkn_app.llm.blocks import Blocks
from vulkn_app.llm.failures import from_error
from vulkn_app.llm.patience import Patience
from vulkn_app.llm.sse import decode
from vulkn_app.settings import settings

NAME = "claude"
# From the fifth generation on, models think before they speak unless told to hurry.
_THINKS = re.compile(r"claude-[a-z]+-(?:[5-9]|\d\d)(?:-|$)")
_EFFORT = "low"
_CACHED = {"type": "ephemeral"}


class Claude:
    name = NAME

    def configured(self) -> bool:
        return bool(_key())

    def address(self) -> str:
        return f"{settings.anthropic_base_url.rstrip('/')}/v1/messages"

    def usual_model(self) -> str:
        return settings.anthropic_model

    def model_for(self, ask: Ask) -> str:
        chosen = ask.models.get(NAME) or ask.model
        return chosen if chosen and "claude" in chosen else settings.anthropic_model

    def digest(self, model: str) -> "ClaudeDigest":
        return ClaudeDigest(model)

    def posted(
        self, ask: Ask, model: str, paused: calling.Content
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        return wire.posted(self.address(), headers=headers(), body=_request(ask, model, paused))


CLAUDE = Claude()


def stream(ask: Ask, patience: Patience) -> AsyncGenerator[Token | ToolCall | Finished, None]:
    """See calling.stream."""
    return calling.stream(CLAUDE, ask, patience)


def headers() -> dict[str, str]:
    """What the SDK would send. Needs a running loop the first time."""
    return _headers(_key())


@lru_cache(maxsize=4)
def _headers(key: str) -> dict[str, str]:
    import anthropic

    sdk = anthropic.AsyncAnthropic(api_key=key, http_client=wire.open_client())
    return {name.lower(): value for name, value in sdk.default_headers.items() if isinstance(value, str)}


class ClaudeDigest:
    """What the events of one Messages stream add up to."""

    def __init__(self, model: str = "") -> None:
        self.done = False
        self.begun = False
        self.stop_reason = ""
        self._model = model
        self._blocks = Blocks()
        self._used: dict[str, int] = {}
        self._counted = False

    def read(self, data: bytes) -> str:
        event = decode(data)
        match event.get("type"):
            case "content_block_delta":
                return self._blocks.grow(event)
            case "content_block_start":
                text = self._blocks.start(event)
                self.begun = self._blocks.calling()
                return text
            case "message_start":
                self._add(event.get("message") or {})
            case "message_delta":
                self._add(event)
                self._counted = "output_tokens" in (event.get("usage") or {})
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
            max(used("output_tokens", 0), 0 if self._counted else said // 4),
            used("cache_read_input_tokens", 0),
            used("cache_creation_input_tokens", 0),
        )

    def calls(self) -> tuple[ToolCall, ...]:
        return self._blocks.calls(self._model)

    def content(self) -> calling.Content:
        return self._blocks.content()

    def check(self, *, said: bool) -> None:
        if not self.stop_reason:
            raise ProviderFailed(FailureKind.CUT_OFF, "no stop reason")
        if self.stop_reason == "refusal":
            raise ProviderFailed(FailureKind.DECLINED, "the model refused")
        if said or self.begun or self.stop_reason == "pause_turn":
            return
        if self.stop_reason == "model_context_window_exceeded":
            raise ProviderFailed(FailureKind.CONTEXT_TOO_LONG, "no room for an answer")
        raise ProviderFailed(FailureKind.EMPTY, f"no text before {self.stop_reason}")


def _request(ask: Ask, model: str, paused: calling.Content) -> bytes:
    said = transcript.anthropic(ask, model)
    if paused:
        said.append({"role": "assistant", "content": list(paused)})
    opening = _opening(model, settings.llm_max_tokens, ask.tools, ask.system, may_call=ask.may_call)
    return b'%b,"messages":%b}' % (opening, wire.encoded(said))


@lru_cache(maxsize=500)
def _opening(
    model: str, max_tokens: int, tools: tuple[ToolSpec, ...], system: tuple[str, ...], *, may_call: bool
) -> bytes:
    """All that stands before the messages, with its brace still open; encoded once, as it is the same every turn.

    Tools, then system, as the API caches them, up to the cache mark."""
    request: dict[str, Any] = {"model": model, "max_tokens": max_tokens, "stream": True}
    if _THINKS.search(model):
        request["output_config"] = {"effort": _EFFORT}
    told = [_tool(tool) for tool in sorted(tools, key=lambda tool: tool.name)]
    rules: list[dict[str, Any]] = [{"type": "text", "text": text} for text in system if text.strip()]
    if cached := rules or told:
        cached[-1]["cache_control"] = _CACHED
    if told:
        request["tools"] = told
    if told and not may_call:
        request["tool_choice"] = {"type": "none"}
    if rules:
        request["system"] = rules
    return wire.encoded(request)[:-1]


def forget_prompts() -> None:
    """An organization's knowledge is in them."""
    _opening.cache_clear()


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": tool.schema}


def _key() -> str:
    return settings.anthropic_api_key.get_secret_value().strip() if settings.anthropic_api_key else ""
