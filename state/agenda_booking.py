"""The sheet in which an appointment is made by hand, or moved: what, on whom, and a time that is free."""

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import BaseModel

from state.agenda import AgendaState
from state.agenda_rows import BookingRow, Named, minutes, row_of
from state.agenda_setup import AgendaSetupState
from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from vulkn_app.booking import calendar, changes, free
from vulkn_app.booking.calendar import BookingForm
from vulkn_app.booking.changes import MoveForm
from vulkn_app.booking.free import FURTHEST, Wanted
from vulkn_app.errors import BadInput


class TimeRow(BaseModel):
    """A free moment."""

    starts: datetime
    key: str


class AgendaBookingState(MemberMixin, SpeakingMixin, rx.State):
    is_open: bool = False
    moving: BookingRow | None = None
    services: list[Named] = []
    resources: list[Named] = []
    service: str = ""
    resource: str = ""
    day: str = ""
    first_day: str = ""
    last_day: str = ""
    times: list[TimeRow] = []
    chosen: str = ""
    form_key: int = 0
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("member")
    async def begin(self):
        """A new one, on the next day that has a free time."""
        setup = await self.get_state(AgendaSetupState)
        english = await self._language() == "en"
        self.services = [
            Named(id=str(row.id), name=row.name_en if english and row.name_en else row.name_es)
            for row in setup.services
            if row.active
        ]
        await self._show(None, self.services[0].id if self.services else "", "")

    @rx.event
    @role("member")
    async def begin_move(self, booking_id: str):
        booking = await calendar.get(await self._member(), UUID(booking_id))
        (await self.get_state(AgendaState)).panel = ""
        able = (await self.get_state(AgendaSetupState))._done_on(booking.service_id)
        same = str(booking.resource_id) if booking.resource_id in {row.id for row in able} else ""
        await self._show(row_of(booking, datetime.now(UTC)), str(booking.service_id), same)

    @rx.event
    @role("member")
    async def close(self):
        self.is_open = False

    @rx.event
    @role("member")
    async def pick_service(self, service: str):
        self.service, self.resource = str(UUID(service)), ""
        await self._look_from(self.day)

    @rx.event
    @role("member")
    async def pick_resource(self, resource: str):
        self.resource = str(UUID(resource)) if resource else ""
        await self._look()

    @rx.event
    @role("member")
    async def pick_day(self, day: str):
        if day:
            self.day = min(max(date.fromisoformat(day).isoformat(), self.first_day), self.last_day)
            await self._look()

    @rx.event
    @role("member")
    async def pick_time(self, key: str):
        self.chosen = str(key)[:40]

    @rx.event
    @role("member")
    async def save(self, form: dict[str, str]):
        """A second click comes when the sheet is closed: it is no second appointment."""
        if not self.is_open:
            return
        self.saving = True
        yield
        self.problem = await self._attempt(self._save(form))
        self.saving = False
        if not self.problem:
            self.is_open = False
            await (await self.get_state(AgendaState))._look()
            yield await self._saved("agenda.moved_now" if self.moving else "agenda.booked_now")
        elif self.service:
            await self._look()  # the time may be gone

    async def _save(self, form: dict[str, str]) -> None:
        member, starts = await self._member(), await self._starts(form.get("other", ""))
        resource_id = UUID(self.resource) if self.resource else None
        if self.moving:
            asked = MoveForm(starts=starts, resource_id=resource_id, tell="tell" in form)
            await changes.move(member, UUID(self.moving.id), asked)
            return
        typed = {name: form.get(name, "") for name in ("name", "phone", "email", "note")}
        language = "en" if form.get("language") == "en" else "es"
        given = {"service_id": self.service, "resource_id": resource_id, "starts": starts}
        await calendar.create(member, BookingForm.model_validate(typed | given | {"language": language}))

    async def _starts(self, other: str) -> datetime:
        """The hour that was typed, or the time that was picked."""
        typed = minutes(other) if other else None
        if typed is not None:
            clock = time(typed // 60, typed % 60)
            return free.at(await self._zone(), date.fromisoformat(self.day), clock)
        picked = next((each.starts for each in self.times if each.key == self.chosen), None)
        if picked is None:
            raise BadInput("time_missing")
        return picked

    async def _show(self, moving: BookingRow | None, service: str, resource: str) -> None:
        """The sheet's fields read their first values when `form_key` changes."""
        zone = await self._zone()
        today = datetime.now(zone).date()
        self.first_day, self.last_day = today.isoformat(), (today + FURTHEST).isoformat()
        self.moving, self.service, self.resource, self.problem = moving, service, resource, ""
        self.is_open = True
        self.form_key += 1
        first = max(moving.starts.astimezone(zone).date(), today) if moving else today
        await self._look_from(first.isoformat())

    async def _look_from(self, first: str) -> None:
        """From a day on, the next one with a free time; that day itself when there is none at all."""
        self.day = first
        if wanted := await self._wanted():
            found = await free.next_free_day(await self._member(), wanted, date.fromisoformat(first))
            self.day = min(found.isoformat(), self.last_day) if found else first
        await self._look()

    async def _look(self) -> None:
        self.times = []
        if wanted := await self._wanted():
            setup = await self.get_state(AgendaSetupState)
            self.resources = [
                Named(id=str(row.id), name=row.name) for row in setup._done_on(wanted.service_id)
            ]
            found = await free.free_times(await self._member(), wanted, date.fromisoformat(self.day))
            self.times = [TimeRow(starts=slot.starts, key=slot.starts.isoformat()) for slot in found]
        if self.chosen not in {each.key for each in self.times}:
            self.chosen = ""

    async def _wanted(self) -> Wanted | None:
        if not self.service:
            return None
        setup = await self.get_state(AgendaSetupState)
        return Wanted(
            UUID(self.service),
            setup.grid,
            resource_id=UUID(self.resource) if self.resource else None,
            but=UUID(self.moving.id) if self.moving else None,
        )

    async def _zone(self) -> ZoneInfo:
        return ZoneInfo((await self.get_state(SessionState)).org_timezone or "UTC")
