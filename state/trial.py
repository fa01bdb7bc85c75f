"""How long the trial still is: shown on every page."""

from datetime import UTC, datetime, timedelta

import reflex as rx

from state import fanout
from state.session import MemberMixin, role
from vulkn_app import plans


class TrialState(MemberMixin, rx.State):
    days: int = -1  # whole ones, rounded: 0 is the last half; -1: no trial

    @rx.event
    @role("member")
    async def load(self):
        """Also when something of the organization changed."""
        self.days = days_left(await plans.trial(await self._member()))


def days_left(ends: datetime | None) -> int:
    return -1 if ends is None else max(0, round((ends - datetime.now(UTC)) / timedelta(days=1)))


fanout.also(TrialState.load)
