"""What was used this month."""

import reflex as rx

from state.session import MemberMixin, role
from vulkn_app.analytics import usage, whatsapp_costs
from vulkn_app.analytics.usage import Usage
from vulkn_app.analytics.whatsapp_costs import MonthCost


class UsageState(MemberMixin, rx.State):
    now: Usage | None = None
    whatsapp: MonthCost | None = None

    @rx.event
    @role("member")
    async def load(self):
        member = await self._member()
        self.now, self.whatsapp = await usage.this_month(member), await whatsapp_costs.month(member)
