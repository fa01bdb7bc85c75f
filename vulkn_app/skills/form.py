"""The questions of a form, and what counts as an answer to each: words in, a value or a friendly reason out."""

import re
from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from vulkn_app.errors import BadInput
from vulkn_app.i18n import Language
from vulkn_app.llm.smalltalk import plain
from vulkn_app.skills import details
from vulkn_app.skills.base import SkillConfig
from vulkn_app.skills.consent import answer_in
from vulkn_app.skills.form_dates import shown_date, stated_date
from vulkn_app.skills.form_words import REASONS, SKIP_HINT, SKIPS, YES_NO
from vulkn_app.skills.keys import SHORT_NAME, with_key
from vulkn_app.texts import Line, one_line

Kind = Literal["text", "number", "date", "choice", "phone", "email", "yes_no", "place"]
LONGEST_ANSWER = 1_000
_MARK = re.compile(r"^\[(?:ubicación|location)\]\s*")

# "1,200" and "1.200" are twelve hundred, "1.5" and "1,5" one and a half; "25kg" is 25.
_GROUPED = r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?"
_NUMBER = re.compile(rf"(?<![\w.,])(?:(?:{_GROUPED})(?![\d,.]*\d)|-?\d+(?:[.,]\d+)?)(?!\d|e\d)")
_ORDINALS = {
    word: place
    for place, words in enumerate(
        ("primera primero first uno una one", "segunda segundo second dos two", "tercera tercero tercer third tres three",
         "cuarta cuarto fourth cuatro four", "quinta quinto fifth cinco five"), 1
    )
    for word in words.split()
}  # fmt: skip
_COUNTS = {
    word: number
    for number, words in enumerate(
        ("cero zero", "uno una un one", "dos two", "tres three", "cuatro four", "cinco five", "seis six", "siete seven",
         "ocho eight", "nueve nine", "diez ten", "once eleven", "doce twelve", "trece thirteen", "catorce fourteen",
         "quince fifteen", "dieciseis sixteen", "diecisiete seventeen", "dieciocho eighteen", "diecinueve nineteen",
         "veinte twenty")
    )
    for word in words.split()
}  # fmt: skip


class Question(SkillConfig):
    """One question. `at_least` and `at_most`: characters of a text, value of a number."""

    prompt_es: Line = Field(min_length=2, max_length=300, title="skills.intake.prompt_es")
    prompt_en: Line = Field(default="", max_length=300, title="skills.intake.prompt_en")
    kind: Kind = Field(default="text", title="skills.intake.kind")
    required: bool = Field(default=True, title="skills.intake.required")
    choices_es: tuple[Line, ...] = Field(default=(), max_length=20, title="skills.intake.choices_es")
    choices_en: tuple[Line, ...] = Field(default=(), max_length=20, title="skills.intake.choices_en")
    at_least: float | None = Field(default=None, title="skills.intake.at_least")
    at_most: float | None = Field(default=None, title="skills.intake.at_most")
    key: str = Field(
        default="", pattern=SHORT_NAME, title="skills.intake.key", description="skills.intake.key_help"
    )

    @model_validator(mode="before")
    @classmethod
    def _has_a_key(cls, given: Any) -> Any:
        return with_key(given, "prompt_es")

    @field_validator("choices_es", "choices_en")
    @classmethod
    def _choices_differ(cls, choices: tuple[str, ...]) -> tuple[str, ...]:
        if len({plain(choice) for choice in choices} - {""}) != len(choices):
            raise ValueError("choices must differ")
        return choices

    @model_validator(mode="after")
    def _makes_sense(self) -> "Question":
        if (self.kind == "choice") != (len(self.choices_es) >= 2):
            raise ValueError("a choice has at least two choices, other kinds have none")
        if self.choices_en and len(self.choices_en) != len(self.choices_es):
            raise ValueError("both languages have the same choices")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least is more than at_most")
        return self

    def prompt(self, language: Language) -> str:
        return self.prompt_en if language == "en" and self.prompt_en else self.prompt_es

    def choices(self, language: Language) -> tuple[str, ...]:
        return self.choices_en if language == "en" and self.choices_en else self.choices_es

    def asked(self, language: Language) -> str:
        """As the customer reads it, with the choices and how to skip it."""
        lines = [self.prompt(language)]
        lines += [f"{place}. {choice}" for place, choice in enumerate(self.choices(language), 1)]
        if not self.required:
            lines.append(SKIP_HINT[language])
        return "\n".join(lines)


