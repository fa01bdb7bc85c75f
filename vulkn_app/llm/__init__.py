"""Who answers, in what order, and when to fall back: Claude, an OpenAI-compatible server, rehearsal.

async for item in llm.stream(ask):   # Token*, Failed*, in the end exactly one Finished
"""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

import structlog

from vulkn_app.llm import claude, openai_compatible, prices, rehearsal
from vulkn_app.llm.asks import (
    Ask,
    Evidence,
    Failed,
    FailureKind,
    Finished,
    Language,
    Line,
    ProviderFailed,
    Token,
    Usage,
)
from vulkn_app.llm.breaker import Breaker
from vulkn_app.llm.patience import Patience

__all__ = [
    "REHEARSAL",
    "Ask",
    "Evidence",
    "Failed",
    "FailureKind",
    "Finished",
    "Language",
    "Line",
    "ProviderFailed",
    "Token",
    "Usage",
    "close",
    "open_clients",
    "providers",
    "rehearsal_only",
    "reset_breakers",
    "stream",
]

log = structlog.get_logger()

REHEARSAL = rehearsal.NAME


@dataclass(frozen=True, slots=True)
class _Provider:
    name: str
    configured: Callable[[], bool]
    stream: Callable[[Ask, Patience], AsyncIterator[Token | Finished]]


_MODELS = tuple(
    _Provider(model.NAME, model.configured, model.stream) for model in (claude, openai_compatible)
)
_breakers: dict[str, Breaker] = {}

# Another model would be asked the same thing: these go straight to rehearsal.
_ABOUT_THE_QUESTION = {FailureKind.REFUSED_REQUEST, FailureKind.CONTEXT_TOO_LONG}


def providers() -> list[str]:
    """Who would be asked, in order; rehearsal is always last."""
    return [*(model.name for model in _MODELS if model.configured()), rehearsal.NAME]


def rehearsal_only() -> bool:
    return not any(model.configured() for model in _MODELS)


async def stream(ask: Ask, *, models: bool = True) -> AsyncIterator[Token | Failed | Finished]:
    """The answer, whoever gives it; without `models` it is rehearsal's.

    Before the first token a failure is not seen; after it the next provider goes on from what was shown.
    """
    patience = Patience()
    waiting = [model for model in _MODELS if models and model.configured()]
    while waiting:
        model = waiting.pop(0)
        breaker = _breakers.setdefault(model.name, Breaker())
        if not breaker.allows():
            continue
        patience.next_provider(waiting=len(waiting), spoken=bool(ask.shown))
        shown: list[str] = []
        try:
            async with aclosing(model.stream(ask, patience)) as items:  # pyright: ignore[reportArgumentType]
                async for item in items:
                    if isinstance(item, Token):
                        shown.append(item.text)
                    else:
                        breaker.succeeded()
                    yield item
            return
        except ProviderFailed as failure:
            breaker.failed(failure)
            yield _failed(model.name, failure)
            ask = replace(ask, shown=ask.shown + "".join(shown))
            if failure.kind in _ABOUT_THE_QUESTION:
                break
    async for item in rehearsal.stream(ask):
        yield item


def _failed(provider: str, failure: ProviderFailed) -> Failed:
    log.warning("llm.failed", provider=provider, model=failure.model, kind=failure.kind.value)
    cost = prices.cost_micro_usd(failure.model, failure.usage)
    return Failed(provider, failure.model, failure.kind, failure.usage, cost)


def open_clients() -> None:
    """At start-up, so that the first customer does not wait for the SDK to load."""
    if claude.configured():
        claude.open_client()
    if openai_compatible.configured():
        openai_compatible.open_client()


async def close() -> None:
    await claude.close()
    await openai_compatible.close()


def reset_breakers() -> None:
    """Forgets every failure."""
    _breakers.clear()
