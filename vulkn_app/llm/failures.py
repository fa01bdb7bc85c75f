"""How a provider's error becomes one of our kinds: one table for every provider."""

from collections.abc import Mapping
from math import ceil

from vulkn_app.llm.asks import FailureKind, ProviderFailed

# Anthropic's and OpenAI's error types; they outrank the status, which is 200 when an error comes mid-stream.
_BY_TYPE = {
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "rate_limit_exceeded": FailureKind.RATE_LIMITED,
    "overloaded_error": FailureKind.OVERLOADED,
    "api_error": FailureKind.SERVER_ERROR,
    "server_error": FailureKind.SERVER_ERROR,
    "timeout_error": FailureKind.TIMEOUT,
    "authentication_error": FailureKind.UNAUTHORIZED,
    "permission_error": FailureKind.UNAUTHORIZED,
    "billing_error": FailureKind.UNAUTHORIZED,
    "insufficient_quota": FailureKind.UNAUTHORIZED,
    "invalid_api_key": FailureKind.UNAUTHORIZED,
    "not_found_error": FailureKind.UNAUTHORIZED,
    "model_not_found": FailureKind.UNAUTHORIZED,
    "request_too_large": FailureKind.CONTEXT_TOO_LONG,
    "context_length_exceeded": FailureKind.CONTEXT_TOO_LONG,
    "invalid_request_error": FailureKind.REFUSED_REQUEST,
    "content_filter": FailureKind.REFUSED_REQUEST,
}
_BY_STATUS = {
    400: FailureKind.REFUSED_REQUEST,
    401: FailureKind.UNAUTHORIZED,
    402: FailureKind.UNAUTHORIZED,
    403: FailureKind.UNAUTHORIZED,
    404: FailureKind.UNAUTHORIZED,
    408: FailureKind.TIMEOUT,
    409: FailureKind.SERVER_ERROR,
    413: FailureKind.CONTEXT_TOO_LONG,
    422: FailureKind.REFUSED_REQUEST,
    429: FailureKind.RATE_LIMITED,
    500: FailureKind.SERVER_ERROR,
    502: FailureKind.SERVER_ERROR,
    503: FailureKind.OVERLOADED,
    504: FailureKind.TIMEOUT,
    529: FailureKind.OVERLOADED,
}
_TOO_LONG = ("prompt is too long", "context length", "context window", "maximum context", "too many tokens")
_UNPAID = ("credit balance", "billing", "quota")


def from_error(
    body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> ProviderFailed:
    """What an error body (already decoded, of any shape) says, told apart by type, then status, then words."""
    types, words = _told(body)
    if status == 200:
        status = next((int(name) for name in types if name.isdigit()), 200)
    kind = next((_BY_TYPE[name] for name in types if name in _BY_TYPE), None)
    if kind in (None, FailureKind.REFUSED_REQUEST) and status != 200:
        kind = _BY_STATUS.get(status, kind)
    if kind is FailureKind.REFUSED_REQUEST:
        kind = _by_words(words)
    # What is neither named nor a client error is the provider's trouble.
    kind = kind or (FailureKind.REFUSED_REQUEST if 400 <= status < 500 else FailureKind.SERVER_ERROR)
    return ProviderFailed(kind, words[:200], retry_after=_retry_after(headers or {}))


def _told(body: object) -> tuple[list[str], str]:
    """The error's names, the most telling first, and its message."""
    inner = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(inner, dict):
        return [], str(inner or "")
    names = [str(inner[key]) for key in ("code", "type") if inner.get(key)]
    return names, str(inner.get("message") or "")


def _by_words(words: str) -> FailureKind:
    """A 400 that is really about size or money says so only in its message."""
    said = words.lower()
    if any(phrase in said for phrase in _TOO_LONG):
        return FailureKind.CONTEXT_TOO_LONG
    if any(phrase in said for phrase in _UNPAID):
        return FailureKind.UNAUTHORIZED
    return FailureKind.REFUSED_REQUEST


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds; a date in the header counts as unknown."""
    try:
        if said := headers.get("retry-after-ms"):
            return ceil(float(said) / 1000)
        return ceil(float(headers["retry-after"])) if "retry-after" in headers else None
    except (ValueError, OverflowError):
        return None
