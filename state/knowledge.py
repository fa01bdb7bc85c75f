"""The knowledge editor: the list, the sheet with one entry, and what is pasted in."""

from uuid import UUID

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from state.table import SIZE, TableMixin
from vulkn_app import i18n
from vulkn_app.errors import BadInput
from vulkn_app.i18n import Language
from vulkn_app.knowledge import entries, imports
from vulkn_app.knowledge.entries import EntryForm, EntryRow, Status
from vulkn_app.knowledge.formats import File

LANGUAGES: dict[str, Language] = {"es": "es", "en": "en"}
STATUSES: dict[str, Status] = {"active": "active", "archived": "archived"}
FORMATS = {"md": "pegado.md", "csv": "pegado.csv"}


class KnowledgeState(TableMixin, MemberMixin, SpeakingMixin, rx.State):
    rows: list[EntryRow] = []
    language: str = ""
    status: str = "active"

    sheet_open: bool = False
    entry: EntryRow | None = None
    given_title: str = ""
    form_key: int = 0
    saving: bool = False
    problem: str = ""
    asking_delete: bool = False
    import_open: bool = False

    _imported: int = 0

    @rx.event
    @role("member")
    async def load(self):
        """`?begin=1` begins an entry, `?new=…` one for a question nobody could answer, `?entry=…` opens one."""
        await self._watch(KnowledgeState.ring)
        await self._look()
        query = self.router.url.query_parameters
        if wanted := query.get("entry", ""):
            self._show(await entries.get(await self._member(), UUID(wanted)))
        elif "new" in query or "begin" in query:
            self._show(None, title=query.get("new", "")[:200])

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event
    @role("member")
    async def pick_language(self, language: str):
        await self._narrow(language=LANGUAGES.get(language, ""))

    @rx.event
    @role("member")
    async def pick_status(self, status: str):
        await self._narrow(status=STATUSES.get(status, "active"))

    @rx.event
    @role("member")
    async def begin(self):
        self._show(None)

    @rx.event
    @role("member")
    async def open(self, entry_id: str):
        self._show(await entries.get(await self._member(), UUID(entry_id)))

    @rx.event
    @role("member")
    async def close(self):
        self.sheet_open = self.import_open = self.asking_delete = False

    @rx.event
    @role("member")
    async def save(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._save(form))
        self.saving = False
        if not self.problem:
            self.sheet_open = False
            await self._look()
            yield await self._saved()

    @rx.event
    @role("member")
    async def archive(self, entry_id: str):
        await entries.archive(await self._member(), [UUID(entry_id)])
        return await self._done("knowledge.archived_now")

    @rx.event
    @role("member")
    async def restore(self, entry_id: str):
        await entries.restore(await self._member(), [UUID(entry_id)])
        return await self._done("knowledge.restored_now")

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
        if self.entry:
            await entries.delete(await self._member(), [self.entry.id])
        return await self._done("knowledge.deleted_now")

    @rx.event
    @role("member")
    async def begin_import(self):
        self.import_open, self.problem = True, ""
        self.form_key += 1

    @rx.event
    @role("member")
    async def bring_in(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._import(form))
        self.saving = False
        if not self.problem:
            self.import_open = False
            await self._look()
            words = i18n.t("knowledge.imported", await self._language(), n=str(self._imported))
            yield rx.toast.success(words)

    async def _save(self, form: dict[str, str]) -> None:
        member, entry = await self._member(), EntryForm.model_validate(form)
        if self.entry:
            await entries.change(member, self.entry.id, entry)
        else:
            await entries.create(member, entry)

    async def _import(self, form: dict[str, str]) -> None:
        member, name = await self._member(), FORMATS.get(form.get("format", ""), FORMATS["md"])
        plan = await imports.plan(member, [File(name, form.get("text", "").encode())])
        if plan.count(imports.State.ERROR) == len(plan.rows):
            raise BadInput
        self._imported = await imports.apply(member, plan)

    async def _done(self, key: str):
        self.sheet_open = self.asking_delete = False
        await self._look()
        return await self._saved(key)

    def _show(self, entry: EntryRow | None, *, title: str = "") -> None:
        """The sheet's fields read their first values when `form_key` changes."""
        self.entry, self.given_title, self.problem = entry, entry.title if entry else title, ""
        self.sheet_open = True
        self.form_key += 1

    async def _look(self) -> None:
        seen = await entries.list_entries(
            await self._member(),
            search=self.search,
            language=LANGUAGES.get(self.language),
            status=STATUSES.get(self.status, "active"),
            page=self.page,
            size=SIZE,
        )
        self.rows, self.total, self.loaded = seen.rows, seen.total, True
