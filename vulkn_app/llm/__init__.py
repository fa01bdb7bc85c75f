"""Who answers, in what order, and when to fall back: Claude, an OpenAI-compatible server, OpenClaw, rehearsal.

async for item in llm.stream(ask):   # Token*, Failed*, ToolCall*, in the end exactly one Finished
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

from vulkn_app.llm import calling, claude, openai_compatible, rehearsal, wire
from vulkn_app.llm.asks import (
    Ask,
    Evidence,
    Failed,
    FailureKind,
    Finished,
    Language,
    Line,
    ProviderFailed,
    Step,
    Token,
    ToolCall,
    ToolSpec,
    Usage,
)
from vulkn_app.llm.breaker import Breaker, Breakers
from vulkn_app.llm.chain import Attempt
from vulkn_app.llm.patience import Patience
from vulkn_app.settings import settings

__all__ = [
    "REHEARSAL",
    "Ask",
    "Evidence",
    "Failed",
    "FailureKind",
    "Finished",
    "Language",
    "Line",
    "Patience",
    "ProviderFailed",
    "Step",
    "Token",
    "ToolCall",
    "ToolSpec",
    "Usage",
    "close",
    "disabled",
    "expect",
    "first_asked",
    "forget_prompts",
    "health",
    "open_clients",
    "providers",
    "rehearsal_only",
    "reset_breakers",
    "stream",
]

REHEARSAL = rehearsal.NAME

_MODELS: dict[str, calling.Dialect] = {
    dialect.name: dialect for dialect in (claude.CLAUDE, openai_compatible.OPENAI, openai_compatible.OPENCLAW)
}
_breakers = Breakers()


def providers(order: tuple[str, ...] = ()) -> list[str]:
    """Who would be asked, in the deployment's order or this one; rehearsal is always last."""
    return [*(dialect.name for dialect in _asked(order)), rehearsal.NAME]


def rehearsal_only(order: tuple[str, ...] = ()) -> bool:
    return not _asked(order)


def first_asked(ask: Ask) -> tuple[str, str]:
    """The provider that this question goes to first, and its model; rehearsal where there is none."""
    for dialect in _asked(ask.order):
        return dialect.name, dialect.model_for(ask)
    return rehearsal.NAME, rehearsal.NAME


def disabled() -> dict[str, str]:
    """Providers that are left alone until a person acts, and why: `unauthorized`, `unpaid`, `unknown_model`.

    One that an organization chose the model of stands there as `provider/model`. It is this process's view.
    """
    return _breakers.disabled()


def health() -> dict[str, str]:
    """Each provider of the deployment, in its order: "" when it is asked, `resting` for a moment after failures, or
    why it is left alone until a person acts. It is this process's view."""
    trouble = _breakers.disabled()
    return {
        dialect.name: trouble.get(dialect.name)
        or ("resting" if _breakers.of(dialect.name, "", usual=True).resting else "")
        for dialect in _asked(())
    }


async def stream(
    ask: Ask,
    *,
    models: bool = True,
    patience: Patience | None = None,
    without: Callable[[], Awaitable[str]] | None = None,
) -> AsyncGenerator[Token | ToolCall | Failed | Finished, None]:
    """The answer, whoever gives it; without `models` it is rehearsal's.

    Before the first token a failure is not seen; after it the next provider goes on from what was shown. Tool
    calls end an answer: run them and ask again with one more step, and the same patience. `without` is asked for
    what can be said or done when every model failed before a word.
    """
    attempt = Attempt(ask, patience or Patience())
    waiting = _asked(ask.order) if models else []
    none_answered = bool(waiting)
    while waiting and not attempt.over:
        dialect = waiting.pop(0)
        breaker = _breaker(dialect, ask)
        if not breaker.allows():
            continue
        others = sum(not _breaker(other, ask).resting for other in waiting)
        async with aclosing(attempt.ask(dialect, breaker, waiting=others)) as items:
            async for item in items:
                yield item
    if not attempt.answered:
        instead, asked = none_answered and not attempt.declined, attempt.asked
        if without and instead and not (asked.shown or asked.ready or asked.steps):
            asked = replace(asked, ready=await without())
        async for item in rehearsal.stream(asked, instead=instead):
            yield item


def _asked(order: tuple[str, ...]) -> list[calling.Dialect]:
    names = dict.fromkeys(order or settings.llm_order)
    return [_MODELS[name] for name in names if name in _MODELS and _MODELS[name].configured()]


def _breaker(dialect: calling.Dialect, ask: Ask) -> Breaker:
    model = dialect.model_for(ask)
    return _breakers.of(dialect.name, model, usual=model == dialect.usual_model())


def open_clients() -> None:
    """At start-up, so that the first customer does not wait for the SDK to load."""
    if not rehearsal_only():
        wire.open_client()
    if claude.CLAUDE.configured():
        claude.headers()


def expect() -> None:
    """Somebody will ask soon: whoever is asked first is connected to meanwhile. Never blocks, never fails."""
    for dialect in _asked(()):
        if not _breakers.of(dialect.name, "", usual=True).resting:
            return wire.reach(dialect.address())


async def close() -> None:
    await wire.close()


def forget_prompts() -> None:
    """Keeps no words of an earlier question."""
    claude.forget_prompts()


def reset_breakers() -> None:
    """Forgets every failure."""
    _breakers.forget()
