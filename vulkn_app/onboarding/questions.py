"""Step 2: the eight questions, a vertical's own or those that fit any business, and what becomes of the answers.

A vertical's answers fill its pack (`packs`). Where there is none an answer in one language is an entry, in both it is
two that translate each other. The same answers again change nothing, another one replaces, and one that was emptied
takes its entry out of what the agent knows. Entries, answers and the step's mark are one transaction."""

import json
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import AsyncConnection

from vulkn_app import i18n, live, verticals
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, NotFound
from vulkn_app.i18n import LANGUAGES, Language
from vulkn_app.knowledge.changes import acting
from vulkn_app.knowledge.entries import changed as knowledge_changed
from vulkn_app.knowledge.imports import TWINS, UPSERT
from vulkn_app.onboarding import packs, starters
from vulkn_app.onboarding.progress import Step, changed, mark
from vulkn_app.texts import clean

KEYS = ("what", "where", "hours", "prices", "payment", "appointments", "policies", "contact")
LONGEST = 2000  # characters of one answer, a pack's too
SOURCE = "onboarding"
# {"where": {"es": "…", "en": "…"}}
Answers = dict[str, dict[str, str]]
Connection = AsyncConnection[Any]


@dataclass(frozen=True)
class Question:
    """What is asked, and how an answer may look."""

    key: str
    ask_es: str
    ask_en: str
    hint_es: str
    hint_en: str


@dataclass(frozen=True)
class Outcome:
    """`known`: answers that the agent has now and had not; `missing`: those of the pack that lack something only the
    owner knows."""

    known: int = 0
    missing: int = 0


READ = """
    select o.industry, coalesce(g.answers -> '_sent', '{}') from organizations o join onboardings g on g.org_id = o.id
    where o.id = %(org_id)s for update of g
"""
KEEP = "update onboardings set answers = answers || %(answers)s::jsonb where org_id = %(org_id)s"
# What the agent was told, beside what was only typed: the next time only what is different is told.
SEND = """
    update onboardings set answers = answers || %(answers)s::jsonb || jsonb_build_object('_sent',
      coalesce(answers -> '_sent', '{}') || %(answers)s::jsonb)
    where org_id = %(org_id)s
"""
WITHDRAW = """
    update knowledge_entries e set status = 'archived'
    from jsonb_to_recordset(%(gone)s::jsonb) as g(title text, language text)
    where e.org_id = %(org_id)s and e.source = %(source)s and e.title = g.title and e.language = g.language
      and e.status <> 'archived'
"""


def asked(industry: str) -> list[Question]:
    """The eight of this vertical, or those that fit any business."""
    if industry in verticals.KEYS:
        return [
            Question(one.key, one.ask.es, one.ask.en, one.hint.es, one.hint.en)
            for one in verticals.pack(industry).questions
        ]
    return [Question(key, *(_words(key, what, language) for what in ("ask", "hint") for language in LANGUAGES))
            for key in KEYS]  # fmt: skip


async def note(member: Member, answers: Answers) -> None:
    """Keeps what was typed so far; nothing of it is known to the agent yet."""
    async with acting(member) as connection:
        industry, _ = await _read(connection, member)
        await _keep(connection, member, KEEP, checked(answers, industry))


async def answer(member: Member, answers: Answers) -> Outcome:
    """All of them, kept and known, and the step done."""
    async with acting(member) as connection:
        industry, before = await _read(connection, member)
        answers = checked(answers, industry)
        outcome = await _know(connection, member, industry, before, answers)
        await _keep(connection, member, SEND, answers)
        await starters.offer(connection, member, industry, answers)
        await mark(connection, member, Step.KNOWLEDGE)
    knowledge_changed(member)
    live.publish(live.Ring(member.org_id, "organization"))
    return outcome


async def set_hours(connection: Connection, member: Member, hours: dict[str, str]) -> None:
    """In the caller's transaction: the answer to the question about hours, which every eight have."""
    industry, before = await _read(connection, member)
    said = checked({"hours": hours}, industry).get("hours", {})
    if said and said != before.get("hours", dict.fromkeys(LANGUAGES, "")):
        await _know(connection, member, industry, before, before | {"hours": said})
        await _keep(connection, member, SEND, {"hours": said})


def checked(answers: Answers, industry: str) -> Answers:
    """Only what is asked, in the languages there are. Raises BadInput for what is too long."""
    keys = {question.key for question in asked(industry)} | {"hours"}
    kept = {
        key: {language: clean(str(said.get(language, ""))) for language in LANGUAGES}
        for key, said in answers.items()
        if key in keys
    }
    if any(len(words) > LONGEST for said in kept.values() for words in said.values()):
        raise BadInput("answer_too_long")
    return kept


async def _keep(connection: Connection, member: Member, statement: LiteralString, answers: Answers) -> None:
    values = {"org_id": member.org_id, "answers": json.dumps(answers)}
    changed(await connection.execute(statement, values))


async def _read(connection: Connection, member: Member) -> tuple[str, Answers]:
    row = await (await connection.execute(READ, {"org_id": member.org_id})).fetchone()
    if row is None:
        raise NotFound
    return row


async def _know(
    connection: Connection, member: Member, industry: str, before: Answers, answers: Answers
) -> Outcome:
    if industry in verticals.KEYS:
        adopted = await packs.take_over(
            connection, member, industry, packs.spoken(answers), before=packs.spoken(before)
        )
        return Outcome(adopted.active, adopted.drafts)
    # What was told before and is not different now may have been worded anew since: it stays.
    fresh = {key: said for key, said in answers.items() if key in KEYS and said != before.get(key)}
    return Outcome(await _write(connection, member, fresh))


async def _write(connection: Connection, member: Member, answers: Answers) -> int:
    """The entries of general questions. Returns how many are new or different."""
    said: list[tuple[str, Language, str]] = [
        (key, language, words[language]) for key, words in answers.items() for language in LANGUAGES
    ]
    rows = [_row(key, language, body, answers[key]) for key, language, body in said if body]
    gone = [{"title": _words(key, "title", language), "language": language}
            for key, language, body in said if not body]  # fmt: skip
    values: dict[str, Any] = {"org_id": member.org_id, "rows": json.dumps(rows)}
    written = await (await connection.execute(UPSERT, values)).fetchall()
    await connection.execute(TWINS, values)
    await connection.execute(WITHDRAW, values | {"source": SOURCE, "gone": json.dumps(gone)})
    return len(written)


def _row(key: str, language: Language, body: str, said: dict[str, str]) -> dict[str, Any]:
    other: Language = "en" if language == "es" else "es"
    return {
        "title": _words(key, "title", language),
        "body": body,
        "language": language,
        "examples": _words(key, "asked", language).split("|"),
        "status": "active",
        "source": SOURCE,
        "exact": False,
        "kind": "price" if key == "prices" else "faq",
        "twin": _words(key, "title", other) if said.get(other) else "",
    } | dict.fromkeys(("valid_from", "valid_until", "review_by"))


def _words(key: str, what: str, language: Language) -> str:
    return i18n.t(f"onboarding_questions.{key}_{what}", language)
