"""Entries picked from the list and what is done to them together, a line written over in its place, and the
way back from all of it."""

from collections.abc import Awaitable
from datetime import date
from uuid import UUID

import reflex as rx

from state.arriving import half_done
from state.knowledge import KnowledgeState
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import i18n
from vulkn_app.knowledge import changes, entries, versions
from vulkn_app.knowledge.changes import Change
from vulkn_app.knowledge.entries import MOST_IDS, EntryForm


@half_done("picked", "asking_delete", "asking_review", "forgetting", "writing", "problem", "told", "change")
class KnowledgeBulkState(MemberMixin, SpeakingMixin, rx.State):
    picked: list[str] = []
    asking_delete: bool = False
    asking_review: bool = False
    forgetting: str = ""

    writing: str = ""  # the entry that is written over in the list
    problem: str = ""

    # The last change, as long as it can be taken back.
    told: str = ""
    change: str = ""

    @rx.event
    @role("member")
    async def pick(self, entry_id: str):
        entry_id = str(UUID(entry_id))
        if entry_id in self.picked:
            self.picked.remove(entry_id)
        elif len(self.picked) < MOST_IDS:
            self.picked.append(entry_id)

    @rx.event
    @role("member")
    async def pick_page(self):
        """All of this page, or none of it when all were."""
        page = [str(row.id) for row in (await self.get_state(KnowledgeState)).rows]
        others = [entry_id for entry_id in self.picked if entry_id not in page]
        everything = all(entry_id in self.picked for entry_id in page)
        self.picked = others if everything else (others + page)[:MOST_IDS]

    @rx.event
    @role("member")
    async def pick_none(self):
        self.picked = []

    @rx.event
    @role("member")
    async def archive(self):
        await self._all(changes.set_status(await self._member(), self._ids(), "archived"), "archived")

    @rx.event
    @role("member")
    async def enable(self):
        await self._all(changes.set_status(await self._member(), self._ids(), "active"), "restored")

    @rx.event
    @role("member")
    async def ask_review(self):
        self.asking_review = True

    @rx.event
    @role("member")
    async def set_review(self, form: dict[str, str]):
        day = date.fromisoformat(form["day"]) if form.get("day") else None
        await self._all(changes.set_review(await self._member(), self._ids(), day), "reviewed")

    @rx.event
    @role("admin")
    async def ask_delete(self):
        self.asking_delete = True

    @rx.event
    @role("admin")
    async def delete(self):
        await self._all(changes.delete(await self._member(), self._ids()), "deleted")

    @rx.event
    @role("member")
    async def keep(self):
        self.asking_delete = self.asking_review = False
        self.forgetting = ""

    @rx.event
    @role("member")
    async def undo(self):
        count = await changes.undo(await self._member(), UUID(self.change))
        self.told, self.change = "", ""
        await self._look()
        return await self._saved("knowledge.undone" if count else "knowledge.undone_nothing")

    @rx.event
    @role("member")
    async def let_be(self):
        self.told, self.change = "", ""

    @rx.event
    @role("member")
    async def bring_back(self, version_id: str):
        await versions.bring_back(await self._member(), UUID(version_id))
        await self._look()
        return await self._saved("knowledge.restored_now")

    @rx.event
    @role("admin")
    async def ask_forget(self, entry_id: str):
        self.forgetting = str(UUID(entry_id))

    @rx.event
    @role("admin")
    async def forget(self):
        await versions.forget(await self._member(), UUID(self.forgetting))
        self.forgetting = ""
        await self._look()
        return await self._saved("knowledge.forgotten_now")

    @rx.event
    @role("member")
    async def write(self, entry_id: str):
        """Begins to write over a line; an empty id stops it."""
        self.writing, self.problem = str(UUID(entry_id)) if entry_id else "", ""

    @rx.event
    @role("member")
    async def write_over(self, form: dict[str, str]):
        self.problem = await self._attempt(self._write_over(form))
        if not self.problem:
            self.writing = ""
            await self._look()
            return await self._saved()

    async def _write_over(self, form: dict[str, str]) -> None:
        member, entry_id = await self._member(), UUID(self.writing)
        row = await entries.get(member, entry_id)
        said = {"title": form.get("title", ""), "body": form.get("body", "")}
        await entries.change(member, entry_id, EntryForm.model_validate(row.model_dump() | said))

    async def _all(self, doing: Awaitable[Change], key: str) -> None:
        change = await doing
        self.picked, self.asking_delete, self.asking_review = [], False, False
        await self._offer(change, key)

    async def _offer(self, change: Change, key: str) -> None:
        """Says what happened, with the way back beside it."""
        ending = "one" if change.count == 1 else "many"
        self.told = i18n.t(f"knowledge.{key}_{ending}", await self._language(), n=str(change.count))
        self.change = str(change.id) if change.id else ""
        await self._look()

    async def _look(self) -> None:
        await (await self.get_state(KnowledgeState))._look_everywhere()

    def _ids(self) -> list[UUID]:
        return [UUID(entry_id) for entry_id in self.picked]
