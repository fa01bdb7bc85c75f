"""The forms that an owner writes down: what each is for, what starts it, what it asks."""

from typing import Any

from pydantic import Field, field_validator, model_validator

from vulkn_app.i18n import Language
from vulkn_app.llm.smalltalk import plain
from vulkn_app.skills.base import SkillConfig
from vulkn_app.skills.form import Question
from vulkn_app.skills.form_words import FINISHED
from vulkn_app.skills.keys import SHORT_NAME, with_key
from vulkn_app.texts import Line, Text

ONLY = "main"  # the key of the one form that an agent had when it could have only one


class Form(SkillConfig):
    title_es: Line = Field(min_length=2, max_length=120, title="skills.intake.title_es")
    title_en: Line = Field(default="", max_length=120, title="skills.intake.title_en")
    when: Text = Field(
        default="", max_length=300, title="skills.intake.when", description="skills.intake.when_help"
    )
    start_words: tuple[Line, ...] = Field(
        default=(),
        max_length=30,
        title="skills.intake.start_words",
        description="skills.intake.start_words_help",
    )
    questions: tuple[Question, ...] = Field(min_length=1, max_length=20, title="skills.intake.questions")
    closing_es: Text = Field(default="", max_length=400, title="skills.intake.closing_es")
    closing_en: Text = Field(default="", max_length=400, title="skills.intake.closing_en")
    key: str = Field(
        default="",
        pattern=SHORT_NAME,
        title="skills.intake.form_key",
        description="skills.intake.form_key_help",
    )

    @model_validator(mode="before")
    @classmethod
    def _has_a_key(cls, given: Any) -> Any:
        return with_key(given, "title_es")

    @field_validator("questions")
    @classmethod
    def _keys_differ(cls, questions: tuple[Question, ...]) -> tuple[Question, ...]:
        if len({question.key for question in questions}) != len(questions):
            raise ValueError("two questions have the same key")
        return questions

    def title(self, language: Language) -> str:
        return self.title_en if language == "en" and self.title_en else self.title_es

    def closing(self, language: Language) -> str:
        own = self.closing_en if language == "en" else self.closing_es
        return own or FINISHED[language]

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)

    def begins_with(self, words: str, *, alone: bool = False) -> bool:
        """Whether a phrase that starts this form is in the words; `alone`: and nothing else is."""
        said = plain(words)
        phrases = [plain(phrase) for phrase in self.start_words]
        return said in phrases if alone else any(f" {phrase} " in f" {said} " for phrase in phrases)


class IntakeConfig(SkillConfig):
    forms: tuple[Form, ...] = Field(
        min_length=1, max_length=8, title="skills.intake.forms", description="skills.intake.forms_help"
    )

    @model_validator(mode="before")
    @classmethod
    def _had_one_form(cls, given: Any) -> Any:
        """As it was published when an agent had one form."""
        if isinstance(given, dict) and "questions" in given and "forms" not in given:
            return {"forms": [{"key": ONLY, **given}]}
        return given

    @field_validator("forms")
    @classmethod
    def _keys_differ(cls, forms: tuple[Form, ...]) -> tuple[Form, ...]:
        if len({form.key for form in forms}) != len(forms):
            raise ValueError("two forms have the same key")
        return forms

    def form(self, key: str) -> Form | None:
        return next((form for form in self.forms if form.key == key), None)
