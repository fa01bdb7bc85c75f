"""How the API says no, and who is asking."""

import json
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeVar
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, HTTPConnection

from vulkn_app.errors import BadInput, NotAllowed, VulknError
from vulkn_app.i18n import Language, sentence
from vulkn_app.metrics import REFUSED
from vulkn_app.settings import settings

Form = TypeVar("Form", bound=BaseModel)


def language_of(request: Request) -> Language:
    """Spanish unless the browser puts English first."""
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "es"


def refusal(problem: VulknError, request: Request) -> JSONResponse:
    """The contract's error: a code for programs, a sentence for people, never a stack trace."""
    REFUSED.labels(code=problem.code).inc()
    words = sentence(problem.code, language_of(request), **problem.values)
    headers = {"retry-after": str(problem.retry_after)} if problem.retry_after else None
    return JSONResponse({"error": {"code": problem.code, "message": words}}, problem.status, headers)


async def read_json(request: Request, form: type[Form]) -> Form:
    """The body as `form`, whatever its content type says: sendBeacon posts text/plain."""
    try:
        body = await request.body()
    except ClientDisconnect as problem:  # also a chunk that is none
        raise _broken() from problem
    try:
        return form.model_validate_json(body)
    except ValidationError as problem:
        raise _why(problem, body) from problem


def _why(problem: ValidationError, body: bytes) -> BadInput:
    """The most telling code: a form's own word first, then broken JSON, then the general one."""
    for error in problem.errors(include_url=False, include_input=False):
        if error["type"] == "json_invalid":
            return _broken()
        own = str(error.get("ctx", {}).get("error", ""))
        if own in ("empty_text", "text_too_long"):
            return BadInput(own)
    return BadInput()


def _broken() -> BadInput:
    broken = BadInput("invalid_json")
    broken.status = 400
    return broken


def address(request: HTTPConnection) -> str:
    """Who is asking: the last address our own proxies vouch for."""
    peer = request.client.host if request.client else ""
    lines = request.headers.getlist("x-forwarded-for") if settings.trusted_proxies else []
    chain = [part.strip() for part in ",".join(lines).split(",")]
    vouched = chain[-settings.trusted_proxies] if len(chain) >= settings.trusted_proxies else ""
    return _customer(vouched) or _customer(peer) or peer


def _customer(text: str) -> str:
    """One subscriber: an IPv4 address, or the /64 network that every subscriber of IPv6 has; else nothing."""
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


def own_origin(request: Request) -> str:
    """This server as the browser sees it."""
    if settings.vulkn_public_url:
        return settings.vulkn_public_url.rstrip("/")
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def same_site(request: Request) -> None:
    """Browsers say where a request comes from and no page can forge it: Fetch Metadata (W3C), or, over
    plain http and from old browsers, the origin."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    hosts = (request.headers.get("host"), urlsplit(own_origin(request)).netloc)
    ours = site in ("same-origin", "none") if site else origin is None or urlsplit(origin).netloc in hosts
    if not ours:
        raise NotAllowed("cross_site")


def bearer(request: Request) -> str:
    """The visitor's token; empty when there is none."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip()[:200] if kind.lower() == "bearer" else ""


def compact(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
