"""Step 4: the code for the website and the pages where it was seen; WhatsApp, if it is connected."""

import time

import reflex as rx

from state.onboarding import VISITS, Visit
from state.session import MemberMixin, SessionState, role
from vulkn_app.channels import sightings
from vulkn_app.channels.sightings import Sighting
from vulkn_app.channels.whatsapp import board
from vulkn_app.channels.whatsapp.board import NumberRow
from vulkn_app.onboarding.progress import Step
from vulkn_app.settings import settings


class OnboardingChannelsState(MemberMixin, rx.State):
    loaded: bool = False
    embed: str = ""
    sightings: list[Sighting] = []
    numbers: list[NumberRow] = []
    clock: int = 0  # the minute: how long ago it was is worded again

    @rx.event
    @role("admin")
    async def load(self):
        slug = (await self.get_state(SessionState)).org_slug
        home = (settings.vulkn_public_url or self.router.url.origin).rstrip("/")
        self.embed = f'<script src="{home}/vulkn-widget.js" data-org="{slug}"></script>'
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event
    @role("member")
    async def tick(self, _: str = ""):
        self.clock = int(time.time() // 60)

    async def _look(self) -> None:
        member = await self._member()
        self.sightings = (await sightings.latest(member))[:5]
        self.numbers = [row for row in await board.numbers(member) if row.problem != "disconnected"]
        self.clock = int(time.time() // 60)
        self.loaded = True


VISITS[Step.CHANNELS] = Visit(loads=(OnboardingChannelsState.load,), rings=(OnboardingChannelsState.ring,))
