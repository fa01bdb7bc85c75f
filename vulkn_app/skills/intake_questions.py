"""Putting one question of a form to the customer, and reading what they say to it."""

from zoneinfo import ZoneInfo

from vulkn_app.db import as_agent
from vulkn_app.i18n import Language
from vulkn_app.skills import consent, details, form
from vulkn_app.skills.base import Choice, ToolProblem, ToolResult, Turn, Wanted
from vulkn_app.skills.form import Question, Unclear
from vulkn_app.skills.form_words import REASONS

SKIPPED = ""


def ask(question: Question, before: str, language: Language) -> ToolResult:
    asked = question.asked(language)
    text = f"Ask this now, one question only, [{question.key}]:\n{asked}"
    return ToolResult(
        text,
        say=f"{before} {asked}".strip(),
        facts=(asked,),
        choices=_choices(question, language),
        wants=_wants(question),
    )


def _wants(question: Question) -> Wanted:
    """An optional question can be skipped in words, and a tap cannot say that."""
    return question.kind if question.required and question.kind in ("place", "phone") else ""


def _choices(question: Question, language: Language) -> tuple[Choice, ...]:
    if question.kind == "yes_no":
        return consent.choices(language)
    return tuple(Choice(f"answer:{n}", words) for n, words in enumerate(question.choices(language), 1))


async def heard(turn: Turn, question: Question, words: str) -> str:
    """The answer as it is stored. Raises ToolProblem with the reason and the question again."""
    language = turn.language
    if form.skips(words):
        if not question.required:
            return SKIPPED
        if question.kind not in ("text", "place"):
            raise _again(question, REASONS["required"][language], language)
    country = await _country(turn) if question.kind in ("phone", "date") else "MX"
    today = turn.now.astimezone(ZoneInfo(turn.timezone)).date()
    try:
        return form.read(question, words, language=language, country=country, today=today)
    except Unclear as problem:
        raise _again(question, problem.reason, language) from problem


def _again(question: Question, reason: str, language: Language) -> ToolProblem:
    asked = question.asked(language)
    return ToolProblem(
        f"Not an answer to [{question.key}]: {reason} Ask again:\n{asked}",
        say=f"{reason}\n{asked}",
        choices=_choices(question, language),
        wants=_wants(question),
    )


async def _country(turn: Turn) -> str:
    async with as_agent(turn.agent) as connection:
        return await details.country_of(connection, turn.agent)
