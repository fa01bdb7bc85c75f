"""Writing to somebody whose 24 hours are over: a template, and what goes into it."""

from uuid import UUID, uuid4

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.channels.whatsapp import board, shown
from vulkn_app.channels.whatsapp.shown import Bubble, Gap, TemplateRow
from vulkn_app.conversations import inbox

LONGEST = 200


class InboxTemplateState(MemberMixin, SpeakingMixin, rx.State):
    is_open: bool = False
    loaded: bool = False
    rows: list[TemplateRow] = []
    picked: TemplateRow | None = None
    gaps: list[Gap] = []
    preview: Bubble = Bubble()
    complete: bool = False
    sending: bool = False
    problem: str = ""

    _conversation: str = ""
    _given: dict[str, str] = {}
    _draft: str = ""
    _name: str = ""

    @rx.event
    @role("member")
    async def begin(self, conversation_id: str):
        self._conversation, self._draft = str(UUID(conversation_id)), uuid4().hex
        self.is_open, self.loaded, self.picked, self.problem = True, False, None, ""
        yield
        found = await board.templates_for(await self._member(), UUID(self._conversation))
        self.rows, self._name = [row for row in found.rows if row.can_be_written], found.name
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
        self._given = shown.greeting(self.picked, self._name)
        self.gaps = [
            gap.model_copy(update={"given": self._given.get(gap.key, "")}) for gap in self.picked.gaps
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
        given = {gap.key: self._given.get(gap.key, "").strip() for gap in row.gaps}
        await inbox.reply_template(
            await self._member(), UUID(self._conversation), UUID(row.id), given, draft=self._draft
        )

    def _show(self) -> None:
        if self.picked is None:
            return
        self.preview = self.picked.bubble.with_words(self._given)
        self.complete = all(self._given.get(gap.key, "").strip() for gap in self.picked.gaps)
