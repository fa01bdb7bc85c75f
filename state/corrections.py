"""An answer that was wrong, and the entry that will say it right."""

from uuid import UUID

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.knowledge.suggestions import corrections
from vulkn_app.knowledge.suggestions.corrections import Case
from vulkn_app.knowledge.suggestions.reviewing import Answer


class CorrectionState(MemberMixin, SpeakingMixin, rx.State):
    is_open: bool = False
    case: Case | None = None
    entry_id: str = ""  # the entry that is corrected; none: a new one
    given_title: str = ""
    given_body: str = ""
    given_language: str = "es"
    form_key: int = 0
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("member")
    async def begin(self, message_id: str):
        """The first entry that the answer stood on is the likeliest mistake."""
        self.case = await corrections.case(await self._member(), UUID(message_id))
        self._choose(str(self.case.stood_on[0].id) if self.case.stood_on else "")
        self.is_open = True

    @rx.event
    @role("member")
    async def choose(self, entry_id: str):
        self._choose(entry_id)

    @rx.event
    @role("member")
    async def close(self):
        self.is_open = False

    @rx.event
    @role("member")
    async def save(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._correct(form))
        self.saving = False
        if not self.problem:
            self.is_open = False
            yield await self._saved("suggestions.corrected_now")

    async def _correct(self, form: dict[str, str]) -> None:
        if self.case:
            entry_id = UUID(self.entry_id) if self.entry_id else None
            answer = Answer.model_validate(form)
            await corrections.correct(await self._member(), self.case.message_id, entry_id, answer)

    def _choose(self, entry_id: str) -> None:
        """The fields read their first values when `form_key` changes."""
        entries = self.case.stood_on if self.case else []
        chosen = next((entry for entry in entries if str(entry.id) == entry_id), None)
        self.entry_id = str(chosen.id) if chosen else ""
        self.given_title = chosen.title if chosen else self.case.title if self.case else ""
        self.given_body = chosen.body if chosen else ""
        self.given_language = chosen.language if chosen else self.case.language if self.case else "es"
        self.problem = ""
        self.form_key += 1
