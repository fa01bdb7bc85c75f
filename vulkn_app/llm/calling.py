"""One question to one provider: what is common to all dialects between the request and the last item."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, Protocol

from vulkn_app.llm import prices, wire
from vulkn_app.llm.asks import Ask, FailureKind, Finished, ProviderFailed, Token, ToolCall, Usage
from vulkn_app.llm.patience import Patience
from vulkn_app.llm.reading import Digest, Reading

# So often a model may pause and be asked to go on.
_PAUSES = 3

Content = tuple[dict[str, Any], ...]


class Dialect(Protocol):
    @property
    def name(self) -> str: ...

    def configured(self) -> bool: ...

    def address(self) -> str:
        """Where its questions go."""
        ...

    def usual_model(self) -> str:
        """The deployment's."""
        ...

    def model_for(self, ask: Ask) -> str:
        """The organization's choice if it made one."""
        ...

    def digest(self, model: str) -> Digest: ...

    def posted(
        self, ask: Ask, model: str, paused: Content
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The request on its way. `paused` is what the model said before it paused."""
        ...


async def stream(
    dialect: Dialect, ask: Ask, patience: Patience
) -> AsyncGenerator[Token | ToolCall | Finished, None]:
    """Token*, ToolCall*, Finished. Raises ProviderFailed, with what was used until then; no tool call comes
    before the answer is known to be whole."""
    model, before, said, paused = dialect.model_for(ask), Usage(), 0, ()
    digest = dialect.digest(model)
    reading = Reading(digest, patience)
    try:
        for _ in range(_PAUSES):
            async with AsyncExitStack() as stack:
                stack.callback(reading.close)
                request = dialect.posted(ask, model, paused)
                chunks = await reading.opened(stack.enter_async_context(request))
                while text := await reading.next(chunks):
                    yield Token(text)
            said += reading.length
            digest.check(said=said > 0 or bool(ask.shown))
            if digest.stop_reason != "pause_turn":
                break
            before, paused = before + digest.usage(), (*paused, *digest.content())
            digest = dialect.digest(model)
            reading = Reading(digest, patience)
        else:
            raise ProviderFailed(FailureKind.CUT_OFF, "paused too often")
    except (ProviderFailed, *wire.BROKEN) as error:
        failure = wire.failure(error)
        failure.model, failure.usage = model, before + digest.usage(said=reading.length)
        raise failure from error
    calls = digest.calls()
    for call in calls:
        yield call
    stop_reason = "tool_use" if calls else digest.stop_reason
    yield _finished(dialect.name, model, stop_reason, before + digest.usage(said=reading.length))


def _finished(provider: str, model: str, stop_reason: str, usage: Usage) -> Finished:
    return Finished(
        provider,
        model,
        stop_reason,
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        prices.cost_micro_usd(model, usage),
        price_version=prices.VERSION,
    )
