"""What the calls of one turn cost, each once."""

import time
from typing import Any

from vulkn_app import llm
from vulkn_app.llm import Ask, Failed, Finished, Usage, prices


class Ledger:
    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.first_token_ms: int | None = None
        self._started = time.perf_counter()

    def clock(self) -> int:
        """Milliseconds since the turn began."""
        return round((time.perf_counter() - self._started) * 1000)

    def first_word(self) -> None:
        if self.first_token_ms is None:
            self.first_token_ms = self.clock()

    def count(self, item: Failed | Finished) -> None:
        usage = item.usage if isinstance(item, Failed) else item
        failure = item.kind.value if isinstance(item, Failed) else None
        self._add(item.provider, item.model, usage, item.cost_micro_usd, failure)

    def count_broken(self, ask: Ask, said: str, why: str) -> None:
        """A call that we ended: its bill never came, so about four characters are taken for a token."""
        provider, model = llm.first_asked(ask)
        read = sum(map(len, ask.system)) + sum(len(line.text) for line in ask.history) + len(ask.context)
        usage = Usage((read + len(ask.question)) // 4, len(said) // 4)
        self._add(provider, model, usage, prices.cost_micro_usd(model, usage), why)

    def _add(
        self, provider: str, model: str, usage: Usage | Finished, cost: int, failure: str | None
    ) -> None:
        self.calls.append(
            {
                "call": len(self.calls),
                "provider": provider,
                "model": model,
                "input_tokens": usage.input_tokens,
                "output_tokens": usage.output_tokens,
                "cache_read_tokens": usage.cache_read_tokens,
                "cache_write_tokens": usage.cache_write_tokens,
                "cost_micro_usd": cost,
                "price_version": prices.VERSION,
                "first_token_ms": self.first_token_ms,
                "latency_ms": self.clock(),
                "failure": failure,
            }
        )
