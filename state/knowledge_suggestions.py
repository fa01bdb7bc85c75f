"""What customers miss in the knowledge: the cards, a person's decision on each, and looking again."""

from datetime import datetime
from uuid import UUID

import reflex as rx

from state.arriving import half_done
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import i18n
from vulkn_app.errors import NotFound
from vulkn_app.knowledge.suggestions import reviewing
from vulkn_app.knowledge.suggestions.reviewing import Answer, Reason, SuggestionRow


class WaitingState(MemberMixin, rx.State):
    """How many wait for a decision: the number on the room's tab."""

    waiting: int = 0

    @rx.event
    @role("member")
    async def count(self):
        self.waiting = await reviewing.waiting(await self._member())


@half_done("answering", "rejecting")
class SuggestionsState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    rows: list[SuggestionRow] = []
    next_at: datetime | None = None
    looked_at: datetime | None = None
    questions: int = 0
    looking: bool = False

    current: SuggestionRow | None = None
    answering: bool = False
    rejecting: bool = False
    saving: bool = False
    problem: str = ""
    form_key: int = 0

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(SuggestionsState.ring)
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event(background=True)
    @role("member")
    async def look_now(self):
        """Seconds of work: the page goes on living meanwhile."""
        async with self:
            if self.looking:
                return
            member, self.looking = await self._member(), True
        found = -1
        try:
            found = await reviewing.look_now(member)
        finally:
            async with self:
                self.looking = False
                if found >= 0:
                    await self._look()
                said = "suggestions.nothing_new" if not found else "suggestions.looked_now"
                words = i18n.t(said, await self._language())
        yield rx.toast.success(words)

    @rx.event
    @role("member")
    async def answer(self, suggestion_id: str):
        self._show(suggestion_id)
        self.answering = self.current is not None

    @rx.event
    @role("member")
    async def refuse(self, suggestion_id: str):
        self._show(suggestion_id)
        self.rejecting = self.current is not None

    @rx.event
    @role("member")
    async def close(self):
        self.answering = self.rejecting = False

    @rx.event
    @role("member")
    async def approve(self, suggestion_id: str):
        """As it is: the question, and what a person of the business wrote."""
        await reviewing.approve(await self._member(), UUID(suggestion_id))
        await self._look()
        return await self._saved("suggestions.approved_now")

    @rx.event
    @role("member")
    async def save(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._approve(form))
        self.saving = False
        if not self.problem:
            self.answering = False
            await self._look()
            yield await self._saved("suggestions.approved_now")

    @rx.event
    @role("member")
    async def reject(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._reject(form))
        self.saving = False
        if not self.problem:
            self.rejecting = False
            await self._look()
            yield await self._saved("suggestions.rejected_now")

    async def _approve(self, form: dict[str, str]) -> None:
        if self.current is None:  # it went away while the sheet was open
            raise NotFound
        answer = Answer.model_validate(form)
        await reviewing.approve(await self._member(), self.current.id, answer)

    async def _reject(self, form: dict[str, str]) -> None:
        """One of the reasons at hand, or the person's own words."""
        if self.current is None:
            raise NotFound
        said = form.get("reason", "").strip() or form.get("usual", "")
        await reviewing.reject(await self._member(), self.current.id, Reason(reason=said))

    def _show(self, suggestion_id: str) -> None:
        """The sheet's fields read their first values when `form_key` changes."""
        self.current = next((row for row in self.rows if str(row.id) == suggestion_id), None)
        self.problem = ""
        self.form_key += 1

    async def _look(self) -> None:
        board = await reviewing.board(await self._member())
        if board.rows != self.rows:
            self.rows = board.rows
        self.next_at, self.looked_at, self.questions = board.next_at, board.looked_at, board.questions
        self.loaded = True
        (await self.get_state(WaitingState)).waiting = len(board.rows)
