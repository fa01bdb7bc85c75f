"""Files that a person hands in. Reflex's own upload door stays closed (api/edge.py): it trusts whatever client
token it is told."""

from urllib.parse import unquote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from vulkn_app import auth, limits
from vulkn_app.api.answers import same_site
from vulkn_app.errors import BadInput
from vulkn_app.knowledge import incoming

router = APIRouter(include_in_schema=False)

AT_ONCE = limits.Seats(3)  # a person's files on their way: each is held in memory


@router.post("/api/knowledge/uploads")
async def upload(request: Request) -> JSONResponse:
    """One file as the body; its name, percent-encoded, in `x-file-name`. Nothing of the body is read before it
    is known who sends it."""
    same_site(request)
    member = await auth.member(request.cookies.get(auth.COOKIE, ""))
    AT_ONCE.ask(str(member.user_id))
    await limits.spend(limits.UPLOADS, "upload", str(member.org_id))
    with AT_ONCE.taken(str(member.user_id)):
        try:
            content = await request.body()
        except ClientDisconnect as problem:
            raise BadInput from problem
        made = await incoming.begin_file(member, unquote(request.headers.get("x-file-name", "")), content)
    return JSONResponse({"id": str(made)}, 201)
