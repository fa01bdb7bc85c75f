"""The knowledge editor's list: what is shown, and what it is narrowed to."""

from datetime import date
from uuid import UUID

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from state.table import SIZE, TableMixin
from vulkn_app.conversations import contradictions
from vulkn_app.i18n import Language
from vulkn_app.knowledge import attention, entries, validity, versions
from vulkn_app.knowledge.attention import Attention
from vulkn_app.knowledge.entries import EntryRow, Filters, Kind, Show, Status
from vulkn_app.knowledge.versions import DeletedRow

LANGUAGES: dict[str, Language] = {"es": "es", "en": "en"}
STATUSES: dict[str, Status | None] = {
    "active": "active",
    "draft": "draft",
    "archived": "archived",
    "deleted": None,
}
KINDS: dict[str, Kind] = {"faq": "faq", "note": "note", "price": "price", "document": "document"}
SHOWN: dict[str, Show] = {"ended": "ended", "coming": "coming", "due": "due", "clashing": "clashing"}


class KnowledgeState(TableMixin, MemberMixin, SpeakingMixin, rx.State):
    rows: list[EntryRow] = []
    gone: list[DeletedRow] = []
    language: str = ""
    status: str = "active"
    kind: str = ""
    source: str = ""
    show: str = ""

    counts: Attention = Attention()
    clashing: int = 0
    sources: list[str] = []
    filters_key: int = 0

    _clashing: list[str] = []

    @rx.var
    def narrowed(self) -> bool:
        """Whether something was chosen that may hide entries."""
        return bool(self.search or self.language or self.kind or self.source or self.show)

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(KnowledgeState.ring)
        await self._look_everywhere()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look_everywhere()

    @rx.event
    @role("member")
    async def pick_language(self, language: str):
        await self._narrow(language=LANGUAGES.get(language, ""))

    @rx.event
    @role("member")
    async def pick_status(self, status: str):
        await self._narrow(status=status if status in STATUSES else "active", show="")

    @rx.event
    @role("member")
    async def pick_kind(self, kind: str):
        await self._narrow(kind=KINDS.get(kind, ""))

    @rx.event
    @role("member")
    async def pick_source(self, source: str):
        await self._narrow(source=str(source)[:200])

    @rx.event
    @role("member")
    async def pick_show(self, show: str):
        """What needs attention is among the active ones."""
        await self._narrow(show=SHOWN.get(show, ""), status="active")

    @rx.event
    @role("member")
    async def see_all(self):
        self.filters_key += 1
        await self._narrow(search="", language="", kind="", source="", show="")

    async def _look_everywhere(self) -> None:
        """After a change: what is counted over all entries too."""
        member = await self._member()
        self._clashing = sorted(str(entry_id) for entry_id in await contradictions.of(member))
        self.clashing = len(self._clashing)
        self.counts = await attention.counts(member, await self._today())
        self.sources = await attention.sources(member)
        await self._look()

    async def _look(self) -> None:
        member = await self._member()
        if self.status == "deleted":
            bin = await versions.deleted(member, search=self.search, page=self.page, size=SIZE)
            self.rows, self.gone, self.total, self.loaded = [], bin.rows, bin.total, True
            return
        today = await self._today()
        seen = await entries.list_entries(member, self._filters(), today=today, page=self.page, size=SIZE)
        for row in seen.rows:
            row.clashing = str(row.id) in self._clashing
        self.rows, self.gone, self.total, self.loaded = seen.rows, [], seen.total, True

    async def _today(self) -> date:
        return validity.today((await self.get_state(SessionState)).org_timezone)

    def _filters(self) -> Filters:
        return Filters(
            search=self.search,
            language=LANGUAGES.get(self.language),
            status=STATUSES.get(self.status) or "active",
            kind=KINDS.get(self.kind),
            source=self.source,
            show=SHOWN.get(self.show),
            ids=[UUID(entry_id) for entry_id in self._clashing],
        )
