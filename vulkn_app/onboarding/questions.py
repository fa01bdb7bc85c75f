"""Step 2: what a business is asked to tell about itself, and the entries that the answers are.

An answer in one language is one entry, in both it is two that translate each other; the same answer again changes
nothing, another one replaces it, and one that was emptied takes its entry out of what the agent knows."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vulkn_app import i18n
from vulkn_app.db import Member, as_member
from vulkn_app.errors import BadInput
from vulkn_app.i18n import LANGUAGES
from vulkn_app.knowledge.entries import changed as knowledge_changed
from vulkn_app.knowledge.imports import TWINS, UPSERT
from vulkn_app.onboarding.progress import Step, changed, mark
from vulkn_app.texts import clean

KEYS = ("what", "where", "hours", "prices", "payment", "appointments", "policies", "contact")
LONGEST = 2000  # characters of one answer
SOURCE = "onboarding"


@dataclass(frozen=True)
class Question:
    """What is asked, and how an answer may look."""

    key: str
    ask_es: str
    ask_en: str
    hint_es: str
    hint_en: str


# {"where": {"es": "…", "en": "…"}}
Answers = dict[str, dict[str, str]]

KEEP = text("update onboardings set answers = answers || cast(:answers as jsonb) where org_id = :org_id")
WITHDRAW = """
    update knowledge_entries e set status = 'archived'
    from jsonb_to_recordset(%(gone)s::jsonb) as g(title text, language text)
    where e.org_id = %(org_id)s and e.source = %(source)s and e.title = g.title and e.language = g.language
      and e.status = 'active'
"""


def generic() -> list[Question]:
    """The eight that fit any business."""
    return [
        Question(key, *(i18n.t(f"onboarding_questions.{key}_{what}", language)
                        for what in ("ask", "hint") for language in LANGUAGES))
        for key in KEYS
    ]  # fmt: skip


async def note(member: Member, answers: Answers) -> None:
    """Keeps what was typed so far; nothing of it is known to the agent yet."""
    async with as_member(member) as session:
        await keep(session, member, checked(answers))


async def answer(member: Member, answers: Answers) -> int:
    """All answers as entries, kept, and the step done. Returns how many entries are new or different."""
    answers = checked(answers)
    async with as_member(member) as session:
        written = await write(session, member, answers)
        await keep(session, member, answers)
        await mark(session, member, Step.KNOWLEDGE)
    knowledge_changed(member)
    return written


async def write(session: AsyncSession, member: Member, answers: Answers) -> int:
    """In the caller's transaction: the entries of these answers."""
    connection = await session.connection()
    rows = [_row(key, language, said[language]) | _twin(key, language, said)
            for key, said in answers.items() for language in LANGUAGES if said.get(language)]  # fmt: skip
    gone = [{"title": title(key, language), "language": language}
            for key, said in answers.items() for language in LANGUAGES if not said.get(language)]  # fmt: skip
    values: dict[str, Any] = {"org_id": member.org_id, "rows": json.dumps(rows)}
    written = (await connection.exec_driver_sql(UPSERT, values)).all()
    await connection.exec_driver_sql(TWINS, values)
    values = {"org_id": member.org_id, "source": SOURCE, "gone": json.dumps(gone)}
    await connection.exec_driver_sql(WITHDRAW, values)
    return len(written)


def checked(answers: Answers) -> Answers:
    """Only what is asked, in the languages there are. Raises BadInput for what is too long."""
    kept = {
        key: {language: clean(said.get(language, "")) for language in LANGUAGES}
        for key, said in answers.items()
        if key in KEYS
    }
    if any(len(words) > LONGEST for said in kept.values() for words in said.values()):
        raise BadInput("answer_too_long")
    return kept


def title(key: str, language: str) -> str:
    """What the entry is called: "Horario", "Opening hours"."""
    return i18n.t(f"onboarding_questions.{key}_title", "en" if language == "en" else "es")


async def keep(session: AsyncSession, member: Member, answers: Answers) -> None:
    values = {"org_id": member.org_id, "answers": json.dumps(answers)}
    changed(await session.execute(KEEP, values))


def _row(key: str, language: str, words: str) -> dict[str, Any]:
    examples = i18n.t(f"onboarding_questions.{key}_asked", "en" if language == "en" else "es").split("|")
    dates = dict.fromkeys(("valid_from", "valid_until", "review_by"))
    kind = "price" if key == "prices" else "faq"
    return {"title": title(key, language), "body": words, "language": language, "examples": examples,
            "status": "active", "source": SOURCE, "exact": False, "kind": kind, **dates}  # fmt: skip


def _twin(key: str, language: str, said: dict[str, str]) -> dict[str, str]:
    other = "en" if language == "es" else "es"
    return {"twin": title(key, other) if said.get(other) else ""}
