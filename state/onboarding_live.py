"""Step 6: the switch, and then the link to share."""

from urllib.parse import quote

import reflex as rx

from state.arriving import half_done
from state.exam import ExamState
from state.onboarding import VISITS, Visit
from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from vulkn_app import agents, i18n
from vulkn_app.onboarding import sharing
from vulkn_app.onboarding.progress import Step
from vulkn_app.settings import settings


@half_done("celebrating")
class OnboardingLiveState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    live: bool = False
    chat_url: str = ""
    code: str = ""  # the QR code, as a picture's address
    message_url: str = ""
    celebrating: bool = False  # only in the tab that just opened it, and not after a reload
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("admin")
    async def load(self):
        self.celebrating, self.problem = False, ""
        slug = (await self.get_state(SessionState)).org_slug
        self.chat_url = f"{(settings.vulkn_public_url or self.router.url.origin).rstrip('/')}/c/{slug}"
        self.code = sharing.picture(self.chat_url)
        words = i18n.t("onboarding.share_message", await self._language(), url=self.chat_url)
        self.message_url = f"https://wa.me/?text={quote(words)}"
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event
    @role("admin")
    async def open(self):
        self.saving = True
        yield
        self.problem = await self._attempt(self._open())
        self.saving = False
        self.celebrating = not self.problem

    async def _open(self) -> None:
        member = await self._member()
        await agents.set_live(member, (await agents.current(member)).id, True)
        await self._look()

    async def _look(self) -> None:
        self.live = (await agents.current(await self._member())).live
        self.loaded = True


# The exam loads where it is shown; what follows it ends with a line that is lost.
VISITS[Step.EXAM] = Visit(rings=(ExamState.load,))
VISITS[Step.LIVE] = Visit(
    loads=(OnboardingLiveState.load, ExamState.load), rings=(OnboardingLiveState.ring, ExamState.load)
)
