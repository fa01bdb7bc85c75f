"""How a provider's error becomes one of our kinds, and what follows from it: one table for every provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from math import ceil

from vulkn_app.llm.asks import FailureKind, ProviderFailed


class Then(StrEnum):
    ADVANCE = "advance"
    """The next provider is asked."""
    DISABLE = "disable"
    """The next provider is asked, and this one not again for long: it does not pass until a person acts."""
    COMPACT = "compact"
    """The same provider is asked something shorter; another one would be asked the same thing."""
    STOP = "stop"
    """No model is asked any more."""


@dataclass(frozen=True, slots=True)
class Row:
    """`names` are error types and codes of Anthropic, OpenAI and those who imitate them; `words` tell apart
    what came as a plain bad request. `rests_after`: so many in a row let the provider rest, 0 never does."""

    kind: FailureKind
    then: Then
    rests_after: int
    statuses: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


TABLE = (
    Row(FailureKind.RATE_LIMITED, Then.ADVANCE, 1, (429,), ("rate_limit_error", "rate_limit_exceeded")),
    Row(FailureKind.OVERLOADED, Then.ADVANCE, 1, (503, 529), ("overloaded_error", "overloaded")),
    Row(FailureKind.TIMEOUT, Then.ADVANCE, 1, (408, 504), ("timeout_error",)),
    Row(FailureKind.CONNECTION, Then.ADVANCE, 2),
    Row(FailureKind.SERVER_ERROR, Then.ADVANCE, 2, (409, 500, 502), ("api_error", "server_error")),
    Row(FailureKind.CUT_OFF, Then.ADVANCE, 2),
    Row(FailureKind.EMPTY, Then.ADVANCE, 0),
    Row(
        FailureKind.UNAUTHORIZED,
        Then.DISABLE,
        1,
        (401, 403),
        ("authentication_error", "permission_error", "invalid_api_key"),
    ),
    Row(
        FailureKind.UNPAID,
        Then.DISABLE,
        1,
        (402,),
        ("billing_error", "insufficient_quota"),
        ("credit balance", "billing", "quota"),
    ),
    Row(FailureKind.UNKNOWN_MODEL, Then.DISABLE, 1, (404, 405), ("not_found_error", "model_not_found")),
    Row(
        FailureKind.CONTEXT_TOO_LONG,
        Then.COMPACT,
        0,
        (413,),
        ("request_too_large", "context_length_exceeded"),
        ("prompt is too long", "context length", "context window", "maximum context", "too many tokens"),
    ),
    Row(FailureKind.REFUSED_REQUEST, Then.COMPACT, 0, (400, 422), ("invalid_request_error",)),
    Row(FailureKind.DECLINED, Then.STOP, 0, (), ("content_filter",)),
)

ROWS = {row.kind: row for row in TABLE}
_BY_STATUS = {status: row.kind for row in TABLE for status in row.statuses}
_BY_NAME = {name: row.kind for row in TABLE for name in row.names}
_BY_WORDS = {words: row.kind for row in TABLE for words in row.words}


def from_error(
    body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> ProviderFailed:
    """What an error body (already decoded, of any shape) says, told apart by name, then status, then words.

    Names outrank the status, which is 200 when an error comes mid-stream.
    """
    names, words = _told(body)
    if status == 200:
        status = next((int(name) for name in names if name.isdigit()), 200)
    kind = next((_BY_NAME[name] for name in names if name in _BY_NAME), None)
    if kind in (None, FailureKind.REFUSED_REQUEST):
        kind = _BY_STATUS.get(status, kind)
    if kind is FailureKind.REFUSED_REQUEST:
        kind = next((_BY_WORDS[phrase] for phrase in _BY_WORDS if phrase in words.lower()), kind)
    # What nobody named is the provider's trouble.
    kind = kind or FailureKind.SERVER_ERROR
    return ProviderFailed(kind, words[:200], retry_after=_retry_after(headers or {}))


def _told(body: object) -> tuple[list[str], str]:
    """The error's names, the most telling first, and its message."""
    inner = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(inner, dict):
        return [], str(inner or "")
    names = [str(inner[key]) for key in ("code", "type") if inner.get(key)]
    return names, str(inner.get("message") or "")


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds from now, whichever way the provider says it; nonsense counts as unknown."""
    said = headers.get("retry-after", "")
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return ceil(float(milliseconds) / 1000)
        if said[:1].isalpha():
            return max(0, ceil((parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()))
        return ceil(float(said)) if said else None
    except (ValueError, OverflowError, TypeError):
        return None
