"""What people do with a number's templates: bring them up to date, make ours, take one away.

Meta is asked in the number's name; whether the person may is asked of the database first, which also writes down that
they did. No transaction is open while Meta thinks."""

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg.errors
from psycopg.types.json import Jsonb
from pydantic import BaseModel
from sqlalchemy import text

from models.whatsapp import Quality, TemplateCategory, TemplateStatus
from vulkn_app import live
from vulkn_app.channels.whatsapp import numbers, template_shapes
from vulkn_app.channels.whatsapp.graph import Graph, GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.refusals import explained
from vulkn_app.channels.whatsapp.template_pack import LOCALES, PACK, Template, purpose_of
from vulkn_app.channels.whatsapp.template_shapes import Preview
from vulkn_app.channels.whatsapp.templates import STATUSES, quality_of
from vulkn_app.db import AgentKey, Member, as_agent, as_member, as_person
from vulkn_app.errors import NotAllowed, NotFound, VulknError
from vulkn_app.i18n import Language

MOST_PAGES = 60  # of a hundred: an account has 6000 at most
ACT = "select app.whatsapp_act(%s, %s, %s, %s)"
LIST = text("""
    select name, language, category, status, reason, quality, components, purpose, updated_at from whatsapp_templates
    where org_id = :org_id and channel_id = :channel_id and status <> 'deleted'
    order by purpose is null, name, language
""")
PUT = """
    insert into whatsapp_templates as t
      (org_id, channel_id, name, language, category, status, reason, quality, components, purpose, external_id)
    values (%(org)s, %(channel)s, %(name)s, %(language)s, %(category)s, %(status)s, %(reason)s, %(quality)s,
            %(components)s, %(purpose)s, %(id)s)
    on conflict (org_id, channel_id, name, language) do update
      set category = excluded.category, status = excluded.status, reason = excluded.reason, quality = excluded.quality,
          components = excluded.components, purpose = excluded.purpose, external_id = excluded.external_id
      where (t.category, t.status, t.reason, t.quality, t.components, t.external_id) is distinct from
        (excluded.category, excluded.status, excluded.reason, excluded.quality, excluded.components, excluded.external_id)
"""
GONE = """
    update whatsapp_templates set status = 'deleted'
    where org_id = %s and channel_id = %s and status not in ('deleted', 'draft') and external_id <> all (%s)
      and updated_at < %s
"""
REMOVED = (
    "update whatsapp_templates set status = 'deleted' where org_id = %s and channel_id = %s and name = %s"
)
NOW = "select clock_timestamp()"


class TemplateRow(BaseModel):
    """One template as its page shows it."""

    name: str
    language: str
    category: TemplateCategory
    status: TemplateStatus
    reason: str
    quality: Quality
    purpose: str | None
    updated_at: datetime
    preview: Preview


class Made(BaseModel):
    """What became of making a pack: how many went to Meta, and why the others did not."""

    sent: int = 0
    problems: list[str] = []


async def listed(member: Member, channel_id: UUID) -> list[TemplateRow]:
    """Those of our pack first."""
    async with as_member(member) as session:
        found = await session.execute(LIST, {"org_id": member.org_id, "channel_id": channel_id})
        return [_row(dict(row)) for row in found.mappings()]


async def sync(member: Member, channel_id: UUID) -> int:
    """Reads all that Meta has; how many that are. Raises what explains a refusal."""
    member.must_write()
    await _may(member, channel_id, "sync templates")
    return await bring(AgentKey(member.org_id), channel_id)


async def bring(agent: AgentKey, channel_id: UUID) -> int:
    """The same, in nobody's name: after connecting. What Meta has no more is marked as deleted."""
    graph = Graph(await numbers.number(agent, channel_id))
    async with as_agent(agent) as connection:
        began = await (await connection.execute(NOW)).fetchone()
    try:
        found = await _pages(graph)
    except (GraphProblem, GraphAway) as problem:
        raise explained(problem) from None
    rows = [row for one in found if (row := _told(one))]
    asked = {"org": agent.org_id, "channel": channel_id}
    async with as_agent(agent) as connection, connection.cursor() as cursor:
        await cursor.executemany(PUT, [{**row, **asked} for row in rows])
        # One that was made while we read is not in what we read.
        await cursor.execute(
            GONE, (agent.org_id, channel_id, [row["id"] for row in rows], began and began[0])
        )
    live.publish(live.Ring(agent.org_id, "channel"))
    return len(rows)


