"""The agenda: which appointments there are, day by day, and what happens to the one that is open."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx

from state.agenda_rows import BookingRow, DayRow, Named, by_day, row_of
from state.agenda_setup import AgendaSetupState
from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from vulkn_app.booking import calendar, changes
from vulkn_app.booking.calendar import LONGEST_LOOK, Look, Which
from vulkn_app.booking.changes import CancelForm

TABS = ("bookings", "services", "people", "closed")
WHICH: dict[str, Which] = {"active": "active", "cancelled": "cancelled"}
STEP = 50
MOST = 500


class AgendaState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    tab: str = "bookings"
    when: str = "coming"
    day: str = ""
    resource: str = ""
    which: str = "active"
    search: str = ""
    days: list[DayRow] = []
    resources: list[Named] = []
    more_to_see: bool = False

    panel: str = ""  # what is over the page: "booking", "cancel"
    booking: BookingRow | None = None
    form_key: int = 0
    saving: bool = False
    problem: str = ""

    _limit: int = STEP

    @rx.var
    def narrowed(self) -> bool:
        """Whether something was chosen that may hide appointments."""
        return bool(self.day or self.resource or self.search or self.which != "active")

    @rx.event
    @role("member")
    async def load(self):
        """`?tab=…` opens a part of the page, `?booking=…` an appointment."""
        await self._watch(AgendaState.ring)
        query = self.router.url.query_parameters
        self.tab = query.get("tab", "") if query.get("tab", "") in TABS else "bookings"
        await self._look_everywhere()
        if wanted := query.get("booking", ""):
            await self._open(wanted)

    @rx.event
    @role("member")
    async def ring(self):
        await self._look_everywhere()
        if self.panel == "booking" and self.booking:
            await self._open(self.booking.id)
            if self.booking.state == "moved":  # by somebody else: it stands elsewhere in the list now
                self.panel = ""

    @rx.event
    @role("member")
    async def pick_tab(self, tab: str):
        self.tab = tab if tab in TABS else "bookings"

    @rx.event
    @role("member")
    async def pick_when(self, when: str):
        self.when, self.day = "past" if when == "past" else "coming", ""
        await self._narrow()

    @rx.event
    @role("member")
    async def pick_day(self, day: str):
        """One day alone; an empty one is all of them again."""
        self.day = date.fromisoformat(day).isoformat() if day else ""
        await self._narrow()

    @rx.event
    @role("member")
    async def pick_resource(self, resource: str):
        self.resource = str(UUID(resource)) if resource else ""
        await self._narrow()

    @rx.event
    @role("member")
    async def pick_which(self, which: str):
        self.which = WHICH.get(which, "active")
        await self._narrow()

    @rx.event
    @role("member")
    async def find(self, words: str):
        self.search = str(words)[:100]
        await self._narrow()

    @rx.event
    @role("member")
    async def see_all(self):
        self.day, self.resource, self.which, self.search = "", "", "active", ""
        self.form_key += 1
        await self._narrow()

    @rx.event
    @role("member")
    async def see_more(self):
        self._limit = min(self._limit + STEP, MOST)
        await self._look()

    @rx.event
    @role("member")
    async def open(self, booking_id: str):
        await self._open(booking_id)

    @rx.event
    @role("member")
    async def close(self):
        self.panel = ""

    @rx.event
    @role("member")
    async def ask_cancel(self):
        self.panel, self.problem = "cancel", ""
        self.form_key += 1

    @rx.event
    @role("member")
    async def cancel(self, form: dict[str, str]):
        if self.panel != "cancel":  # a second click
            return
        self.saving = True
        yield
        self.problem = await self._attempt(self._cancel(form))
        self.saving = False
        if not self.problem:
            self.panel = ""
            await self._look()
            yield await self._saved("agenda.cancelled_now")

    @rx.event
    @role("member")
    async def no_show(self, booking_id: str):
        await changes.no_show(await self._member(), UUID(booking_id))
        return await self._changed(booking_id, "agenda.no_show_now")

    @rx.event
    @role("member")
    async def came(self, booking_id: str):
        await changes.came(await self._member(), UUID(booking_id))
        return await self._changed(booking_id, "agenda.came_now")

    async def _cancel(self, form: dict[str, str]) -> None:
        asked = CancelForm(reason=form.get("reason", ""), tell="tell" in form)
        if self.booking:
            await changes.cancel(await self._member(), UUID(self.booking.id), asked)

    async def _changed(self, booking_id: str, key: str):
        await self._look()
        await self._open(booking_id)
        return await self._saved(key)

    async def _open(self, booking_id: str) -> None:
        found = await calendar.get(await self._member(), UUID(booking_id))
        self.booking = row_of(found, datetime.now(UTC))
        self.panel, self.problem = "booking", ""

    async def _narrow(self) -> None:
        """Another choice begins at its beginning."""
        self._limit = STEP
        await self._look()

    async def _look_everywhere(self) -> None:
        setup = await self.get_state(AgendaSetupState)
        await setup._look()
        self.resources = [Named(id=str(row.id), name=row.name) for row in setup.people]
        await self._look()

    async def _look(self) -> None:
        zone = ZoneInfo((await self.get_state(SessionState)).org_timezone or "UTC")
        now = datetime.now(UTC)
        begin, until = self._span(zone, now)
        found = await calendar.look(
            await self._member(),
            Look(
                begin,
                until,
                which=WHICH.get(self.which, "active"),
                resource_id=UUID(self.resource) if self.resource else None,
                words=self.search,
                newest_first=self.when == "past",
                limit=self._limit,
            ),
        )
        self.more_to_see = len(found) > self._limit < MOST
        self.days = by_day(found[: self._limit], zone, now)
        self.loaded = True

    def _span(self, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
        """One day, or all from today on, or a quarter of a year before it."""
        if self.day:
            day = datetime.combine(date.fromisoformat(self.day), time(), zone)
            return day, day + timedelta(days=1)
        today = datetime.combine(now.astimezone(zone).date(), time(), zone)
        return (today - LONGEST_LOOK, today) if self.when == "past" else (today, today + timedelta(days=400))
