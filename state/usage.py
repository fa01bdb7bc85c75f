"""What was used this month."""

import reflex as rx

from state.session import MemberMixin, role
from vulkn_app.analytics import usage
from vulkn_app.analytics.usage import Usage


class UsageState(MemberMixin, rx.State):
    now: Usage | None = None

    @rx.event
    @role("member")
    async def load(self):
        self.now = await usage.this_month(await self._member())
