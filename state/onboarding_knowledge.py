"""Step 2: what the business knows. Questions are answered here; files and pages come in through the import's own state."""

from typing import Any

import reflex as rx
from pydantic import BaseModel

from state.knowledge_import import KnowledgeImportState
from state.onboarding import VISITS, OnboardingState, Visit
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.errors import NotFound
from vulkn_app.i18n import LANGUAGES
from vulkn_app.onboarding import business, progress, questions
from vulkn_app.onboarding.progress import Step
from vulkn_app.onboarding.questions import Answers

WAYS = ("questions", "page", "file", "chat")


class QuestionRow(BaseModel):
    """One question, in both languages, and what was answered so far."""

    key: str
    ask_es: str
    ask_en: str
    hint_es: str
    hint_en: str
    es: str = ""
    en: str = ""


class OnboardingKnowledgeState(MemberMixin, SpeakingMixin, rx.State):
    way: str = "questions"
    rows: list[QuestionRow] = []
    form_key: int = 0
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("admin")
    async def load(self):
        member = await self._member()
        known, industry = await progress.read(member), (await business.read(member)).industry
        if known is None:
            raise NotFound
        self.rows = [_row(question, known.answers) for question in questions.asked(industry)]
        self.problem = ""
        self.form_key += 1

    @rx.event
    @role("admin")
    async def pick(self, way: str):
        self.way = way if way in WAYS else WAYS[0]

    @rx.event
    @role("admin")
    async def note(self, key: str, language: str, words: str):
        """What was typed so far, kept when a field is left: another device goes on from there."""
        row = next((row for row in self.rows if row.key == key), None)
        if row is None or language not in LANGUAGES or getattr(row, language) == words:
            return
        setattr(row, language, str(words))
        self.problem = await self._attempt(
            questions.note(await self._member(), {row.key: {"es": row.es, "en": row.en}})
        )

    @rx.event
    @role("admin")
    async def save(self, form: dict[str, Any]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._answer(self._answers(form)))
        self.saving = False
        if not self.problem:
            yield OnboardingState.follow

    @rx.event
    @role("admin")
    async def finish(self):
        """By pages and files: what was answered beside them counts too, and the vertical's answers come along."""
        said = {row.key: {"es": row.es, "en": row.en} for row in self.rows}
        self.saving = True
        yield
        self.problem = await self._attempt(self._answer(said))
        self.saving = False
        if not self.problem:
            yield OnboardingState.follow

    async def _answer(self, answers: Answers) -> None:
        await questions.answer(await self._member(), answers)

    def _answers(self, form: dict[str, Any]) -> Answers:
        return {
            row.key: {language: str(form.get(f"{row.key}_{language}", "")) for language in LANGUAGES}
            for row in self.rows
        }


def _row(question: questions.Question, answers: dict[str, Any]) -> QuestionRow:
    said = answers.get(question.key, {})
    return QuestionRow(**vars(question), es=said.get("es", ""), en=said.get("en", ""))


VISITS[Step.KNOWLEDGE] = Visit(
    loads=(KnowledgeImportState.close, KnowledgeImportState.load, OnboardingKnowledgeState.load),
    rings=(KnowledgeImportState.ring,),
)