async def create(member: Member, channel_id: UUID, purpose: str, language: Language) -> None:
    """Sends one of our pack to Meta, which decides within a day. Raises NotFound, or what explains a refusal."""
    member.must_write()
    template = PACK.get(purpose)
    if template is None:
        raise NotFound
    await _may(member, channel_id, "create template", template.name)
    await _make(AgentKey(member.org_id), channel_id, template, language)
    live.publish(live.Ring(member.org_id, "channel"))


async def create_pack(member: Member, channel_id: UUID) -> Made:
    """All of the pack in both languages, where they are not there yet."""
    await _may(member, channel_id, "create template", "pack")
    agent = AgentKey(member.org_id)
    there = {(row.name, row.language) for row in await listed(member, channel_id) if row.status != "draft"}
    made = Made()
    for template in PACK.values():
        for language, locale in LOCALES.items():
            if (template.name, locale) in there:
                continue
            try:
                await _make(agent, channel_id, template, language)
                made.sent += 1
            except VulknError as problem:
                made.problems.append(problem.code)
                if problem.code in (
                    "whatsapp_token",
                    "whatsapp_permission",
                    "whatsapp_away",
                    "whatsapp_wait",
                ):
                    return made  # the next one would meet the same
    live.publish(live.Ring(member.org_id, "channel"))
    return made


async def delete(member: Member, channel_id: UUID, name: str) -> None:
    """In all its languages, at Meta too. One that Meta has no more is gone all the same."""
    member.must_write()
    await _may(member, channel_id, "delete template", name)
    agent = AgentKey(member.org_id)
    graph = Graph(await numbers.number(agent, channel_id))
    try:
        await graph.delete_template(name)
    except GraphProblem as problem:
        if problem.code != 132001 and problem.status != 404:
            raise explained(problem) from None
    except GraphAway as problem:
        raise explained(problem) from None
    async with as_agent(agent) as connection:
        await connection.execute(REMOVED, (agent.org_id, channel_id, name))
    live.publish(live.Ring(member.org_id, "channel"))


async def _may(member: Member, channel_id: UUID, act: str, on: str = "") -> None:
    try:
        async with as_person(member) as connection:
            cursor = await connection.execute(ACT, (member.org_id, channel_id, act, on))
            row = await cursor.fetchone()
    except psycopg.errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    if not row or not row[0]:
        raise NotFound


async def _make(agent: AgentKey, channel_id: UUID, template: Template, language: Language) -> None:
    """The row is there before Meta is asked: an answer that is lost is found by the next sync."""
    locale, components = LOCALES[language], template.components(language)
    graph = Graph(await numbers.number(agent, channel_id))
    row = {
        "org": agent.org_id,
        "channel": channel_id,
        "name": template.name,
        "language": locale,
        "components": Jsonb(components),
        "purpose": template.purpose,
        "reason": "",
        "quality": "unknown",
    }
    draft = {**row, "category": "utility", "status": "draft", "id": None}
    async with as_agent(agent) as connection:
        await connection.execute(PUT, draft)
    try:
        told = await graph.create_template(template.name, locale, "utility", components)
    except (GraphProblem, GraphAway) as problem:
        raise explained(problem) from None
    status = STATUSES.get(str(told.get("status") or "PENDING").upper(), TemplateStatus.PENDING)
    category = str(told.get("category") or "utility").lower()
    sent = {**row, "category": category, "status": status.value, "id": str(told.get("id") or "")[:40] or None}
    async with as_agent(agent) as connection:
        await connection.execute(PUT, sent)


async def _pages(graph: Graph) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    for _ in range(MOST_PAGES):
        page, after = await graph.templates(after)
        found += page
        if not after:
            break
    return found


def _told(one: dict[str, Any]) -> dict[str, Any] | None:
    """A template as Meta lists it; None for what is none that we could keep."""
    name, language = str(one.get("name") or ""), str(one.get("language") or "")
    category = str(one.get("category") or "").lower()
    components = one.get("components")
    if not name or not language or category not in {each.value for each in TemplateCategory}:
        return None
    reason = str(one.get("rejected_reason") or "")
    status = STATUSES.get(str(one.get("status") or "").upper(), TemplateStatus.PENDING)
    return {
        "name": name,
        "language": language,
        "category": category,
        "status": status.value,
        "reason": "" if reason.upper() == "NONE" else reason[:500],
        "quality": quality_of(one.get("quality_score")).value,
        "components": Jsonb(components if isinstance(components, list) else []),
        "purpose": purpose_of(name),
        "id": str(one.get("id") or "")[:40],
    }


def _row(row: dict[str, Any]) -> TemplateRow:
    return TemplateRow(**row, preview=template_shapes.preview(row["components"]))
