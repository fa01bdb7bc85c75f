"""The bundled backend: what programs and browsers ask outside the dashboard's own socket."""

import re

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from vulkn_app.api import account, frontend, health, hosted, widget
from vulkn_app.api.answers import refusal
from vulkn_app.errors import BadInput, NotFound, VulknError

log = structlog.get_logger()

MESSAGES = re.compile(r"/api/widget/([^/]+)/messages")

api = FastAPI(title="VULKN", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
for part in (widget, account, health, hosted, frontend):
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
    return answer


@api.exception_handler(Exception)
async def unexpected(request: Request, problem: Exception) -> JSONResponse:
    log.error("api.failed", path=request.url.path, kind=type(problem).__name__, exc_info=problem)
    broken = VulknError()
    broken.status = 500
    return refusal(broken, request)


@api.api_route("/api/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def nothing_here(rest: str) -> None:
    """Below Reflex's own routes an unknown address would answer with a page."""
    raise NotFound


async def bundled(scope: Scope, receive: Receive, send: Send) -> None:
    """The API as the edge calls it: a visitor's message goes straight to its route, the rest through FastAPI."""
    hot = MESSAGES.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
    if hot is None:
        await api(scope, receive, send)
        return
    request = Request({**scope, "path_params": {"slug": hot[1]}}, receive)
    try:
        answer = await widget.post_message(request)
    except Exception as problem:  # noqa: BLE001 - the boundary that FastAPI is for the other routes
        answer = await unexpected(request, problem)
    await answer(scope, receive, send)