class Unclear(BadInput):
    """No answer to this question. `reason` is for the customer."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


def skips(words: str) -> bool:
    return plain(words) in SKIPS


def read(question: Question, words: str, *, language: Language, country: str, today: date) -> str:
    """The answer as it is stored and shown. Raises Unclear."""
    words = one_line(words)[: LONGEST_ANSWER + 1]
    match question.kind:
        case "place":  # a point on the map comes in words, with a mark before them
            return _text(question, _MARK.sub("", words), language)
        case "text":
            return _text(question, words, language)
        case "number":
            return _number(question, words, language)
        case "date":
            found = stated_date(words, today=today, month_first=language == "en" and country == "US")
            return _or_unclear(shown_date(found) if found else None, "date", language)
        case "choice":
            return _choice(question, words, language)
        case "phone":
            return _or_unclear(details.phone(words, country), "phone", language)
        case "email":
            return _or_unclear(details.email(words), "email", language)
        case "yes_no":
            said = answer_in(words)
            return _or_unclear(None if said is None else YES_NO[said], "yes_no", language)


def _or_unclear(value: str | None, reason: str, language: Language) -> str:
    if value is None:
        raise Unclear(REASONS[reason][language])
    return value


def _text(question: Question, words: str, language: Language) -> str:
    least, most = question.at_least or 1, min(question.at_most or LONGEST_ANSWER, LONGEST_ANSWER)
    if len(words) < least:
        raise Unclear(REASONS["too_short"][language].format(least=f"{least:g}"))
    if len(words) > most:
        raise Unclear(REASONS["too_long"][language].format(most=f"{most:g}"))
    return words


def _number(question: Question, words: str, language: Language) -> str:
    found = [_amount(text) for text in _NUMBER.findall(words)]
    found = found or [float(_COUNTS[word]) for word in plain(words).split() if word in _COUNTS]
    if len(set(found)) != 1:
        raise Unclear(REASONS["one_number" if found else "number"][language])
    least, most = question.at_least, question.at_most
    if (least is not None and found[0] < least) or (most is not None and found[0] > most):
        raise Unclear(_range(least, most, language))
    return f"{found[0]:.10g}"


def _amount(text: str) -> float:
    if re.fullmatch(_GROUPED, text):
        decimal = "." if re.search(r",\d{3}(?:,|\.|$)", text) else ","
        text = text.replace("," if decimal == "." else ".", "")
    return float(text.replace(",", "."))


def _range(least: float | None, most: float | None, language: Language) -> str:
    if least is not None and most is not None:
        return REASONS["between"][language].format(least=f"{least:g}", most=f"{most:g}")
    if least is not None:
        return REASONS["at_least"][language].format(least=f"{least:g}")
    return REASONS["at_most"][language].format(most=f"{most:g}")


def _choice(question: Question, words: str, language: Language) -> str:
    """By its words or its number; always stored in the form's first language."""
    said = plain(words)
    for offered in (question.choices_es, question.choices_en):
        named = _named(said, [plain(choice) for choice in offered])
        if named is not None:
            return question.choices_es[named]
    words_said = said.split()
    places = {int(word) for word in words_said if word.isdecimal() and len(word) < 3}
    places = places or {_ORDINALS[word] for word in words_said if word in _ORDINALS}
    if len(places) == 1 and 1 <= (place := places.pop()) <= len(question.choices_es):
        return question.choices_es[place - 1]
    raise Unclear(REASONS["choice"][language])


def _named(said: str, choices: list[str]) -> int | None:
    """The choice that is said: the longest one whole, or the only one that begins like it."""
    whole = [place for place, choice in enumerate(choices) if re.search(rf"\b{re.escape(choice)}\b", said)]
    longest = max((len(choices[place]) for place in whole), default=0)
    begun = [place for place, choice in enumerate(choices) if len(said) >= 4 and choice.startswith(said)]
    found = [place for place in whole if len(choices[place]) == longest] or begun
    return found[0] if len(found) == 1 else None
