"""The lead table and the card of one lead."""

from uuid import UUID

import reflex as rx

from models.leads import LeadSource, LeadStage
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from state.table import SIZE, TableMixin
from vulkn_app import leads
from vulkn_app.leads import LeadRow, NotesForm, Sort
from vulkn_app.skills import filled
from vulkn_app.skills.filled import FilledForm

SORTS: dict[str, Sort] = {"score": "score", "recent": "recent", "name": "name"}


class LeadsState(TableMixin, MemberMixin, SpeakingMixin, rx.State):
    rows: list[LeadRow] = []
    stage: str = ""
    source: str = ""
    sort: str = "score"
    lead: LeadRow | None = None
    forms: list[FilledForm] = []
    card_open: bool = False
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(LeadsState.ring)
        await self._look()
        if wanted := self.router.url.query_parameters.get("lead", ""):
            await self._open(wanted)

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event
    @role("member")
    async def pick_stage(self, stage: str):
        await self._narrow(stage=LeadStage(stage).value if stage else "")

    @rx.event
    @role("member")
    async def pick_source(self, source: str):
        await self._narrow(source=LeadSource(source).value if source else "")

    @rx.event
    @role("member")
    async def pick_sort(self, sort: str):
        await self._narrow(sort=SORTS.get(sort, "score"))

    @rx.event
    @role("member")
    async def open(self, lead_id: str):
        await self._open(lead_id)

    @rx.event
    @role("member")
    async def close(self):
        self.card_open = False

    @rx.event
    @role("member")
    async def move(self, lead_id: str, stage: str):
        await leads.move(await self._member(), UUID(lead_id), LeadStage(stage))
        await self._look()
        if self.lead and str(self.lead.id) == lead_id:
            self.lead = self.lead.model_copy(update={"stage": LeadStage(stage)})
        return await self._saved("leads.moved")

    @rx.event
    @role("member")
    async def save_notes(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._note(form))
        self.saving = False
        if not self.problem:
            yield await self._saved()

    async def _open(self, lead_id: str) -> None:
        member = await self._member()
        self.lead = await leads.get(member, UUID(lead_id))
        self.forms = await filled.of_lead(member, self.lead.id)
        self.card_open, self.problem = True, ""

    async def _note(self, form: dict[str, str]) -> None:
        notes = NotesForm.model_validate(form)
        if self.lead:
            await leads.note(await self._member(), self.lead.id, notes)

    async def _look(self) -> None:
        seen = await leads.list_leads(
            await self._member(),
            search=self.search,
            stage=LeadStage(self.stage) if self.stage else None,
            source=LeadSource(self.source) if self.source else None,
            sort=SORTS.get(self.sort, "score"),
            page=self.page,
            size=SIZE,
        )
        self.rows, self.total, self.loaded = seen.rows, seen.total, True
