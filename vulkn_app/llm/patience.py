"""How long a customer waits: for the first words, between words, and in all."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from vulkn_app.settings import settings

T = TypeVar("T")

# With every provider hanging, the first words still come at 1.25 times the first-token limit (7.5 s of 6).
_STRETCH = 1.25
# A provider that starts now weighs 1 against those still waiting.
_WAITING = 0.47
# Whatever a turn did before, such as a slow tool: nobody is asked for less than this share of the limit.
_LEAST = 0.2


class Patience:
    """One turn's, over all its providers and steps. Times are the event loop's; the limits are those of the
    settings when it starts."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self.spoken = False
        """Whether the customer has words before them: the next ones may take longer then."""
        self.hurried = False
        """Whether the provider has so little time that being late says nothing about it."""
        self._clock = clock or asyncio.get_running_loop().time
        now = self._clock()
        self._first_limit = settings.llm_first_token_timeout.total_seconds()
        self._gap = settings.llm_gap_timeout.total_seconds()
        self._words = now + self._first_limit * _STRETCH
        self._total = now + settings.llm_total_timeout.total_seconds()
        self._first = now + self._first_limit

    def next_provider(self, *, waiting: int) -> None:
        """Gives the provider that starts now its share, with enough kept for those still `waiting`."""
        now = self._clock()
        share = self._first_limit
        if not self.spoken:
            left = (self._words - now) / (1 + _WAITING * waiting)
            share = min(share, max(left, self._first_limit * _LEAST))
        self.hurried = share < self._first_limit / 2
        self._first = min(now + share, self._total)

    def until(self, *, begun: bool) -> float:
        """When the wait for the next piece is over."""
        return min(self._clock() + self._gap, self._total) if begun else self._first


class Watch:
    """Waits with a deadline again and again: `asyncio.timeout` with one timer for a whole stream.

    A timer for every token cost more than reading the token.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self._task: asyncio.Task[Any] | None = None
        self._expired = False

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()

    async def wait(self, awaited: Awaitable[T], deadline: float) -> T:
        """Raises TimeoutError when the loop's clock passes `deadline`; the watch is over then."""
        task = self._task = asyncio.current_task()
        assert task
        before = task.cancelling()
        self._deadline = deadline
        if self._timer is None or self._timer.when() > deadline:
            self._set()
        try:
            return await awaited
        except asyncio.CancelledError as cancelled:
            # Somebody else wants this task to end as well, and they come first.
            if not self._expired or task.cancelling() > before + 1:
                raise
            raise TimeoutError from cancelled
        finally:
            self._task = None
            if self._expired:
                task.uncancel()

    def _set(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        """Too early for the deadline as it is now: set again. Nobody waiting: the next wait sets it."""
        self._timer = None
        if self._task and self._loop.time() < self._deadline:
            self._set()
        elif self._task:
            self._expired = True
            self._task.cancel()
