"""The agent as its owner sets it up: who it is, how it speaks, whether it is live, where it may appear."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, Field

from models.agents import Tone
from vulkn_app import clients, live, postgrest
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, NotAllowed, NotFound
from vulkn_app.texts import Line, Text, one_line

COLUMNS = "id,name,tone,instructions,greeting_es,greeting_en,live"
MOST_SITES = 50


class AgentRow(BaseModel):
    """An agent as its settings page shows it."""

    id: UUID
    name: str
    tone: Tone
    instructions: str
    greeting_es: str
    greeting_en: str
    live: bool


class AgentForm(BaseModel):
    """What an administrator may change; the limits are the table's."""

    name: Line = Field(min_length=1, max_length=60)
    tone: Tone = Tone.WARM
    instructions: Text = Field("", max_length=4000)
    greeting_es: Text = Field("", max_length=500)
    greeting_en: Text = Field("", max_length=500)


async def current(member: Member) -> AgentRow:
    """The organization's agent; every organization is born with one."""
    table = await _table(member, "agents")
    with postgrest.told():
        asked = table.select(COLUMNS).eq("org_id", str(member.org_id)).order("id").limit(1)
        answer = await asked.retry(False).execute()
    return AgentRow.model_validate(_only(answer.data))


async def change(member: Member, agent_id: UUID, form: AgentForm) -> None:
    await _update(member, agent_id, form.model_dump(mode="json"))


async def set_live(member: Member, agent_id: UUID, live: bool) -> None:
    """From the next message on it answers, or visitors are told that nobody does."""
    await _update(member, agent_id, {"live": live})


async def sites(member: Member) -> list[str]:
    """The origins that may show the widget; none means any."""
    table = await _table(member, "organizations")
    with postgrest.told():
        answer = await table.select("allowed_origins").eq("id", str(member.org_id)).retry(False).execute()
    return _only(answer.data)["allowed_origins"]


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


async def _keep_sites(member: Member, origins: list[str]) -> list[str]:
    table = await _table(member, "organizations")
    with postgrest.told():
        answer = await table.update({"allowed_origins": origins}).eq("id", str(member.org_id)).execute()
    _changed_something(answer.data)
    live.publish(live.Ring(member.org_id, "organization"))
    return origins


async def _update(member: Member, agent_id: UUID, change: dict[str, Any]) -> None:
    table = await _table(member, "agents")
    asked = table.update(change).eq("org_id", str(member.org_id)).eq("id", str(agent_id))
    with postgrest.told():
        answer = await asked.execute()
    _changed_something(answer.data)
    live.publish(live.Ring(member.org_id, "agent"))


async def _table(member: Member, name: str) -> Any:
    return (await clients.supabase(member.token)).table(name)


def _only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    if not rows:
        raise NotFound
    return rows[0]


def _changed_something(rows: list[dict[str, Any]]) -> None:
    """The policy hides from an update what a person may not change: no row is a refusal."""
    if not rows:
        raise NotAllowed
