"""The agent's settings: who it is, whether it is live, where it may appear."""

import reflex as rx

from state.arriving import half_done
from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from vulkn_app import agents, organizations
from vulkn_app.agents import AgentForm, AgentRow
from vulkn_app.errors import Conflict, NotFound
from vulkn_app.settings import settings


@half_done("refused", "problem", "site_problem")
class AgentState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    agent: AgentRow | None = None
    sites: list[str] = []
    embed: str = ""
    chat_url: str = ""
    form_key: int = 0
    saving: bool = False
    refused: bool = False  # it wanted to go live before its exam
    problem: str = ""
    site_problem: str = ""

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(AgentState.ring)
        shown = self.agent
        await self._look()
        if self.agent != shown:  # else what was typed meanwhile stays
            self.form_key += 1
        slug = (await self.get_state(SessionState)).org_slug
        home = (settings.vulkn_public_url or self.router.url.origin).rstrip("/")
        self.embed = organizations.embed(slug, home)
        self.chat_url = f"{home}/c/{slug}"

    @rx.event
    @role("member")
    async def ring(self):
        """What somebody is typing stays: only the switch and the list of sites follow."""
        await self._look()

    @rx.event
    @role("admin")
    async def go_live(self, live: bool):
        try:
            await agents.set_live(await self._member(), self._known().id, bool(live))
        except Conflict as problem:
            if problem.code != "exam_first":
                raise
            self.refused = True
            return None
        finally:
            await self._look()
        self.refused = False
        return await self._saved("agent.went_live" if live else "agent.went_quiet")

    @rx.event
    @role("admin")
    async def save(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._save(form))
        self.saving = False
        if not self.problem:
            yield await self._saved()

    @rx.event
    @role("admin")
    async def allow(self, form: dict[str, str]):
        self.site_problem = await self._attempt(self._allow(form.get("site", "")))

    @rx.event
    @role("admin")
    async def disallow(self, origin: str):
        self.sites = await agents.disallow(await self._member(), origin)

    def _known(self) -> AgentRow:
        if self.agent is None:
            raise NotFound
        return self.agent

    async def _save(self, form: dict[str, str]) -> None:
        await agents.change(await self._member(), self._known().id, AgentForm.model_validate(form))

    async def _allow(self, site: str) -> None:
        self.sites = await agents.allow(await self._member(), site)

    async def _look(self) -> None:
        member = await self._member()
        self.agent, self.sites = await agents.current(member), await agents.sites(member)
        self.loaded = True
