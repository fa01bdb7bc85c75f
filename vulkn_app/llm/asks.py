"""The words spoken between a turn and whoever answers it: what is asked, what streams back, how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from vulkn_app.errors import VulknError

Language = Literal["es", "en"]


@dataclass(frozen=True, slots=True)
class Line:
    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A knowledge entry that search found for this question."""

    entry_id: UUID
    title: str
    text: str
    language: str
    score: float


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model is told of it; `schema` is the JSON schema of its arguments."""

    name: str
    description: str
    schema: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A whole answer as its model worded it. One that thought refuses the tool's result without its thoughts."""

    model: str
    content: tuple[dict[str, Any], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model wants done. `arguments` is None when its JSON was broken or no object."""

    id: str
    name: str
    arguments: dict[str, Any] | None
    verbatim: Verbatim | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """A round of tools within one turn: what was said before them, and one fenced result a call."""

    said: str
    calls: tuple[ToolCall, ...]
    results: tuple[str, ...]

    def __post_init__(self) -> None:
        assert len(self.calls) == len(self.results), "every call has a result"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to any provider.

    `system` and `tools` must not vary from turn to turn: they are the cached prefix. What varies goes into
    `context`, which stands before the question in the last user message. `evidence` is ranked, best first;
    below `enough` an entry does not count as an answer. `shown` is what the customer already read of an
    answer that broke off. `correction` is our own word on an answer that has to be given again. `order` and
    `models` (by provider) are the organization's choice; empty is the deployment's. `ready` is what to say
    when no model is left to word it, such as what a tool already did. Without `may_call` the tools stand there,
    cached as ever, and no model may call one.
    """

    system: tuple[str, ...]
    history: tuple[Line, ...]
    question: str
    evidence: tuple[Evidence, ...]
    context: str
    language: Language
    agent_name: str
    business: str
    greeting: str
    model: str | None = None
    shown: str = ""
    enough: float = 0.0
    tools: tuple[ToolSpec, ...] = ()
    steps: tuple[Step, ...] = ()
    correction: str = ""
    order: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    ready: str = ""
    may_call: bool = True


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as they are billed: `input_tokens` excludes what was read from or written to the cache."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
        )


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer; never empty, never with half a character. `ours`: no model wrote it."""

    text: str
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The last item of every answer. `sources` are the entries quoted word for word, if any.

    After tool calls `stop_reason` is `tool_use`, whoever answers; rehearsal's are in `rehearsal.stream`.
    """

    provider: str
    model: str
    stop_reason: str
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cost_micro_usd: int = 0
    sources: tuple[UUID, ...] = ()
    price_version: str = ""


class FailureKind(StrEnum):
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    EMPTY = "empty"
    REFUSED_REQUEST = "refused_request"
    CONTEXT_TOO_LONG = "context_too_long"
    DECLINED = "declined"
    UNAUTHORIZED = "unauthorized"
    UNPAID = "unpaid"
    UNKNOWN_MODEL = "unknown_model"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Failed:
    """A provider gave up and somebody else took over; what it used is still billed."""

    provider: str
    model: str
    kind: FailureKind
    usage: Usage = Usage()
    cost_micro_usd: int = 0
    price_version: str = ""


class ProviderFailed(VulknError):
    """A provider gave no whole answer. `detail` is the provider's own words, never the customer's."""

    code = "provider_failed"
    status = 502

    def __init__(
        self,
        kind: FailureKind,
        detail: str = "",
        *,
        retry_after: int | None = None,
        model: str = "",
        usage: Usage | None = None,
    ) -> None:
        super().__init__(retry_after=retry_after)
        self.kind = kind
        self.detail = detail
        self.model = model
        self.usage = usage or Usage()
