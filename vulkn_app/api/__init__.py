"""The bundled backend: what programs and browsers ask outside the dashboard's own socket."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from vulkn_app.api import account, frontend, health, hosted, widget
from vulkn_app.api.answers import refusal
from vulkn_app.errors import BadInput, NotFound, VulknError

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


@api.api_route("/api/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def nothing_here(rest: str) -> None:
    """Below Reflex's own routes an unknown address would answer with a page."""
    raise NotFound
