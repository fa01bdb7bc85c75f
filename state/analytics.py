"""What came of being seen: the widget's funnel by page and by day."""

import reflex as rx

from state.session import MemberMixin, SessionState, role
from vulkn_app.analytics.funnel import Counts, DayCounts, PageCounts, funnel
from vulkn_app.settings import settings

PERIODS = {"7": 7, "28": 28, "90": 90}


class AnalyticsState(MemberMixin, rx.State):
    loaded: bool = False
    period: str = "28"
    total: Counts = Counts()
    days: list[DayCounts] = []
    pages: list[PageCounts] = []

    @rx.var
    def nothing(self) -> bool:
        return not (self.total.impressions or self.total.opens or self.total.starts)

    @rx.var
    def busiest(self) -> int:
        """What the highest column stands for."""
        return max((max(day.impressions, day.opens, day.starts) for day in self.days), default=0)

    @rx.event
    @role("member")
    async def load(self):
        await self._look()

    @rx.event
    @role("member")
    async def pick(self, period: str):
        self.period = period if period in PERIODS else "28"
        await self._look()

    async def _look(self) -> None:
        session = await self.get_state(SessionState)
        home = (settings.vulkn_public_url or self.router.url.origin).rstrip("/")
        seen = await funnel(
            await self._member(), zone=session.org_timezone, days=PERIODS[self.period], home=home
        )
        self.total, self.days, self.pages = seen.total, seen.days, seen.pages
        self.loaded = True
