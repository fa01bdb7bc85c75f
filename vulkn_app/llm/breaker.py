"""Leaving a provider alone for a while after it failed."""

import time
from collections.abc import Callable
from datetime import timedelta

from vulkn_app.llm.asks import FailureKind, ProviderFailed
from vulkn_app.llm.failures import ROWS, Then
from vulkn_app.settings import settings

COOLDOWNS = (30.0, 60.0, 300.0)
DISABLED = timedelta(minutes=30).total_seconds()
_LONGEST = DISABLED

Clock = Callable[[], float]


class Breaker:
    """Open (skipping) for 30 s, then 1 min, then 5 min; after each, exactly one question tries again."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.lasting: FailureKind | None = None
        """Why it is disabled until a person acts."""
        self._clock = clock
        self._openings = 0
        self._in_a_row = 0
        self._open_until = 0.0
        self._probe_until = 0.0

    @property
    def resting(self) -> bool:
        """Whether a question would be sent on. Unlike `allows`, asking changes nothing."""
        return self._clock() < max(self._open_until, self._probe_until)

    def allows(self) -> bool:
        """Whether to ask. A yes after a cooldown is a probe: others are sent on while it runs."""
        if self.resting:
            return False
        if self._openings:
            self._probe_until = self._clock() + settings.llm_total_timeout.total_seconds()
        return True

    def succeeded(self) -> None:
        """What was asked before the provider began to rest says nothing about it now."""
        if self._clock() >= self._open_until:
            self._openings = self._in_a_row = 0
            self._probe_until = 0.0
            self.lasting = None

    def failed(self, failure: ProviderFailed) -> None:
        """Failures of questions that were under way together open it once, not once each."""
        row = ROWS[failure.kind]
        probing, self._probe_until = bool(self._openings), 0.0
        if not row.rests_after:
            return
        if self._clock() < self._open_until:
            return self._wait(failure.retry_after or 0)
        self._in_a_row += 1
        if self._in_a_row < row.rests_after and not probing:
            return None
        self._openings += 1
        cooldown = COOLDOWNS[min(self._openings, len(COOLDOWNS)) - 1]
        if row.then is Then.DISABLE:
            cooldown, self.lasting = DISABLED, failure.kind
        return self._wait(max(cooldown, failure.retry_after or 0))

    def left(self) -> None:
        """Nobody waited for the answer: the next question may probe."""
        self._probe_until = 0.0

    def _wait(self, seconds: float) -> None:
        self._open_until = max(self._open_until, self._clock() + min(seconds, _LONGEST))


class Breakers:
    """This process's, one for each provider. A model that an organization chose for itself has its own, so
    that a name nobody serves is that organization's trouble alone."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, Breaker] = {}

    def of(self, provider: str, model: str, *, usual: bool) -> Breaker:
        name = provider if usual else f"{provider}/{model}"
        if (breaker := self._known.get(name)) is None:
            breaker = self._known[name] = Breaker(self._clock)
        return breaker

    def disabled(self) -> dict[str, str]:
        """Who is left alone until a person acts, and why."""
        return {
            name: breaker.lasting.value
            for name, breaker in self._known.items()
            if breaker.lasting and breaker.resting
        }

    def forget(self) -> None:
        self._known.clear()
