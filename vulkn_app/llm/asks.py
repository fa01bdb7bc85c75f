"""The words spoken between a turn and whoever answers it: what is asked, what streams back, how it fails."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
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
class Ask:
    """One question to any provider.

    `system` must not vary from turn to turn: it is the cached prefix. What varies goes into `context`,
    which stands before the question in the last user message. `evidence` is ranked, best first; below
    `enough` an entry does not count as an answer. `shown` is what the customer already read of an answer
    that broke off.
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


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as they are billed: `input_tokens` excludes what was read from or written to the cache."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer; never empty, never with half a character."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last item of every answer. `sources` are the entries quoted word for word, if any."""

    provider: str
    model: str
    stop_reason: str
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cost_micro_usd: int = 0
    sources: tuple[UUID, ...] = ()


class FailureKind(StrEnum):
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    EMPTY = "empty"
    REFUSED_REQUEST = "refused_request"
    CONTEXT_TOO_LONG = "context_too_long"
    UNAUTHORIZED = "unauthorized"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Failed:
    """A provider gave up and the next one took over; what it used is still billed."""

    provider: str
    model: str
    kind: FailureKind
    usage: Usage = Usage()
    cost_micro_usd: int = 0


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
