"""A question that was too long, or that a provider would not take, made shorter twice."""

from collections.abc import Iterator
from dataclasses import replace

from vulkn_app.llm.asks import Ask, Step

_TOP = 2
_CONTEXT = 2_000  # characters
_RESULT = 2_000


def shapes(ask: Ask) -> Iterator[Ask]:
    """As it is, then with half the history and the best entries, then the question alone; each only if it is
    any shorter than the one before."""
    tried = ask
    yield ask
    for shorter in (_halved(ask), _alone(ask)):
        if shorter != tried:
            tried = shorter
            yield shorter


def _halved(ask: Ask) -> Ask:
    return replace(
        ask,
        history=ask.history[(len(ask.history) + 1) // 2 :],
        context=_with_entries(ask, _TOP),
    )


def _alone(ask: Ask) -> Ask:
    """Without tools as well: some servers refuse whatever names any."""
    context = _with_entries(ask, 1)
    return replace(
        ask,
        history=(),
        context=context if len(context) <= _CONTEXT else "",
        tools=(),
        steps=tuple(_cut(step) for step in ask.steps),
    )


def _with_entries(ask: Ask, count: int) -> str:
    """The context without the texts found beyond the best ones."""
    context = ask.context
    for entry in ask.evidence[count:]:
        if entry.text:
            context = context.replace(entry.text, "…")
    return context


def _cut(step: Step) -> Step:
    return replace(step, results=tuple(result[:_RESULT] for result in step.results))
