"""The one built file that knows an address."""

import re

from fastapi import APIRouter, Request, Response

from vulkn_app.errors import BadInput, NotFound
from vulkn_app.settings import ROOT

router = APIRouter(include_in_schema=False)

ASSETS = ROOT / ".web" / "build" / "client" / "assets"
HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:]+\](:\d{1,5})?")


@router.get("/assets/reflex-env-{name}.js")
async def environment(name: str, request: Request) -> Response:
    """Reflex bakes its socket's address in at build time, and only here: with the host that was asked
    for in its place, one build serves every host and port."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise NotFound
    path = ASSETS / f"reflex-env-{name}.js"
    host = request.headers.get("host", "")
    if not HOST.fullmatch(host):
        raise BadInput
    if not path.is_file():
        raise NotFound
    script = re.sub(r"localhost:\d+", host, path.read_text())
    if request.url.scheme == "https":
        script = script.replace("ws://", "wss://").replace("http://", "https://")
    return Response(script, media_type="text/javascript", headers={"cache-control": "no-cache"})
