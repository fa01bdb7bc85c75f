"""The bundled backend: what programs and browsers ask outside the dashboard's own socket."""

import re

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from vulkn_app.api import (
    account,
    attachments,
    bookings,
    brand,
    frontend,
    health,
    hosted,
    landing,
    payments,
    uploads,
    webhooks,
    widget,
)
from vulkn_app.api.answers import refusal
from vulkn_app.api.edge import WEBHOOK
from vulkn_app.errors import BadInput, NotFound, VulknError

log = structlog.get_logger()

MESSAGES = re.compile(r"/api/widget/([^/]+)/messages")

api = FastAPI(title="VULKN", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
PARTS = (
    widget,
    webhooks,
    payments,
    bookings,
    account,
    uploads,
    attachments,
    health,
    hosted,
    brand,
    landing,
    frontend,
)
for part in PARTS:
    api.include_router(part.router)


@api.exception_handler(VulknError)
async def ours(request: Request, problem: VulknError) -> JSONResponse:
    return refusal(problem, request)


@api.exception_handler(RequestValidationError)
async def malformed(request: Request, problem: RequestValidationError) -> JSONResponse:
    return refusal(BadInput(), request)


@api.exception_handler(HTTPException)
async def http(request: Request, problem: HTTPException) -> JSONResponse:
    code = {404: "not_found", 405: "method_not_allowed"}.get(problem.status_code, "error")
    answer = refusal(NotFound(code), request)
    answer.status_code = problem.status_code
    if problem.status_code == 405:
        answer.headers["allow"] = _allowed(request)
    return answer


@api.exception_handler(Exception)
async def unexpected(request: Request, problem: Exception) -> JSONResponse:
    log.error("api.failed", path=request.url.path, kind=type(problem).__name__, exc_info=problem)
    broken = VulknError()
    broken.status = 500
    return refusal(broken, request)


def _allowed(request: Request) -> str:
    """Every method of an address, whichever routes share it."""
    routes = [route for part in PARTS for route in part.router.routes if isinstance(route, Route)]
    here = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in here for method in route.methods or ()}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


async def bundled(scope: Scope, receive: Receive, send: Send) -> None:
    """The API as the edge calls it: a visitor's message and Meta's deliveries go straight to their routes, the rest
    through FastAPI. HEAD is GET without the body."""
    if scope["type"] == "http" and scope["method"] == "HEAD":
        scope, send = {**scope, "method": "GET"}, _bodiless(send)
    posted = scope["type"] == "http" and scope["method"] == "POST"
    hot = MESSAGES.fullmatch(scope["path"]) if posted else None
    delivery = posted and scope["path"] == WEBHOOK
    if hot is None and not delivery:
        await api(scope, receive, send)
        return
    request = Request({**scope, "path_params": {"slug": hot[1]} if hot else {}}, receive)
    try:
        answer = await (widget.post_message(request) if hot else webhooks.deliver(request))
    except Exception as problem:  # noqa: BLE001 - the boundary that FastAPI is for the other routes
        answer = await unexpected(request, problem)
    await answer(scope, receive, send)


def _bodiless(send: Send) -> Send:
    async def head(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        await send({"type": "http.response.body", "body": b""})
        if message.get("more_body"):  # a stream would go on for ever: as if the client had left
            raise OSError("HEAD has no body")

    return head
