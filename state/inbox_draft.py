"""The draft that waits in the open conversation, and what a person makes of it."""

from uuid import UUID

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.conversations import shadow
from vulkn_app.conversations.shadow import DraftRow


class DraftState(MemberMixin, SpeakingMixin, rx.State):
    """What waits in the conversation that is open."""

    draft: DraftRow | None = None
    editing: bool = False
    sending: bool = False
    problem: str = ""

    _conversation: str = ""

    @rx.event
    @role("member")
    async def edit(self, editing: bool):
        self.editing, self.problem = bool(editing), ""

    @rx.event
    @role("member")
    async def send(self, draft_id: str):
        """As it is. A second tap finds it gone, also where another one waits by now: that one nobody has read yet."""
        self.sending = True
        yield
        yield await self._decided(draft_id, None)

    @rx.event
    @role("member")
    async def send_edited(self, form: dict[str, str]):
        self.sending = True
        yield
        yield await self._decided(form.get("draft", ""), form.get("words", ""))

    @rx.event
    @role("member")
    async def discard(self, draft_id: str):
        self.problem = await self._attempt(shadow.discard(await self._member(), UUID(draft_id)))
        await self._look_at(self._conversation)
        return None if self.problem else await self._saved("inbox.shadow_discarded")

    async def _decided(self, draft_id: str, words: str | None) -> rx.event.EventSpec | None:
        """The draft that the browser showed, not the one that waits by now."""
        self.problem = await self._attempt(
            self._as_member(lambda member: shadow.send(member, UUID(draft_id), words))
        )
        self.sending = False
        if not self.problem:
            await self._look_at(self._conversation)
        return None if self.problem else await self._saved("inbox.shadow_sent")

    async def _look_at(self, conversation: str) -> None:
        """Called with every look at the thread: one more row, none where nothing waits."""
        self._conversation = conversation
        found = await shadow.draft(await self._member(), UUID(conversation)) if conversation else None
        if (found and found.id) != (self.draft and self.draft.id):
            self.editing, self.problem = False, ""
        self.draft = found
