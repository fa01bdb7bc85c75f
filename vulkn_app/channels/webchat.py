"""The widget's channel: sessions, messages, history, live stream, events and feedback over HTTP.

The visitor's token is 256 random bits; the database knows its hash, and that hash, never an id from
the client, names the conversation."""

import asyncio
import hashlib
import secrets as random
from collections.abc import AsyncIterator
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from vulkn_app import live, llm
from vulkn_app.channels import pages
from vulkn_app.channels.tenants import Tenant
from vulkn_app.conversations import engine
from vulkn_app.conversations.events import TurnEvents
from vulkn_app.db import as_agent, engine_call
from vulkn_app.errors import BadInput, NotFound, VulknError
from vulkn_app.texts import clean

MAX_TEXT = 4000  # characters of one message, as the widget's field allows
DEFAULT_COLOR = "#5b5bd6"

SESSION = "select app.widget_session(%s, %s, %s, %s, %s)"
HISTORY = "select app.visitor_messages(%s, %s, %s)"
RATE = "select app.rate_answer(%s, %s, %s, %s::smallint, %s)"
DISCLOSURE = {
    "es": "Asistente con inteligencia artificial de {business}. Puede equivocarse.",
    "en": "AI assistant of {business}. It can make mistakes.",
}


class AgentPaused(VulknError):
    code, status = "agent_paused", 409


class SessionForm(BaseModel):
    visitor_token: str | None = Field(None, max_length=200)
    locale: str | None = Field(None, max_length=35)
    page: str | None = Field(None, max_length=2000)


class MessageForm(BaseModel):
    id: UUID
    text: str

    @field_validator("text")
    @classmethod
    def _readable(cls, text: str) -> str:
        text = clean(text).strip()
        if not text:
            raise ValueError("empty_text")
        if len(text) > MAX_TEXT:
            raise ValueError("text_too_long")
        return text


class WidgetEvent(BaseModel):
    type: Literal["impression", "open", "conversation_started"]
    id: UUID
    page: str = Field("", max_length=2000)


class EventsForm(BaseModel):
    events: list[WidgetEvent] = Field(max_length=20)


class FeedbackForm(BaseModel):
    message_id: UUID
    rating: Literal["up", "down"]
    comment: str | None = Field(None, max_length=1000)


def visitor_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def config(tenant: Tenant) -> dict[str, Any]:
    """What the widget needs to draw itself; nothing in it is secret."""
    return {
        "slug": tenant.slug,
        "name": tenant.name,
        "agent_name": tenant.agent_name,
        "live": tenant.live,
        "greeting": {"es": tenant.greeting_es, "en": tenant.greeting_en},
        "languages": ["es", "en"],
        "default_language": tenant.branding.get("language", "es"),
        "branding": {
            "color": tenant.branding.get("color", DEFAULT_COLOR),
            "logo_url": tenant.branding.get("logo_url"),
            "position": tenant.branding.get("position", "right"),
        },
        "suggestions": tenant.branding.get("suggestions", {"es": [], "en": []}),
        "whatsapp": tenant.whatsapp,
        "disclosure": {lang: words.format(business=tenant.name) for lang, words in DISCLOSURE.items()},
    }


async def start_session(tenant: Tenant, form: SessionForm) -> dict[str, Any]:
    """A new visitor, or a known one with the conversation so far: whoever opens the chat is about to ask."""
    if tenant.live:
        llm.expect()
    token = form.visitor_token or ""
    if not token or await _history(tenant, token, None) is None:
        token = random.token_urlsafe(32)  # never the client's own: it could be guessable
    locale = "en" if (form.locale or "").lower().startswith("en") else "es" if form.locale else None
    page = pages.told(form.page or "")
    arguments = (tenant.org_id, tenant.channel_id, visitor_hash(token), locale, page)
    session = await engine_call(SESSION, arguments)
    return {"visitor_token": token, **session}


async def receive(tenant: Tenant, token: str, form: MessageForm) -> TurnEvents:
    """Raises AgentPaused while the owner has not switched the agent on."""
    if not tenant.live:
        raise AgentPaused
    inbound = engine.Inbound(tenant.agent, visitor_hash(token), str(form.id), form.text)
    return await engine.receive(inbound)


async def history(tenant: Tenant, token: str, after: UUID | None) -> dict[str, Any]:
    found = await _history(tenant, token, after)
    if found is None:
        raise engine.VisitorUnknown
    return found


async def changes(
    tenant: Tenant, token: str, after: UUID | None, *, idle: float
) -> AsyncIterator[tuple[str, dict[str, Any], str | None] | None]:
    """What a person wrote, what nobody asked for and what changed, as it happens: (event, data, id), or None
    after `idle` seconds without any, so that whoever delivers this can see whether somebody is still there."""
    with live.subscription(tenant.org_id) as rings:
        known = await history(tenant, token, after)
        conversation_id, status = UUID(known["conversation_id"]), known["status"]
        yield "state", {"status": status}, None
        last = after or _last(known)
        fresh = known if after else None
        while True:
            for message in fresh["messages"] if fresh else ():
                last = UUID(message["id"])
                if message["sender"] in ("human", "system") or message["notice"]:
                    yield "message", message, message["id"]
            if not await _rang(rings, conversation_id, idle):
                fresh = None
                yield None
                continue
            fresh = await history(tenant, token, last)
            if fresh["status"] != status:
                status = fresh["status"]
                yield "state", {"status": status}, None


async def _rang(rings: asyncio.Queue[live.Ring], conversation_id: UUID, idle: float) -> bool:
    """Waits for this conversation's next ring; False after `idle` seconds without one."""
    try:
        async with asyncio.timeout(idle):
            while (await rings.get()).conversation_id != conversation_id:
                pass
    except TimeoutError:
        return False
    return True


async def note_events(tenant: Tenant, form: EventsForm) -> None:
    """The funnel, each event once: a browser that sends one twice sends the same id."""
    rows = [(tenant.org_id, event.id, event.type, pages.told(event.page)) for event in form.events]
    async with as_agent(tenant.agent) as connection, connection.cursor() as cursor:
        await cursor.executemany(
            "insert into widget_events (org_id, id, kind, page) values (%s, %s, %s, %s) on conflict do nothing",
            rows,
        )


async def rate(tenant: Tenant, token: str, form: FeedbackForm) -> None:
    rating = 1 if form.rating == "up" else -1
    comment = clean(form.comment) if form.comment else None
    done = await engine_call(RATE, (tenant.org_id, visitor_hash(token), form.message_id, rating, comment))
    if not done:
        raise NotFound


async def _history(tenant: Tenant, token: str, after: UUID | None) -> dict[str, Any] | None:
    return await engine_call(HISTORY, (tenant.org_id, visitor_hash(token), after))


def _last(known: dict[str, Any]) -> UUID | None:
    return UUID(known["messages"][-1]["id"]) if known["messages"] else None


def parse_after(raw: str | None) -> UUID | None:
    try:
        return UUID(raw) if raw else None
    except ValueError as problem:
        raise BadInput from problem
