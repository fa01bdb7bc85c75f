"""When customers come, said in a sentence at once; and as figures for whoever opens them."""

from functools import partial
from typing import Any

import reflex as rx

from state.analytics import PERIODS, AnalyticsState
from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from vulkn_app import i18n, written
from vulkn_app.analytics import figures
from vulkn_app.analytics.times import Times, times

KINDS = ("days", "hours")


class ExploreState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    total: int = 0
    at_night: int = 0
    on_weekends: int = 0
    opened: bool = False  # Plotly is fetched when it is
    kind: str = KINDS[0]
    figure: dict[str, Any] = {}  # Plotly's own: data and layout

    _times: Times | None = None

    @rx.event
    @role("member")
    async def load(self):
        """For the stretch that the page shows."""
        stretch = PERIODS[(await self.get_state(AnalyticsState)).period]
        zone = (await self.get_state(SessionState)).org_timezone
        self._times = found = await times(await self._member(), zone=zone, days=stretch)
        self.total, self.at_night, self.on_weekends = found.total, found.at_night or 0, found.on_weekends or 0
        self.loaded = True
        if self.opened:
            await self._draw()

    @rx.event
    @role("member")
    async def open(self):
        self.opened = True
        await self._draw()

    @rx.event
    @role("member")
    async def pick(self, kind: str):
        self.kind = kind if kind in KINDS else KINDS[0]
        await self._draw()

    async def _draw(self) -> None:
        if self._times is None:
            return
        language = await self._language()
        say = partial(i18n.t, language=language)
        if self.kind == "hours":
            figure = figures.by_hour(self._times, say)
        else:
            figure = figures.by_day(self._times, say, partial(written.short_day, language=language))
        self.figure = figure.to_plotly_json()
