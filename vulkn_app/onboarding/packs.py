"""Taking a vertical over: its answers with what the owner said, its skills, its signs of a customer about to buy.

Nothing is made up: an answer whose blank the owner did not fill is stored as a draft that the agent does not know,
with "[falta: …]" where something is missing. The same answers again change nothing; a new one fills its blank."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from vulkn_app import live
from vulkn_app.db import Member
from vulkn_app.errors import NotAllowed
from vulkn_app.i18n import LANGUAGES, Language
from vulkn_app.knowledge.changes import acting
from vulkn_app.knowledge.entries import changed
from vulkn_app.knowledge.words import guess_language
from vulkn_app.skills.catalogue import ALL, in_plan
from vulkn_app.texts import one_line
from vulkn_app.verticals import Blank, Faq, Pack, pack, packs

__all__ = ["Adopted", "Pack", "adopt", "pack", "packs"]

LONGEST = 1500  # characters of one answer
MISSING: dict[Language, str] = {"es": "[falta: {}]", "en": "[missing: {}]"}
# It cannot do anything before there is a service to book.
NEEDS_SERVICES = "booking"

LOCK = "select pg_advisory_xact_lock(hashtextextended('pack:' || %(org)s::text, 0))"
BE = "update organizations set industry = %(pack)s where id = %(org)s and industry is distinct from %(pack)s"
TAKEN = """
    select p.key, p.language, p.entry_id, e.body, e.status, e.twin_id
    from pack_entries p left join knowledge_entries e on e.org_id = p.org_id and e.id = p.entry_id
    where p.org_id = %(org)s and p.pack = %(pack)s
"""
# Of the vertical that it was taken for before, what nobody has touched.
GIVE_UP = """
    with gone as (
      delete from knowledge_entries e using pack_entries p
      where p.org_id = %(org)s and p.pack <> %(pack)s and e.org_id = p.org_id and e.id = p.entry_id
        and e.status = 'draft' and e.updated_at = p.created_at
      returning e.id)
    delete from pack_entries p using gone where p.org_id = %(org)s and p.entry_id = gone.id
"""
# What the business wrote under that title is its own.
ADD = """
    with added as (
      insert into knowledge_entries (org_id, title, body, language, examples, kind, source, twin_id)
      values (%(org)s, %(title)s, %(body)s, %(language)s, %(examples)s, %(kind)s, %(source)s, %(twin)s)
      on conflict (org_id, language, title) do nothing returning id)
    insert into pack_entries (org_id, pack, key, language, entry_id)
    select %(org)s, %(pack)s, %(key)s, %(language)s, id from added returning entry_id
"""
FILL = """
    update knowledge_entries set body = %(body)s where org_id = %(org)s and id = %(id)s returning status
"""
MARK = "update knowledge_entries set twin_id = id where org_id = %(org)s and id = %(id)s and twin_id is null"
PLAN = """
    select o.plan, exists (select from services s where s.org_id = o.id)
    from organizations o where o.id = %(org)s
"""
SET_UP = "select key from agent_skills where org_id = %(org)s"
PUBLISH = "select app.skill_publish(%(org)s, %(key)s, %(config)s::jsonb)"
KEEP = "insert into agent_skills (org_id, key, draft) values (%(org)s, %(key)s, %(config)s::jsonb)"

_GAP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Adopted:
    """What changed: answers that the agent knows now, answers that wait for the owner, skills that began to work."""

    active: int = 0
    drafts: int = 0
    skills: tuple[str, ...] = ()


@dataclass
class _Taken:
    """An answer as the organization has it. Without an id: somebody deleted it."""

    key: str
    language: Language
    entry_id: UUID | None
    body: str | None
    status: str | None
    twin_id: UUID | None


async def adopt(member: Member, key: str, answers: Mapping[str, str]) -> Adopted:
    """All of it or nothing, in the person's name. `answers` by blank, in the owner's language; with `_es` or `_en`
    behind the blank in that one. Raises NotFound for no such vertical, NotAllowed for a plain member."""
    async with acting(member) as connection:
        adopted = await take_over(connection, member, key, answers)
    changed(member)
    live.publish(live.Ring(member.org_id, "organization"))
    return adopted


async def take_over(
    connection: AsyncConnection[Any],
    member: Member,
    key: str,
    answers: Mapping[str, str],
    *,
    before: Mapping[str, str] | None = None,
) -> Adopted:
    """`adopt` in the caller's transaction, who rings the bell after it. `before`: what was answered the last time; an
    entry that still says just that follows the new answer, one that its owner worded anew does not."""
    chosen = pack(key)
    if member.role == "member":
        raise NotAllowed
    await connection.execute(LOCK, {"org": member.org_id})
    then = _Said.read(chosen, before) if before else None
    work = _Work(connection, member.org_id, chosen, _Said.read(chosen, answers), then)
    await work.take_over()
    return Adopted(work.active, work.drafts, tuple(work.skills))


def spoken(answers: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The wizard's answers by question and language, as `adopt` wants them: what was said in one language alone is
    general, since whoever answers English questions in the Spanish field means English."""
    words: dict[str, str] = {}
    for key, said in answers.items():
        es, en = said.get("es", ""), said.get("en", "")
        words |= {f"{key}_es": es, f"{key}_en": en} if es and en else {key: es or en}
    return words


