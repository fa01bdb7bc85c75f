"""Beside the sheet with an answer: what it was before, and what contradicts it."""

from uuid import UUID

import reflex as rx

from state.knowledge import KnowledgeState
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.conversations import contradictions
from vulkn_app.conversations.contradictions import ClashRow
from vulkn_app.knowledge import versions
from vulkn_app.knowledge.versions import VersionRow


class KnowledgeStoryState(MemberMixin, SpeakingMixin, rx.State):
    history: list[VersionRow] = []
    clashes: list[ClashRow] = []
    reason: str = ""
    problem: str = ""

    _entry: str = ""

    @rx.event
    @role("member")
    async def say_why(self, reason: str):
        self.reason = str(reason)[:300]

    @rx.event
    @role("member")
    async def settle(self, other_id: str):
        """No contradiction, for the reason that was written."""
        member, entry_id = await self._member(), UUID(self._entry)
        self.problem = await self._attempt(
            contradictions.settle(member, entry_id, UUID(other_id), self.reason)
        )
        if not self.problem:
            await self._tell(entry_id)
            await (await self.get_state(KnowledgeState))._look_everywhere()
            return await self._saved("knowledge.settled")

    async def _tell(self, entry_id: UUID) -> None:
        member = await self._member()
        self._entry, self.reason, self.problem = str(entry_id), "", ""
        self.history = await versions.history(member, entry_id)
        self.clashes = (await contradictions.of(member)).get(entry_id, [])
