"""Trying the search: a question, the entries that are found for it, and whether they are enough."""

import reflex as rx
from pydantic import BaseModel

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.conversations import lookup
from vulkn_app.conversations.lookup import AskedRow, Found, Lookup
from vulkn_app.i18n import Language

LONGEST = 500
LANGUAGES: dict[str, Language] = {"es": "es", "en": "en"}


class FoundRow(BaseModel):
    id: str
    title: str
    text: str
    language: str
    score: int  # of a hundred
    enough: bool
    words: list[str]


class KnowledgeTestState(MemberMixin, SpeakingMixin, rx.State):
    question: str = ""
    language: str = ""  # empty: heard from the question
    looking: bool = False
    form_key: int = 0

    verdict: str = ""
    answers: bool = False
    heard: str = ""
    rows: list[FoundRow] = []
    evidence: str = ""
    whole: bool = False
    enough: int = 0
    entries: int = 0

    asked: list[AskedRow] = []
    loaded: bool = False

    @rx.event
    @role("member")
    async def load(self):
        """`?q=…` asks at once."""
        await self._watch(KnowledgeTestState.ring)
        self.asked = await lookup.recently_asked(await self._member())
        self.loaded = True
        if wanted := self.router.url.query_parameters.get("q", ""):
            await self._ask(wanted)

    @rx.event
    @role("member")
    async def ring(self):
        """Knowledge changed or somebody asked: what is shown is looked up again."""
        self.asked = await lookup.recently_asked(await self._member())
        if self.question:
            await self._look()

    @rx.event
    @role("member")
    async def ask(self, form: dict[str, str]):
        self.looking = True
        yield
        trouble = await self._attempt(self._ask(str(form.get("question", ""))))
        self.looking = False
        if trouble:
            yield rx.toast.error(trouble)

    @rx.event
    @role("member")
    async def replay(self, question: str):
        await self._ask(str(question))

    @rx.event
    @role("member")
    async def pick_language(self, language: str):
        self.language = LANGUAGES.get(language, "")
        if self.question:
            await self._look()

    async def _ask(self, question: str) -> None:
        """The field shows its words anew when `form_key` changes."""
        self.question = " ".join(question.split())[:LONGEST]
        self.form_key += 1
        if self.question:
            await self._look()
        else:
            self.verdict, self.rows = "", []

    async def _look(self) -> None:
        member = await self._member()
        self._take(await lookup.look_up(member, self.question, language=LANGUAGES.get(self.language)))

    def _take(self, seen: Lookup) -> None:
        self.verdict, self.answers, self.heard = seen.verdict, seen.answers, seen.language
        self.rows = [_row(found, seen.enough) for found in seen.found]
        self.evidence, self.whole = seen.evidence, seen.whole
        self.enough, self.entries = round(seen.enough * 100), seen.entries


def _row(found: Found, enough: float) -> FoundRow:
    hit = found.hit
    return FoundRow(
        id=str(hit.entry_id),
        title=hit.title,
        text=hit.text[:280],
        language=hit.language,
        score=round(hit.score * 100),
        enough=hit.score >= enough,
        words=list(found.words),
    )
