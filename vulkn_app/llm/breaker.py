"""Leaving a provider alone for a while after it failed."""

import time
from collections.abc import Callable

from vulkn_app.llm.asks import FailureKind, ProviderFailed

COOLDOWNS = (30.0, 60.0, 300.0)
_PROBE = 25.0

# Says nothing about the next question.
_HARMLESS = {FailureKind.REFUSED_REQUEST, FailureKind.CONTEXT_TOO_LONG, FailureKind.EMPTY}
# May be a hiccup: only the second in a row counts.
_HICCUPS = {FailureKind.SERVER_ERROR, FailureKind.CUT_OFF}
# Does not pass until a person acts.
_LASTING = {FailureKind.UNAUTHORIZED}


class Breaker:
    """Open (skipping) for 30 s, then 1 min, then 5 min; after each, one question at a time tries again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._openings = 0
        self._hiccups = 0
        self._closed_from = 0.0

    def allows(self) -> bool:
        """Whether to ask. A yes after a cooldown is a probe: others are sent on while it runs."""
        now = self._clock()
        if now < self._closed_from:
            return False
        if self._openings:
            self._closed_from = now + _PROBE
        return True

    def succeeded(self) -> None:
        self._openings = self._hiccups = 0
        self._closed_from = 0.0

    def failed(self, failure: ProviderFailed) -> None:
        if failure.kind in _HARMLESS:
            self._closed_from = 0.0
            return
        self._hiccups += 1
        if failure.kind in _HICCUPS and self._hiccups < 2 and not self._openings:
            return
        self._openings = len(COOLDOWNS) if failure.kind in _LASTING else self._openings + 1
        cooldown = COOLDOWNS[min(self._openings, len(COOLDOWNS)) - 1]
        cooldown = max(cooldown, min(failure.retry_after or 0.0, COOLDOWNS[-1]))
        self._closed_from = self._clock() + cooldown
