"""Organizations at /admin: the list, one of them with what may be done about it, and a new one."""

from uuid import UUID

import reflex as rx
from reflex.event import run_script

from models.organizations import OrganizationStatus, Plan
from state.admin import AdministratorMixin, DeskTableMixin
from state.prefs import SpeakingMixin
from state.session import role
from state.table import SIZE
from vulkn_app import organizations
from vulkn_app.administrators import desk, standing, switches
from vulkn_app.administrators.desk import NewOrganization, OrganizationRow, Reason
from vulkn_app.administrators.standing import OpenSession
from vulkn_app.administrators.switches import FlagRow
from vulkn_app.errors import BadInput, NotFound

ENTER = run_script("location.assign('/app/')")
SAID: dict[str, switches.Said] = {"on": "on", "off": "off", "default": "default"}


class DeskState(DeskTableMixin, AdministratorMixin, SpeakingMixin, rx.State):
    rows: list[OrganizationRow] = []
    status: str = ""
    open_sessions: list[OpenSession] = []

    chosen: OrganizationRow | None = None
    chosen_open: bool = False
    flags: list[FlagRow] = []
    asking: str = ""  # which question stands before the chosen one: enter, plan, suspend, resume
    plan_wanted: str = ""
    saving: bool = False
    problem: str = ""

    new_open: bool = False
    made_name: str = ""
    made_embed: str = ""
    made_invite: str = ""

    @rx.event
    @role("platform")
    async def load(self):
        await self._look()

    @rx.event
    @role("platform")
    async def pick_status(self, status: str):
        await self._narrow(status=OrganizationStatus(status).value if status else "")

    @rx.event
    @role("platform")
    async def open(self, org_id: str):
        self.chosen = next((row for row in self.rows if str(row.id) == org_id), None)
        if self.chosen:
            self.flags = await switches.of_organization(await self._administrator(), self.chosen.id)
            self.chosen_open, self.asking, self.problem = True, "", ""

    @rx.event
    @role("platform")
    async def close(self):
        self.chosen_open, self.asking = False, ""

    @rx.event
    @role("platform")
    async def ask(self, what: str):
        self.asking = what if what in ("enter", "suspend", "resume") else ""
        self.problem = ""

    @rx.event
    @role("platform")
    async def decide(self, form: dict[str, str]):
        """The reason for what was asked: entering, suspending, resuming."""
        self.saving = True
        yield
        asking = self.asking
        self.problem = await self._attempt(self._decide(form.get("reason", "")))
        self.saving = False
        if self.problem:
            return
        if asking == "enter":
            yield ENTER
            return
        self.asking = ""
        await self._look_again()
        yield await self._saved()

    @rx.event
    @role("platform")
    async def ask_plan(self, plan: str):
        self.plan_wanted, self.asking, self.problem = Plan(plan).value, "plan", ""

    @rx.event
    @role("platform")
    async def set_flag(self, key: str, said: str):
        who, org_id = await self._administrator(), self._chosen()
        await switches.say(who, str(key), SAID.get(said, "default"), org_id)
        self.flags = await switches.of_organization(who, org_id)
        return await self._saved()

    @rx.event
    @role("platform")
    async def end(self, session: str, org_id: str):
        await standing.end(await self._administrator(), UUID(session), UUID(org_id))
        await self._look()

    @rx.event
    @role("platform")
    async def begin_new(self):
        self.new_open, self.problem = True, ""
        self.made_name = self.made_embed = self.made_invite = ""

    @rx.event
    @role("platform")
    async def close_new(self):
        self.new_open, self.made_invite = False, ""

    @rx.event
    @role("platform")
    async def create(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._create(form))
        self.saving = False
        if not self.problem:
            await self._look()

    async def _decide(self, reason: str) -> None:
        who, org_id = await self._administrator(), self._chosen()
        if not 10 <= len(reason.strip()) <= 500:
            raise BadInput("support_reason")
        form = Reason(reason=reason)
        if self.asking == "enter":
            await standing.begin(who, org_id, form)
        elif self.asking == "plan":
            await desk.set_plan(who, org_id, Plan(self.plan_wanted), form)
        elif self.asking == "suspend":
            await desk.set_status(who, org_id, OrganizationStatus.SUSPENDED, form)
        elif self.asking == "resume":
            await desk.set_status(who, org_id, OrganizationStatus.ACTIVE, form)

    async def _create(self, form: dict[str, str]) -> None:
        name = form.get("name", "")
        slug = form.get("slug", "").strip().lower() or organizations.slug_for(name)
        wanted = NewOrganization(name=name, slug=slug, email=form.get("email", ""))
        made = await desk.provision(await self._administrator(), wanted)
        self.made_name, self.made_embed, self.made_invite = wanted.name, made.embed, made.invite_url

    def _chosen(self) -> UUID:
        if self.chosen is None:
            raise NotFound
        return self.chosen.id

    async def _look_again(self) -> None:
        await self._look()
        if self.chosen:
            chosen_id = self.chosen.id
            self.chosen = next((row for row in self.rows if row.id == chosen_id), self.chosen)

    async def _look(self) -> None:
        who = await self._administrator()
        seen = await desk.list_organizations(
            who, search=self.search, status=self.status, page=self.page, size=SIZE
        )
        self.rows, self.total, self.loaded = seen.rows, seen.total, True
        self.open_sessions = await standing.open_sessions(who)
