"""The sheet of one person, room or table: the name, and the hours of its week."""

from uuid import UUID, uuid4

import reflex as rx

from state.agenda_rows import DaySpans, SpanRow, clock, minutes
from state.agenda_setup import AgendaSetupState
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.booking import setup
from vulkn_app.booking.setup import DAY, ResourceForm, Span
from vulkn_app.errors import BadInput

WEEK = range(7)
WORKDAYS = range(5)
MOST = 6  # spans a day
USUAL = (("09:00", "18:00"), ("16:00", "20:00"))


class AgendaPersonState(MemberMixin, SpeakingMixin, rx.State):
    is_open: bool = False
    id: str = ""
    name: str = ""
    kind: str = "person"
    week: list[DaySpans] = []
    form_key: int = 0
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("admin")
    async def begin(self):
        """A new one works the usual hours until somebody says otherwise."""
        usual = [_span(weekday, *USUAL[0]) for weekday in WORKDAYS]
        self._show("", "", "person", usual)

    @rx.event
    @role("admin")
    async def open(self, resource_id: str):
        found = (await self.get_state(AgendaSetupState))._resource(resource_id)
        spans = [_span(each.weekday, clock(each.opens), clock(each.closes)) for each in found.hours]
        self._show(str(found.id), found.name, found.kind.value, spans)

    @rx.event
    @role("member")
    async def close(self):
        self.is_open = False

    @rx.event
    @role("admin")
    async def add_span(self, weekday: int):
        """The second one is an afternoon."""
        held = self._of(weekday)
        if len(held) < MOST:
            self._set(weekday, [*held, _span(int(weekday), *USUAL[1 if held else 0])])

    @rx.event
    @role("admin")
    async def drop_span(self, id: str):
        for weekday in WEEK:
            self._set(weekday, [span for span in self._of(weekday) if span.id != id])

    @rx.event
    @role("admin")
    async def set_span(self, id: str, opens: bool, value: str):
        """What the form's fields show; the sheet is saved from here."""
        changed = {"opens" if opens else "closes": str(value)[:5]}
        for weekday in WEEK:
            held = self._of(weekday)
            self._set(weekday, [s.model_copy(update=changed) if s.id == id else s for s in held])

    @rx.event
    @role("admin")
    async def copy_to_workdays(self, weekday: int):
        copied = self._of(weekday)
        for other in WORKDAYS:
            if other != weekday:
                self._set(other, [_span(other, span.opens, span.closes) for span in copied])

    @rx.event
    @role("admin")
    async def save(self, form: dict[str, str]):
        if not self.is_open:  # a second click
            return
        self.saving = True
        yield
        self.problem = await self._attempt(self._save(form))
        self.saving = False
        if not self.problem:
            self.is_open = False
            await (await self.get_state(AgendaSetupState))._look()
            yield await self._saved()

    async def _save(self, form: dict[str, str]) -> None:
        hours = [_read(span) for day in self.week for span in day.spans]
        given = {"name": form.get("name", ""), "kind": form.get("kind") or "person", "hours": hours}
        id = UUID(self.id) if self.id else None
        await setup.save_resource(await self._member(), id, ResourceForm.model_validate(given))

    def _show(self, id: str, name: str, kind: str, spans: list[SpanRow]) -> None:
        """The sheet's fields read their first values when `form_key` changes."""
        self.id, self.name, self.kind, self.problem = id, name, kind, ""
        self.week = [
            DaySpans(weekday=weekday, spans=[span for span in spans if span.weekday == weekday])
            for weekday in WEEK
        ]
        self.is_open = True
        self.form_key += 1

    def _of(self, weekday: int) -> list[SpanRow]:
        return next((day.spans for day in self.week if day.weekday == weekday), [])

    def _set(self, weekday: int, spans: list[SpanRow]) -> None:
        self.week = [
            DaySpans(weekday=weekday, spans=spans) if day.weekday == weekday else day for day in self.week
        ]


def _span(weekday: int, opens: str, closes: str) -> SpanRow:
    return SpanRow(id=f"s{uuid4().hex[:8]}", weekday=weekday, opens=opens, closes=closes)


def _read(span: SpanRow) -> Span:
    """An end before the beginning is the night into the next day."""
    opens, closes = minutes(span.opens), minutes(span.closes)
    if opens is None or closes is None:
        raise BadInput("hours_missing")
    return Span(weekday=span.weekday, opens=opens, closes=closes if closes > opens else closes + DAY)
