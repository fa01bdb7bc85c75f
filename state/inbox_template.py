"""Writing to somebody whose 24 hours are over: a template, and what goes into it."""

from typing import Any
from uuid import UUID, uuid4

import reflex as rx
from pydantic import BaseModel

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.channels.whatsapp import board, replying, template_shapes
from vulkn_app.channels.whatsapp.board import TemplateRow
from vulkn_app.channels.whatsapp.replying import TemplateForm
from vulkn_app.channels.whatsapp.template_shapes import Preview

LONGEST = 200


class Gap(BaseModel):
    """Something to fill in; `given` is what we think stands there."""

    key: str
    where: str
    place: str
    label: str
    given: str


class InboxTemplateState(MemberMixin, SpeakingMixin, rx.State):
    is_open: bool = False
    loaded: bool = False
    rows: list[TemplateRow] = []
    picked: TemplateRow | None = None
    gaps: list[Gap] = []
    preview: Preview = Preview()
    complete: bool = False
    sending: bool = False
    problem: str = ""

    _conversation: str = ""
    _components: dict[str, list[dict[str, Any]]] = {}
    _name: str = ""
    _given: dict[str, str] = {}
    _draft: str = ""

    @rx.event
    @role("member")
    async def begin(self, conversation_id: str):
        self._conversation, self._draft = str(UUID(conversation_id)), uuid4().hex
        self.is_open, self.loaded, self.picked, self.problem = True, False, None, ""
        yield
        found = await board.templates_for(await self._member(), UUID(self._conversation))
        self.rows, self._components, self._name = found.rows, found.components, found.name
        self.loaded = True

    @rx.event
    @role("member")
    async def close(self):
        self.is_open = False

    @rx.event
    @role("member")
    async def back(self):
        self.picked, self.problem = None, ""

    @rx.event
    @role("member")
    async def pick(self, template_id: str):
        self.picked = next((row for row in self.rows if row.id == template_id), None)
        if self.picked is None:
            return
        self._given = board.greeting(self._components[template_id], self._name)
        self.gaps = [
            Gap(**slot.model_dump(), given=self._given.get(slot.key, "")) for slot in self.picked.slots
        ]
        self._show()

    @rx.event
    @role("member")
    async def fill(self, key: str, words: str):
        self._given[str(key)[:80]] = str(words)[:LONGEST]
        self._show()

    @rx.event
    @role("member")
    async def send(self):
        if self.picked is None or not self.complete:
            return
        self.sending = True
        yield
        self.problem = await self._attempt(self._reply(self.picked))
        self.sending = False
        if not self.problem:
            self.is_open = False
            yield await self._saved("inbox.template_sent")

    async def _reply(self, row: TemplateRow) -> None:
        given = {slot.key: self._given.get(slot.key, "") for slot in row.slots}
        form = TemplateForm(draft=self._draft, template=UUID(row.id), values=given)
        await replying.reply_template(await self._member(), UUID(self._conversation), form)

    def _show(self) -> None:
        """What is not written yet stays a gap that one sees."""
        if self.picked is None:
            return
        given = {slot.key: self._given.get(slot.key, "").strip() for slot in self.picked.slots}
        shown = {slot.key: given[slot.key] or f"[ {slot.place} ]" for slot in self.picked.slots}
        self.preview = template_shapes.preview(self._components[self.picked.id], shown)
        self.complete = all(given.values())
