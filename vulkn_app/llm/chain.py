"""One answer and the providers it is asked of, one after another."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import structlog

from vulkn_app.llm import calling, compaction, prices
from vulkn_app.llm.asks import Ask, Failed, FailureKind, Finished, ProviderFailed, Token, ToolCall
from vulkn_app.llm.breaker import Breaker
from vulkn_app.llm.calling import Dialect
from vulkn_app.llm.failures import ROWS, Then
from vulkn_app.llm.patience import Patience
from vulkn_app.llm.seam import Seam

log = structlog.get_logger()


class Attempt:
    """What was asked, and how much of the answer the customer has read."""

    def __init__(self, ask: Ask, patience: Patience) -> None:
        self.answered = False
        self.declined = False
        self._ask = ask
        self._read = [ask.shown]
        self._patience = patience
        patience.spoken |= bool(ask.shown)
        self._then = Then.ADVANCE

    @property
    def asked(self) -> Ask:
        """The question as whoever goes on now is asked it."""
        return replace(self._ask, shown="".join(self._read))

    @property
    def over(self) -> bool:
        """Whether no other model is to be asked: it is answered, or it is the question's own fault."""
        return self.answered or self._then in (Then.COMPACT, Then.STOP)

    async def ask(
        self, dialect: Dialect, breaker: Breaker, *, waiting: int
    ) -> AsyncGenerator[Token | ToolCall | Failed | Finished, None]:
        """A question that is refused is put again, shorter; `waiting` are the providers after this one."""
        try:
            for shape in compaction.shapes(self._ask):
                self._patience.next_provider(waiting=waiting)
                shorter = replace(shape, shown="".join(self._read))
                try:
                    async with aclosing(self._once(dialect, shorter)) as items:
                        async for item in items:
                            if not isinstance(item, Token):
                                breaker.succeeded()
                            yield item
                    self.answered = True
                    return
                except ProviderFailed as failure:
                    yield self._failed(dialect.name, breaker, failure)
                    if self._then is not Then.COMPACT:
                        return
        finally:
            breaker.left()

    async def _once(self, dialect: Dialect, ask: Ask) -> AsyncGenerator[Token | ToolCall | Finished, None]:
        """Remembers what is shown; what a second provider says again is left out."""
        seam = Seam(ask.shown)
        async with aclosing(calling.stream(dialect, ask, self._patience)) as items:
            async for item in items:
                if not isinstance(item, Token):
                    if rest := seam.close():
                        yield self._shown(rest)
                    yield item
                elif text := seam.join(item.text):
                    yield self._shown(text)

    def _shown(self, text: str) -> Token:
        self._patience.spoken = True
        self._read.append(text)
        return Token(text)

    def _failed(self, provider: str, breaker: Breaker, failure: ProviderFailed) -> Failed:
        """One that had hardly any time left is not blamed for being late."""
        self._then = ROWS[failure.kind].then
        self.declined = failure.kind is FailureKind.DECLINED
        if not (failure.kind is FailureKind.TIMEOUT and self._patience.hurried):
            breaker.failed(failure)
        told = {"provider": provider, "model": failure.model, "kind": failure.kind.value}
        log.warning("llm.failed", **told)
        if self._then is Then.DISABLE:
            log.error("llm.disabled", **told)
        cost = prices.cost_micro_usd(failure.model, failure.usage)
        return Failed(provider, failure.model, failure.kind, failure.usage, cost, prices.VERSION)
