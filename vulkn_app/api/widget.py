"""/api/widget: the contract's routes over channels/webchat. Who may ask from where is decided here."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.routing import Route

from vulkn_app import limits
from vulkn_app.api.answers import address, bearer, compact, own_origin, read_json, refusal
from vulkn_app.api.streams import EventStream
from vulkn_app.channels import robots, sightings, tenants, webchat
from vulkn_app.channels.tenants import Tenant
from vulkn_app.channels.whatsapp import continue_link
from vulkn_app.conversations.events import sse
from vulkn_app.errors import VulknError

router = APIRouter(prefix="/api/widget/{slug}", tags=["widget"])

PRIVATE = {"cache-control": "no-store"}
HEARTBEAT = 15.0  # seconds; proxies close a silent stream after 30 to 60


async def _tenant(request: Request) -> Tenant:
    slug = request.path_params["slug"]
    return await tenants.at(slug, request.headers.get("origin"), own=own_origin(request))


async def _visitor(request: Request, tenant: Tenant) -> str:
    """The token of a visitor who has not asked too often."""
    token = bearer(request)
    await limits.spend(limits.VISITOR_READS, "reads", str(tenant.org_id), token)
    return token


@router.get("/config")
async def get_config(slug: str, request: Request) -> Response:
    await limits.spend(limits.ADDRESS_READS, "reads", address(request))
    tenant = await _tenant(request)
    sightings.seen(tenant, request.headers.get("origin"), own=own_origin(request))
    body = compact(webchat.config(tenant))
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    # Whoever has just opened looks at once whether the chat is there.
    fresh = "public, max-age=60" if tenant.live else "no-cache"
    headers = {"etag": tag, "cache-control": fresh, "vary": "Origin"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.post("/sessions", status_code=201)
async def post_session(slug: str, request: Request) -> JSONResponse:
    tenant = await _tenant(request)
    await limits.spend(limits.ADDRESS_SESSIONS, "sessions", address(request))
    form = await read_json(request, webchat.SessionForm)
    return JSONResponse(await webchat.start_session(tenant, form), 201, PRIVATE)


async def post_message(request: Request) -> Any:
    """The hot path: called by `Bundled` itself, since FastAPI's layers cost half as much as the whole turn."""
    try:
        tenant = await _tenant(request)
        token = bearer(request)
        form = await read_json(request, webchat.MessageForm)
        await limits.spend(limits.VISITOR_MESSAGES, "visitor", str(tenant.org_id), token)
        await limits.spend(limits.ADDRESS_MESSAGES, "messages", address(request))
        events = await webchat.receive(tenant, token, form)
    except VulknError as problem:
        return refusal(problem, request)
    return EventStream(events.read())


@router.get("/messages")
async def get_messages(slug: str, request: Request, after: str | None = None) -> JSONResponse:
    await limits.spend(limits.ADDRESS_READS, "reads", address(request))
    tenant = await _tenant(request)
    token = await _visitor(request, tenant)
    found = await webchat.history(tenant, token, webchat.parse_after(after))
    return JSONResponse(found, headers=PRIVATE)


async def get_stream(request: Request) -> Any:
    who = address(request)
    try:
        await limits.spend(limits.ADDRESS_READS, "reads", who)
        limits.STREAMS.ask(who)
        tenant = await _tenant(request)
        token = await _visitor(request, tenant)
        after = webchat.parse_after(request.headers.get("last-event-id"))
        await webchat.history(tenant, token, after)  # a stranger is told with a status, not inside a stream
    except VulknError as problem:
        return refusal(problem, request)

    async def pieces() -> AsyncIterator[bytes]:
        with limits.STREAMS.taken(who):
            async for change in webchat.changes(tenant, token, after, idle=HEARTBEAT):
                if change is None:
                    if await request.is_disconnected():
                        return
                    yield b": still here\n\n"
                else:
                    event, data, event_id = change
                    yield sse(event, data, event_id=event_id)

    return EventStream(pieces())


@router.post("/events", status_code=202)
async def post_events(slug: str, request: Request) -> Response:
    tenant = await _tenant(request)
    await limits.spend(limits.ADDRESS_EVENTS, "events", address(request))
    form = await read_json(request, webchat.EventsForm)
    if not robots.is_one(request.headers.get("user-agent", "")):
        await webchat.note_events(tenant, form)
    return Response(status_code=202)


@router.post("/feedback", status_code=204)
async def post_feedback(slug: str, request: Request) -> Response:
    await limits.spend(limits.ADDRESS_EVENTS, "feedback", address(request))
    tenant = await _tenant(request)
    token = await _visitor(request, tenant)
    await webchat.rate(tenant, token, await read_json(request, webchat.FeedbackForm))
    return Response(status_code=204)


@router.post("/whatsapp-link", status_code=201)
async def post_whatsapp_link(slug: str, request: Request) -> JSONResponse:
    """Where this visitor goes on in WhatsApp; good once, for half an hour."""
    await limits.spend(limits.ADDRESS_SESSIONS, "whatsapp-link", address(request))
    tenant = await _tenant(request)
    token = await _visitor(request, tenant)
    return JSONResponse({"url": await continue_link.made(tenant, token)}, 201, PRIVATE)


# Starlette's own routes: what they answer is no Response that FastAPI would know.
router.routes += [
    Route("/api/widget/{slug}/messages", post_message, methods=["POST"]),
    Route("/api/widget/{slug}/stream", get_stream, methods=["GET"]),
]
