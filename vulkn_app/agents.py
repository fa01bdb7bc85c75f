"""The agent as its owner sets it up: who it is, how it speaks, whether it is live, where it may appear."""

import json
from typing import Annotated, Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy import CursorResult, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from models.agents import Tone
from vulkn_app import live, postgrest
from vulkn_app.db import Member, as_member
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound
from vulkn_app.texts import Line, Text, one_line

COLUMNS = "id,name,tone,instructions,greeting_es,greeting_en,live"
MOST_SITES = 50
MOST_SUGGESTIONS = 4  # more do not fit under a greeting on a phone

VOICE = text("""
    update agents
    set name = :name, tone = :tone, instructions = :instructions,
        greeting_es = coalesce(cast(:greeting_es as text), greeting_es),
        greeting_en = coalesce(cast(:greeting_en as text), greeting_en)
    where org_id = :org_id and id = :agent_id
""")
LIVE = text("update agents set live = :live where org_id = :org_id and id = :agent_id")
EXAM_FIRST = "VK001"  # app.opens
SUGGESTIONS = text("""
    update organizations
    set branding = branding || jsonb_build_object('suggestions', cast(:suggestions as jsonb))
    where id = :org_id
""")


def _lines(typed: object) -> object:
    """One suggestion a line, as a text box gives them."""
    return [line for line in map(one_line, typed.splitlines()) if line] if isinstance(typed, str) else typed


Suggestions = Annotated[
    list[Annotated[str, Field(max_length=80)]],
    Field(max_length=MOST_SUGGESTIONS),
    BeforeValidator(_lines),
]


class AgentRow(BaseModel):
    """An agent as its settings page shows it."""

    id: UUID
    name: str
    tone: Tone
    instructions: str
    greeting_es: str
    greeting_en: str
    live: bool
    suggestions_es: list[str] = []
    suggestions_en: list[str] = []


class AgentForm(BaseModel):
    """What an administrator may change; the limits are the table's. A greeting that is not said stays as it is: it has
    its place beside the picture of the chat (branding/look.py)."""

    name: Line = Field(min_length=1, max_length=60)
    tone: Tone = Tone.WARM
    instructions: Text = Field("", max_length=4000)
    greeting_es: Text | None = Field(None, max_length=500)
    greeting_en: Text | None = Field(None, max_length=500)
    suggestions_es: Suggestions = []
    suggestions_en: Suggestions = []


async def current(member: Member) -> AgentRow:
    """The organization's agent; every organization is born with one."""
    table = await _table(member, "agents")
    with postgrest.told():
        asked = table.select(COLUMNS).eq("org_id", str(member.org_id)).order("id").limit(1)
        answer = await asked.retry(False).execute()
    suggested = (await _organization(member, "branding")).get("suggestions", {})
    chips = {f"suggestions_{language}": chips for language, chips in suggested.items()}
    return AgentRow.model_validate(_only(answer.data) | chips)


async def change(member: Member, agent_id: UUID, form: AgentForm) -> None:
    """Voice and suggestions, both or neither."""
    suggested = {language: getattr(form, f"suggestions_{language}") for language in ("es", "en")}
    async with as_member(member) as session:
        await speak(session, member, agent_id, form)
        await session.execute(SUGGESTIONS, {"suggestions": json.dumps(suggested), "org_id": member.org_id})
    live.publish(live.Ring(member.org_id, "agent"))


async def speak(session: AsyncSession, member: Member, agent_id: UUID, form: AgentForm) -> None:
    """In the caller's transaction: name, tone, instructions and greetings."""
    voice = form.model_dump(
        mode="json", include={"name", "tone", "instructions", "greeting_es", "greeting_en"}
    )
    spoken = await session.execute(VOICE, {**voice, "org_id": member.org_id, "agent_id": agent_id})
    # The policy hides from an update what a person may not change: no row is a refusal.
    if not cast("CursorResult[Any]", spoken).rowcount:
        raise NotAllowed


async def set_live(member: Member, agent_id: UUID, on: bool) -> None:
    """From the next message on it answers, or visitors are told that nobody does. Raises Conflict("exam_first") for an
    agent that has never been live and has not passed (decision 0014)."""
    values = {"org_id": member.org_id, "agent_id": agent_id, "live": on}
    try:
        async with as_member(member) as session:
            switched = await session.execute(LIVE, values)
    except DBAPIError as problem:
        if getattr(problem.orig, "sqlstate", "") == EXAM_FIRST:
            raise Conflict("exam_first") from problem
        raise
    if not cast("CursorResult[Any]", switched).rowcount:
        raise NotAllowed
    live.publish(live.Ring(member.org_id, "agent"))


async def sites(member: Member) -> list[str]:
    """The origins that may show the widget; none means any."""
    return await _organization(member, "allowed_origins")


async def allow(member: Member, site: str) -> list[str]:
    """Adds a site as a person writes it ("mitienda.mx"). Returns the list. Raises BadInput."""
    known = await sites(member)
    origin = origin_of(site)
    if len(known) >= MOST_SITES:
        raise BadInput("site_invalid")
    return known if origin in known else await _keep_sites(member, [*known, origin])


async def disallow(member: Member, origin: str) -> list[str]:
    return await _keep_sites(member, [known for known in await sites(member) if known != origin])


def origin_of(site: str) -> str:
    """A browser's Origin header for that site: scheme, host and port, nothing after. Raises BadInput."""
    text = one_line(site).lower()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as problem:
        raise BadInput("site_invalid") from problem
    if parts.scheme not in ("http", "https") or not host or (host != "localhost" and "." not in host):
        raise BadInput("site_invalid")
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


async def _organization(member: Member, column: str) -> Any:
    table = await _table(member, "organizations")
    with postgrest.told():
        answer = await table.select(column).eq("id", str(member.org_id)).retry(False).execute()
    return _only(answer.data)[column]


async def _keep_sites(member: Member, origins: list[str]) -> list[str]:
    table = await _table(member, "organizations")
    with postgrest.told():
        answer = await table.update({"allowed_origins": origins}).eq("id", str(member.org_id)).execute()
    _changed_something(answer.data)
    live.publish(live.Ring(member.org_id, "organization"))
    return origins


async def _table(member: Member, name: str) -> Any:
    return (await postgrest.of(member)).table(name)


def _only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    if not rows:
        raise NotFound
    return rows[0]


def _changed_something(rows: list[dict[str, Any]]) -> None:
    """The policy hides from an update what a person may not change: no row is a refusal."""
    if not rows:
        raise NotAllowed
