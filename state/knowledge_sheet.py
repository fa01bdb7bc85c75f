"""The sheet with one answer: its two languages, its days, and what happens to it."""

from datetime import datetime
from uuid import UUID

import reflex as rx
from pydantic import BaseModel

from state.arriving import half_done
from state.knowledge import KnowledgeState
from state.knowledge_bulk import KnowledgeBulkState
from state.knowledge_story import KnowledgeStoryState
from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from vulkn_app.errors import BadInput
from vulkn_app.knowledge import changes, entries, pairs, preview, validity, versions
from vulkn_app.knowledge.entries import EntryRow
from vulkn_app.knowledge.pairs import PairForm, Side
from vulkn_app.knowledge.planted import order_in
from vulkn_app.knowledge.words import guess_language

TABS = ("es", "en")
NEEDS_END = "offer_without_end"


class SideRow(BaseModel):
    """One language's fields as they are first shown."""

    title: str = ""
    body: str = ""
    examples: str = ""
    there: bool = False


@half_done("is_open", "asking_delete")
class KnowledgeSheetState(MemberMixin, SpeakingMixin, rx.State):
    is_open: bool = False
    entry: EntryRow | None = None
    es: SideRow = SideRow()
    en: SideRow = SideRow()
    tab: str = "es"
    previewing: bool = False
    previewed: str = ""
    form_key: int = 0
    saving: bool = False
    problem: str = ""
    order: str = ""
    needs_end: bool = False
    asking_delete: bool = False

    _seen: datetime | None = None
    _written: dict[str, str] = {}

    @rx.event
    @role("member")
    async def load(self):
        """`?begin=1` begins an entry, `?new=…` one for a question nobody could answer, `?entry=…` opens one, with
        `&ask=…` as one more way to ask for it."""
        query = self.router.url.query_parameters
        if wanted := query.get("entry", ""):
            await self._open(UUID(wanted))
            self._also_asked(query.get("ask", "")[:200])
        elif "new" in query or "begin" in query:
            self._begin(query.get("new", "")[:200])

    @rx.event
    @role("member")
    async def begin(self):
        self._begin()

    @rx.event
    @role("member")
    async def open(self, entry_id: str):
        await self._open(UUID(entry_id))

    @rx.event
    @role("member")
    async def close(self):
        self.is_open = self.asking_delete = False

    @rx.event
    @role("member")
    async def pick_tab(self, tab: str):
        self.tab = tab if tab in TABS else "es"
        self._draw()

    @rx.event
    @role("member")
    async def wrote(self, language: str, body: str):
        """What the text field holds when it is left: for the preview alone."""
        self._written[language if language in TABS else "es"] = str(body)[:20_000]
        self._draw()

    @rx.event
    @role("member")
    async def turn_preview(self):
        self.previewing = not self.previewing
        self._draw()

    @rx.event
    @role("member")
    async def save(self, form: dict[str, str]):
        self.saving = True
        yield
        self.needs_end = False
        self.problem = await self._attempt(self._save(form))
        self.saving = False
        if self.needs_end:
            yield rx.set_focus("valid_until")
        if not self.problem:
            self.is_open = False
            await self._look()
            yield await self._saved()

    @rx.event
    @role("member")
    async def archive(self):
        await self._both("archived", "archived")

    @rx.event
    @role("member")
    async def enable(self):
        await self._both("active", "restored")

    @rx.event
    @role("admin")
    async def ask_delete(self):
        self.asking_delete = True

    @rx.event
    @role("member")
    async def keep(self):
        self.asking_delete = False

    @rx.event
    @role("admin")
    async def delete(self):
        member = await self._member()
        if self.entry:
            await self._offer(await changes.delete(member, await self._sides(self.entry.id)), "deleted")

    @rx.event
    @role("member")
    async def go_back(self, version_id: str):
        await versions.go_back(await self._member(), UUID(version_id))
        if self.entry:
            await self._open(self.entry.id)
        await self._look()
        return await self._saved("knowledge.went_back")

    async def _save(self, form: dict[str, str]) -> None:
        try:
            said = PairForm.read(form)
        except BadInput as problem:
            self.needs_end = problem.code == NEEDS_END
            raise
        await pairs.save(await self._member(), said, self.entry.id if self.entry else None, self._seen)

    async def _both(self, status: entries.Status, key: str) -> None:
        """What happens to an answer happens to it in both languages."""
        if self.entry:
            ids = await self._sides(self.entry.id)
            await self._offer(await changes.set_status(await self._member(), ids, status), key)

    async def _sides(self, entry_id: UUID) -> list[UUID]:
        return [side.id for side in await pairs.sides(await self._member(), entry_id)]

    async def _offer(self, change: changes.Change, key: str) -> None:
        self.is_open = self.asking_delete = False
        await (await self.get_state(KnowledgeBulkState))._offer(change, key)

    async def _open(self, entry_id: UUID) -> None:
        member = await self._member()
        entry, both = await entries.get(member, entry_id), await pairs.sides(member, entry_id)
        await (await self.get_state(KnowledgeStoryState))._tell(entry_id)
        session = await self.get_state(SessionState)
        [entry] = await entries.signed(member, [entries.dated(entry, validity.today(session.org_timezone))])
        self._show(entry, {side.language: side for side in both}, both[0].updated_at)

    def _begin(self, title: str = "") -> None:
        self._show(None, {}, None)
        if title:
            self.tab = guess_language(title)
            setattr(self, self.tab, SideRow(title=title))

    def _also_asked(self, question: str) -> None:
        """Into the fields, to be saved or not: one more way to ask, or the title of a language that is not there yet."""
        if not question:
            return
        self.tab = guess_language(question)
        side: SideRow = getattr(self, self.tab)
        if not side.there:
            setattr(self, self.tab, SideRow(title=question))
        elif question not in side.examples.splitlines():
            examples = f"{side.examples}\n{question}".strip()
            setattr(self, self.tab, side.model_copy(update={"examples": examples}))

    def _show(self, entry: EntryRow | None, both: dict[str, Side], seen: datetime | None) -> None:
        """The sheet's fields read their first values when `form_key` changes."""
        self.entry, self._seen = entry, seen
        self.es, self.en = _row(both.get("es")), _row(both.get("en"))
        self._written = {"es": self.es.body, "en": self.en.body}
        said = (text for row in (self.es, self.en) for text in (row.title, row.body, row.examples))
        self.order = order_in("\n\n".join(said))[:200]
        self.tab = entry.language if entry else "es"
        self.problem, self.needs_end, self.previewing = "", False, False
        self.is_open = True
        self.form_key += 1

    def _draw(self) -> None:
        self.previewed = preview.html(self._written.get(self.tab, "")) if self.previewing else ""

    async def _look(self) -> None:
        await (await self.get_state(KnowledgeState))._look_everywhere()


def _row(side: Side | None) -> SideRow:
    if side is None:
        return SideRow()
    return SideRow(title=side.title, body=side.body, examples="\n".join(side.examples), there=True)