@dataclass(frozen=True)
class _Said:
    """The owner's answers by language, and the language they speak."""

    words: Mapping[Language, Mapping[str, str]]
    language: Language

    @classmethod
    def read(cls, chosen: Pack, answers: Mapping[str, str]) -> "_Said":
        said = {key: one_line(words)[:LONGEST].rstrip(" .;,") for key, words in answers.items()}
        words: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
        for key, blank in chosen.blanks.items():
            general = said.get(key, "")
            for language in LANGUAGES:
                own = blank.neutral or guess_language(general) == language
                if answer := said.get(f"{key}_{language}") or (general if own else ""):
                    words[language][key] = answer
        english = len(words["en"]) > len(words["es"])
        return cls(words, "en" if english else "es")

    def fills(self, faq: Faq, language: Language) -> bool:
        return all(need in self.words[language] for need in faq.needs)

    def languages(self, faq: Faq) -> list[Language]:
        """Those in which the answer is whole; if none, the owner's, for a draft."""
        return [language for language in LANGUAGES if self.fills(faq, language)] or [self.language]

    def filled(self, text: str, blanks: Mapping[str, Blank], language: Language) -> str:
        said = self.words[language]
        return _GAP.sub(lambda gap: said.get(gap[1]) or _missing(blanks[gap[1]], language), text)

    def refilled(self, text: str, faq: Faq, blanks: Mapping[str, Blank], language: Language) -> str:
        """A draft with what is known by now; what its owner changed around the blanks stays."""
        for need in faq.needs:
            if answer := self.words[language].get(need):
                text = text.replace(_missing(blanks[need], language), answer)
        return text


@dataclass
class _Work:
    """One adoption in its transaction."""

    connection: AsyncConnection[Any]
    org_id: UUID
    pack: Pack
    said: _Said
    then: _Said | None = None
    active: int = 0
    drafts: int = 0
    skills: list[str] = field(default_factory=list)

    async def take_over(self) -> None:
        await self._do(BE)
        await self._do(GIVE_UP)
        async with self.connection.cursor(row_factory=class_row(_Taken)) as cursor:
            await cursor.execute(TAKEN, {"org": self.org_id, "pack": self.pack.key})
            taken = {(row.key, row.language): row for row in await cursor.fetchall()}
        for faq in self.pack.faqs:
            await self._answer(faq, {lang: taken.get((faq.key, lang)) for lang in LANGUAGES})
        await self._skills()

    async def _answer(self, faq: Faq, taken: dict[Language, _Taken | None]) -> None:
        twin = next((row.twin_id or row.entry_id for row in taken.values() if row and row.entry_id), None)
        for language in self.said.languages(faq):
            row = taken[language]
            if row is None:
                twin = await self._add(faq, language, twin) or twin
            elif row.status == "draft" and row.body:
                await self._fill(faq, row)
            elif row.status == "active" and self.then and self.said.fills(faq, language):
                await self._follow(faq, row, self.then)

    async def _add(self, faq: Faq, language: Language, twin: UUID | None) -> UUID | None:
        side = faq.side(language)
        whole = self.said.fills(faq, language)
        if twin:
            await self._do(MARK, id=twin)
        row = await self._do(
            ADD,
            key=faq.key,
            language=language,
            title=side.title,
            body=self.said.filled(side.body, self.pack.blanks, language),
            examples=list(side.examples),
            kind=faq.kind,
            source=self.pack.name.in_(self.said.language),
            twin=twin,
        )
        if row is None:
            return None
        self.active, self.drafts = self.active + whole, self.drafts + (not whole)
        return row[0]

    async def _fill(self, faq: Faq, row: _Taken) -> None:
        body = self.said.refilled(row.body or "", faq, self.pack.blanks, row.language)
        if body != row.body:
            done = await self._do(FILL, id=row.entry_id, body=body)
            self.active += bool(done and done[0] == "active")

    async def _follow(self, faq: Faq, row: _Taken, then: _Said) -> None:
        """Another answer to the same question, where nobody has worded the entry anew."""
        text, blanks = faq.side(row.language).body, self.pack.blanks
        body = self.said.filled(text, blanks, row.language)
        if body != row.body == then.filled(text, blanks, row.language):
            await self._do(FILL, id=row.entry_id, body=body)
            self.active += 1

    async def _skills(self) -> None:
        """What the owner has set up stays as it is; what is above the plan, or has nothing to work with, waits."""
        plan, services = await self._do(PLAN) or ("", False)
        cursor = await self.connection.execute(SET_UP, {"org": self.org_id})
        there = {key for (key,) in await cursor.fetchall()}
        for key, wanted in self.pack.skills.items():
            if key in there:
                continue
            works = in_plan(ALL[key].tier, plan) and (services or key != NEEDS_SERVICES)
            await self._do(PUBLISH if works else KEEP, key=key, config=json.dumps(configured(key, wanted)))
            self.skills += [key] if works else []

    async def _do(self, statement: str, **values: object) -> Any:
        """The first row, of a statement that gives any."""
        cursor = await self.connection.execute(
            statement.encode(), {"org": self.org_id, "pack": self.pack.key, **values}
        )
        return await cursor.fetchone() if cursor.description else None


def configured(key: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A skill's configuration as it is published. A name with a plus behind it adds to what the skill begins with."""
    skill = ALL[key]
    more = {name.removesuffix("+"): value for name, value in wanted.items() if name.endswith("+")}
    plain = {name: value for name, value in wanted.items() if not name.endswith("+")}
    if more:
        begins = skill.config().model_dump(mode="json")
        plain |= {name: [*begins[name], *value] for name, value in more.items()}
    return skill.config.model_validate(plain).model_dump(mode="json")


def _missing(blank: Blank, language: Language) -> str:
    return MISSING[language].format(blank.name(language))
