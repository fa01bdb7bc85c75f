"""What visitors can tap instead of writing, once the agent knows something: the owner's own answers, asked as a
customer asks. Until then the chat offers what can be answered before anything is known (the migration first_words);
what an owner chose themselves stays."""

import json
from typing import Any

from psycopg import AsyncConnection

from vulkn_app import i18n, verticals
from vulkn_app.agents import MOST_SUGGESTIONS
from vulkn_app.db import Member
from vulkn_app.i18n import LANGUAGES, Language

FIRST_WORDS: dict[Language, list[str]] = {
    "es": ["¿Quién eres?", "Quiero hablar con una persona"],
    "en": ["Who are you?", "I would like to talk to a person"],
}
OFFER = """
    update organizations set branding = branding || jsonb_build_object('suggestions', %(offered)s::jsonb)
    where id = %(org_id)s and branding -> 'suggestions' = %(first)s::jsonb
"""


async def offer(
    connection: AsyncConnection[Any], member: Member, industry: str, answers: dict[str, dict[str, str]]
) -> None:
    """In the caller's transaction."""
    keys = [key for key, said in answers.items() if any(said.values())]
    offered = {language: _asked(industry, keys, language) for language in LANGUAGES}
    if all(offered.values()):
        last = {language: [*offered[language], FIRST_WORDS[language][-1]] for language in LANGUAGES}
        values = {"org_id": member.org_id, "offered": json.dumps(last), "first": json.dumps(FIRST_WORDS)}
        await connection.execute(OFFER, values)


def _asked(industry: str, answered: list[str], language: Language) -> list[str]:
    """As customers ask for what was answered, in the order of the questions."""
    examples = _of_pack(industry, language) if industry in verticals.KEYS else _of_any(language)
    asked = [words for key, words in examples.items() if key in answered]
    return [_begun_large(words) for words in asked[: MOST_SUGGESTIONS - 1]]


def _of_pack(industry: str, language: Language) -> dict[str, str]:
    chosen = verticals.pack(industry)
    first = {faq.key: faq.side(language).examples[0] for faq in chosen.faqs}
    return {question.key: first[question.key] for question in chosen.questions if question.key in first}


def _of_any(language: Language) -> dict[str, str]:
    keys = ("hours", "prices", "where", "what", "payment", "appointments", "policies")
    return {key: i18n.t(f"onboarding_questions.{key}_asked", language).split("|")[0] for key in keys}


def _begun_large(words: str) -> str:
    """ "¿a qué hora abren?" stands alone here."""
    start = 1 if words.startswith("¿") else 0
    return words[:start] + words[start : start + 1].upper() + words[start + 1 :]
