"""Bringing knowledge in: what is on its way, the dry run of one import, and where entries came from."""

from uuid import UUID

import reflex as rx
from reflex.event import run_script

from models.knowledge_imports import ImportState, RowState
from state.arriving import half_done
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from state.table import SIZE, TableMixin
from vulkn_app import i18n
from vulkn_app.i18n import Language
from vulkn_app.knowledge import changes, incoming
from vulkn_app.knowledge.imports import GIVES_ORDERS
from vulkn_app.knowledge.incoming import Incoming, IncomingRow, SourceRow
from vulkn_app.knowledge.planted import order_in

TO_THE_TOP = run_script("scrollTo(0, 0)")  # the review stands where the list was, however far down
STATES = {state.value: state for state in RowState}


@half_done("opened", "problem", "deleting", "told", "change")
class KnowledgeImportState(TableMixin, MemberMixin, SpeakingMixin, rx.State):
    on_the_way: list[Incoming] = []
    to_review: str = ""  # the first of them that waits for a person
    over: list[Incoming] = []
    sources: list[SourceRow] = []

    opened: Incoming | None = None
    row_state: str = ""
    rows: list[IncomingRow] = []
    will_save: int = 0
    too_many: int = 0
    allowed: int = 0

    form_key: int = 0
    sending: bool = False
    problem: str = ""
    deleting: SourceRow | None = None
    for_good: bool = False

    # What was deleted last, as long as it can be taken back.
    told: str = ""
    change: str = ""

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(KnowledgeImportState.ring)
        await self._look_around()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look_around()

    @rx.event
    @role("member")
    async def read_page(self, form: dict[str, str]):
        self.sending = True
        yield
        address, whole_site = str(form.get("address", ""))[:600], bool(form.get("whole_site"))
        self.problem = await self._attempt(
            self._as_member(lambda member: incoming.begin_page(member, address, whole_site=whole_site))
        )
        self.sending = False
        if not self.problem:
            self.form_key += 1
            await self._look_around()

    @rx.event
    @role("member")
    async def open(self, import_id: str):
        """The dry run of an import that was read."""
        found = [one for one in self.on_the_way if str(one.id) == import_id]
        self.opened = found[0] if found else None
        await self._narrow(row_state="")
        return TO_THE_TOP

    @rx.event
    @role("member")
    async def close(self):
        self.opened, self.rows, self.problem = None, [], ""

    @rx.event
    @role("member")
    async def pick_rows(self, state: str):
        await self._narrow(row_state=STATES[state].value if state in STATES else "")

    @rx.event
    @role("member")
    async def take(self, place: int, taken: bool):
        """Whether a row is to be saved."""
        if self.opened:
            await incoming.leave_out(
                await self._member(), self.opened.id, int(place), skipped=not bool(taken)
            )
            await self._look()

    @rx.event
    @role("member")
    async def confirm(self):
        if self.opened:
            await incoming.confirm(await self._member(), self.opened.id)
            self.opened, self.rows = None, []
            await self._look_around()
            return await self._saved("knowledge_import.confirmed")
        return None

    @rx.event
    @role("member")
    async def discard(self, import_id: str):
        await incoming.discard(await self._member(), UUID(import_id))
        await self._look_around()

    @rx.event
    @role("admin")
    async def ask_delete(self, source_id: str):
        self.deleting = next((one for one in self.sources if str(one.id) == source_id), None)
        self.for_good = False

    @rx.event
    @role("admin")
    async def choose_for_good(self, chosen: bool):
        self.for_good = bool(chosen)

    @rx.event
    @role("member")
    async def keep(self):
        self.deleting = None

    @rx.event
    @role("admin")
    async def delete(self):
        source, self.deleting = self.deleting, None
        if source:
            change = await incoming.delete_source(await self._member(), source.id, for_good=self.for_good)
            key = "knowledge_import.deleted_for_good" if self.for_good else "knowledge_import.deleted"
            self.told = i18n.t(key, await self._language(), name=source.name)
            self.change = str(change.id or "")
        await self._look_around()

    @rx.event
    @role("member")
    async def undo(self):
        count = await changes.undo(await self._member(), UUID(self.change))
        self.told, self.change = "", ""
        await self._look_around()
        return await self._saved("knowledge.undone" if count else "knowledge.undone_nothing")

    @rx.event
    @role("member")
    async def let_be(self):
        self.told, self.change = "", ""

    async def _look_around(self) -> None:
        member, language = await self._member(), await self._language()
        known = [_worded(one, language) for one in await incoming.latest(member)]
        self.over = [one for one in known if one.state is ImportState.DONE]
        self.on_the_way = [one for one in known if one.state is not ImportState.DONE]
        waiting = [str(one.id) for one in self.on_the_way if one.state is ImportState.READY]
        self.to_review = waiting[0] if waiting else ""
        self.sources = await incoming.sources(member)
        if self.opened and not any(
            one.id == self.opened.id and one.state is ImportState.READY for one in self.on_the_way
        ):
            self.opened, self.rows = None, []  # somebody else decided, or it is too old
        self.loaded = True

    async def _look(self) -> None:
        if not self.opened:
            return
        member, language = await self._member(), await self._language()
        found, self.total = await incoming.rows(
            member, self.opened.id, state=STATES.get(self.row_state), page=self.page, size=SIZE
        )
        self.rows = [
            row.model_copy(update={"problem": _told(row, language)}) if row.problem else row for row in found
        ]
        self.will_save = await incoming.to_save(member, self.opened.id)
        self.too_many, self.allowed = await incoming.too_many(member, self.opened.id)


def _worded(one: Incoming, language: Language) -> Incoming:
    return one.model_copy(update={"problem": _words(one.problem, language)}) if one.problem else one


def _told(row: IncomingRow, language: Language) -> str:
    """What is wrong, and with which words where that is not all of a row."""
    if row.problem == GIVES_ORDERS and (order := order_in(f"{row.title}\n\n{row.body}")[:200]):
        return i18n.t("imports.gives_orders_line", language, line=order)
    return _words(row.problem, language)


def _words(code: str, language: Language) -> str:
    """The closed set of what can be wrong with a file is long: its sentences come from here, not with the page."""
    key = f"imports.{code}"
    return i18n.t(key if key in i18n.catalogue(language) else "imports.bad_row", language)
