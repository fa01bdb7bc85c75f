"""How the widget gets onto a site, and whether it is there."""

from datetime import datetime
from urllib.parse import urlsplit

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from vulkn_app import agents, organizations
from vulkn_app.channels import seen
from vulkn_app.settings import settings


class EmbedState(MemberMixin, SpeakingMixin, rx.State):
    builder: str = "html"
    code: str = ""
    by_manager: str = ""
    home: str = ""
    policy: str = ""
    paused: bool = False
    sites: list[str] = []
    looked: bool = False
    looking: bool = False
    page: str = ""
    at: datetime | None = None

    @rx.event
    @role("member")
    async def load(self):
        slug = (await self.get_state(SessionState)).org_slug
        self.home = (settings.vulkn_public_url or self.router.url.origin).rstrip("/")
        self.code = organizations.embed(slug, self.home)
        self.by_manager = organizations.embed_by_manager(slug, self.home)
        self.policy = f"script-src {self.home}; connect-src {self.home}; img-src {self.home}"
        self.looked = False
        await self._look()

    @rx.event
    @role("member")
    async def pick(self, builder: str):
        self.builder = builder

    @rx.event
    @role("member")
    async def look(self):
        """Whether it is to be seen by now."""
        self.looking = True
        yield
        trouble = await self._attempt(self._look())
        self.looked, self.looking = not trouble, False
        if trouble:
            yield rx.toast.error(trouble)

    async def _look(self) -> None:
        member = await self._member()
        self.paused = not (await agents.current(member)).live
        self.sites = [urlsplit(site).netloc or site for site in await agents.sites(member)]
        found = await seen.latest(member, self.home)
        self.page, self.at = (found.page, found.at) if found else ("", None)
