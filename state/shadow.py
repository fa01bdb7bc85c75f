"""Shadow mode's switch on the agent's page, and how it goes."""

from datetime import datetime

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.conversations import shadow
from vulkn_app.conversations.shadow import USUAL_HOURS, Score

HOURS = (24, 48, 72, 168)


class ShadowState(MemberMixin, SpeakingMixin, rx.State):
    """`percent`: -1 while nothing was decided."""

    loaded: bool = False
    on: bool = False
    live: bool = True
    until: datetime | None = None
    score: Score | None = None
    percent: int = -1
    hours: str = str(USUAL_HOURS)

    @rx.event
    @role("member")
    async def load(self):
        await self._look()

    @rx.event
    @role("admin")
    async def pick_hours(self, hours: str):
        self.hours = hours if hours in map(str, HOURS) else str(USUAL_HOURS)

    @rx.event
    @role("admin")
    async def begin(self):
        await shadow.begin(await self._member(), int(self.hours))
        await self._look()
        return await self._saved("shadow.began")

    @rx.event
    @role("admin")
    async def end(self):
        await shadow.end(await self._member())
        await self._look()
        return await self._saved("shadow.ended")

    async def _look(self) -> None:
        found = await shadow.read(await self._member())
        self.on, self.live, self.until, self.score = found.on, found.live, found.until, found.score
        percent = found.score.percent if found.score else None
        self.percent = -1 if percent is None else percent
        self.loaded = True
