"""What can be booked: services, who does them and when, closed days; and whether the agent books at all."""

from uuid import UUID

import reflex as rx
from pydantic import BaseModel

from state.agenda_rows import HoursLine, lines_of
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import i18n
from vulkn_app.booking import closures, setup
from vulkn_app.booking.closures import ClosureForm
from vulkn_app.booking.setup import ClosureRow, ResourceRow, ServiceForm, ServiceRow
from vulkn_app.errors import NotFound
from vulkn_app.skills import governance

SKILL = "booking"
GRID = 30  # minutes, until the skill says otherwise


class PersonRow(BaseModel):
    """A resource in the list. `kind`: person, room or table."""

    id: str
    name: str
    kind: str
    active: bool
    coming: int
    hours: list[HoursLine]


class RetiringRow(BaseModel):
    """What somebody is asked about: `kind` is service or resource."""

    kind: str
    id: str
    name: str
    coming: int


class AgendaSetupState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    services: list[ServiceRow] = []
    people: list[PersonRow] = []
    closures: list[ClosureRow] = []
    has_service: bool = True
    has_hours: bool = True
    skill_on: bool = True

    panel: str = ""  # the sheet over the page: "service", "closure"
    service: ServiceRow | None = None
    ticked: list[str] = []
    retiring: RetiringRow | None = None
    form_key: int = 0
    saving: bool = False
    problem: str = ""

    grid: int = GRID
    currency: str = ""  # of a price that names none
    _resources: list[ResourceRow] = []
    _inside: int = 0  # appointments in the days that were closed last

    @rx.var
    def complete(self) -> bool:
        """Whether customers can book."""
        return self.has_service and self.has_hours and self.skill_on

    @rx.event
    @role("admin")
    async def begin_service(self):
        self._show_service(None)

    @rx.event
    @role("admin")
    async def open_service(self, service_id: str):
        found = next((row for row in self.services if str(row.id) == service_id), None)
        if found is None:
            raise NotFound
        self._show_service(found)

    @rx.event
    @role("admin")
    async def begin_closure(self):
        self.panel, self.problem = "closure", ""
        self.form_key += 1

    @rx.event
    @role("member")
    async def close(self):
        self.panel, self.retiring = "", None

    @rx.event
    @role("admin")
    async def save_service(self, form: dict[str, str]):
        if self.panel != "service":  # a second click
            return
        self.saving = True
        yield
        self.problem = await self._attempt(self._save_service(form))
        self.saving = False
        if not self.problem:
            yield await self._done()

    @rx.event
    @role("admin")
    async def save_closure(self, form: dict[str, str]):
        if self.panel != "closure":  # a second click
            return
        self.saving = True
        yield
        self.problem = await self._attempt(self._save_closure(form))
        self.saving = False
        if not self.problem:
            yield await self._done()
            if self._inside:
                words = i18n.t("agenda.closed_inside", await self._language(), n=str(self._inside))
                yield rx.toast.warning(words, duration=12_000)

    @rx.event
    @role("admin")
    async def open_again(self, closure_id: str):
        await closures.open_again(await self._member(), UUID(closure_id))
        return await self._done("agenda.opened_now")

    @rx.event
    @role("admin")
    async def ask_retire(self, kind: str, id: str):
        rows = self.services if kind == "service" else self._resources
        found = next((row for row in rows if str(row.id) == id), None)
        if found is None:
            raise NotFound
        name = found.name_es if isinstance(found, ServiceRow) else found.name
        self.retiring = RetiringRow(kind=kind, id=id, name=name, coming=found.coming)

    @rx.event
    @role("admin")
    async def retire(self):
        if self.retiring:
            await self._set_active(self.retiring.kind, self.retiring.id, False)
        self.retiring = None
        return await self._done("agenda.retired_now")

    @rx.event
    @role("admin")
    async def take_back(self, kind: str, id: str):
        await self._set_active(kind, id, True)
        return await self._done("agenda.taken_back_now")

    @rx.event
    @role("admin")
    async def switch_on(self):
        """One click: with the rules as they come, or as they were published before."""
        member = await self._member()
        card = await self._card()
        if card.published is None:
            await governance.publish(member, SKILL, card.config)
        if not card.enabled:
            await governance.enable(member, SKILL, True)
        return await self._done("agenda.switched_on")

    async def _look(self) -> None:
        found = await setup.read(await self._member())
        self.currency = found.currency
        self.services, self.closures, self._resources = found.services, found.closures, found.resources
        self.people = [_person(row) for row in found.resources]
        self.has_service = any(row.active for row in found.services)
        self.has_hours = any(row.active and row.hours for row in found.resources)
        card = await self._card()
        self.skill_on = card.enabled and card.published is not None and card.in_plan
        self.grid = (card.published or {}).get("grid_minutes", GRID)
        self.loaded = True

    def _done_on(self, service_id: UUID) -> list[ResourceRow]:
        """The active resources that a service is done on."""
        service = next((row for row in self.services if row.id == service_id), None)
        on = service.resources if service else []
        return [row for row in self._resources if row.active and (not on or row.id in on)]

    def _resource(self, id: str) -> ResourceRow:
        found = next((row for row in self._resources if str(row.id) == id), None)
        if found is None:
            raise NotFound
        return found

    async def _save_service(self, form: dict[str, str]) -> None:
        given = {name: value for name, value in form.items() if value} | {
            "resources": self._on({name[3:] for name in form if name.startswith("on.")}),
            "currency": form.get("currency", "").upper() or None,
        }
        id = self.service.id if self.service else None
        await setup.save_service(await self._member(), id, ServiceForm.model_validate(given))

    def _on(self, ticked: set[str]) -> set[str]:
        """All of them is the same as any of them, and stays so when somebody joins; who is away just now keeps
        their place."""
        if ticked >= {row.id for row in self.people if row.active}:
            return set()
        before = {str(id) for id in self.service.resources} if self.service else set()
        return ticked | (before & {row.id for row in self.people if not row.active})

    async def _save_closure(self, form: dict[str, str]) -> None:
        given = {name: value for name, value in form.items() if value}
        given.setdefault("last", given.get("first", ""))
        self._inside = await closures.close(await self._member(), ClosureForm.model_validate(given))

    async def _set_active(self, kind: str, id: str, active: bool) -> None:
        what = "service" if kind == "service" else "resource"
        await setup.retire(await self._member(), what, UUID(id), active=active)

    async def _done(self, key: str = "common.saved"):
        self.panel = ""
        await self._look()
        return await self._saved(key)

    async def _card(self) -> governance.SkillCard:
        cards = await governance.catalogue(await self._member())
        return next(card for card in cards if card.key == SKILL)

    def _show_service(self, service: ServiceRow | None) -> None:
        """The sheet's fields read their first values when `form_key` changes."""
        self.service, self.panel, self.problem = service, "service", ""
        every = [row.id for row in self.people]
        self.ticked = [str(id) for id in service.resources] if service and service.resources else every
        self.form_key += 1


def _person(row: ResourceRow) -> PersonRow:
    return PersonRow(
        id=str(row.id),
        name=row.name,
        kind=row.kind.value,
        active=row.active,
        coming=row.coming,
        hours=lines_of(row.hours),
    )
