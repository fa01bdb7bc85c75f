"""Any server that speaks OpenAI's chat completions, and the optional OpenClaw gateway, which does so too."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from vulkn_app.llm import calling, transcript, wire
from vulkn_app.llm.asks import Ask, FailureKind, Finished, ProviderFailed, Token, ToolCall, ToolSpec, Usage
from vulkn_app.llm.failures import from_error
from vulkn_app.llm.patience import Patience
from vulkn_app.llm.sse import decode
from vulkn_app.llm.toolcalls import Calls
from vulkn_app.settings import settings


@dataclass(frozen=True, slots=True)
class Server:
    """Where it is and what it is given, as the settings say at that moment."""

    base_url: str
    key: str
    model: str


@dataclass(frozen=True, slots=True)
class ChatServer:
    name: str
    server: Callable[[], Server | None]
    tools: bool
    chosen: Callable[[Ask], str | None]

    def configured(self) -> bool:
        return self.server() is not None

    def address(self) -> str:
        return f"{self._server().base_url}/chat/completions"

    def usual_model(self) -> str:
        return self._server().model

    def model_for(self, ask: Ask) -> str:
        return ask.models.get(self.name) or self.chosen(ask) or self._server().model

    def digest(self, model: str) -> "ChatDigest":
        return ChatDigest()

    def posted(
        self, ask: Ask, model: str, paused: calling.Content
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        server = self._server()
        authorization = {"authorization": f"Bearer {server.key}"} if server.key else {}
        body = _request(ask, model, server.base_url, tools=self.tools)
        return wire.posted(self.address(), headers=authorization, body=wire.encoded(body))

    def _server(self) -> Server:
        server = self.server()
        assert server, f"{self.name} is not configured"
        return server


def _openai() -> Server | None:
    key = _told(settings.openai_api_key)
    return Server(settings.openai_base_url.rstrip("/"), key, settings.openai_model) if key else None


def _openclaw() -> Server | None:
    """https://docs.openclaw.ai/gateway/openai-http-api; a gateway on a private network may need no token."""
    base = (settings.openclaw_base_url or "").strip().rstrip("/").removesuffix("/v1")
    return Server(f"{base}/v1", _told(settings.openclaw_token), settings.openclaw_model) if base else None


def _chosen(ask: Ask) -> str | None:
    return ask.model if ask.model and "claude" not in ask.model else None


OPENAI = ChatServer("openai", _openai, tools=True, chosen=_chosen)
# A request runs as an agent of its own there, with the operator's rights: it is given words, and no session.
OPENCLAW = ChatServer("openclaw", _openclaw, tools=False, chosen=lambda ask: None)

NAME = OPENAI.name


def stream(ask: Ask, patience: Patience) -> AsyncGenerator[Token | ToolCall | Finished, None]:
    """See calling.stream."""
    return calling.stream(OPENAI, ask, patience)


class ChatDigest:
    """What the chunks of one chat completion add up to."""

    def __init__(self) -> None:
        self.done = False
        self.begun = False
        self.stop_reason = ""
        self._calls = Calls()
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
        delta = choice.get("delta") or {}
        if delta.get("tool_calls") or delta.get("function_call"):
            self._calls.grow(delta)
            self.begun = True
        text = delta.get("content")
        return text if isinstance(text, str) else ""

    def usage(self, *, said: int = 0) -> Usage:
        """A server that counts nothing is taken at four characters a token."""
        cached = (self._used.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        return Usage(
            max(0, (self._used.get("prompt_tokens") or 0) - cached),
            self._used.get("completion_tokens") or said // 4,
            cached,
        )

    def calls(self) -> tuple[ToolCall, ...]:
        return self._calls.all()

    def content(self) -> calling.Content:
        return ()

    def check(self, *, said: bool) -> None:
        if not self.stop_reason:
            raise ProviderFailed(FailureKind.CUT_OFF, "no finish reason")
        if self.stop_reason == "content_filter":
            raise ProviderFailed(FailureKind.DECLINED, "the model refused")
        if not said and not self._calls:
            raise ProviderFailed(FailureKind.EMPTY, f"no text before {self.stop_reason}")


def _request(ask: Ask, model: str, base_url: str, *, tools: bool) -> dict[str, Any]:
    # OpenAI's own newer models refuse `max_tokens`; most servers that imitate it know nothing else.
    limit = "max_completion_tokens" if "api.openai.com" in base_url else "max_tokens"
    request: dict[str, Any] = {
        "model": model,
        "stream": True,
        "stream_options": {"include_usage": True},
        limit: settings.llm_max_tokens,
    }
    if tools and ask.tools:
        request["tools"] = [_tool(tool) for tool in sorted(ask.tools, key=lambda tool: tool.name)]
        if not ask.may_call:
            request["tool_choice"] = "none"
    system = "\n\n".join(text for text in ask.system if text.strip())
    first = [{"role": "system", "content": system}] if system else []
    said = transcript.openai(ask) if tools else transcript.plain(ask)
    return request | {"messages": [*first, *said]}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.schema}
    return {"type": "function", "function": function}


def _told(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""
