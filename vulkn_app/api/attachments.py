"""Files of conversations: shown to people of the business, and sent by them.

A file came from somebody outside. It is served as what its bytes say, in a sandbox, to be saved unless it is a picture,
a sound or a film; each time the person's session is asked."""

import re
from urllib.parse import quote, unquote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from vulkn_app import auth, limits
from vulkn_app.administrators import standing
from vulkn_app.api.answers import address, same_site
from vulkn_app.channels.whatsapp import replying
from vulkn_app.channels.whatsapp.replying import FileForm
from vulkn_app.conversations import attachments
from vulkn_app.conversations.attachments import Stored, Unsatisfiable
from vulkn_app.errors import BadInput

router = APIRouter(include_in_schema=False)

AT_ONCE = limits.Seats(2)  # a person's files on their way: each is held in memory
HEADERS = {
    # Kept, but asked for each time: after signing out there is nothing to see.
    "cache-control": "private, no-cache",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "accept-ranges": "bytes",
}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@router.get("/api/attachments/{attachment_id}")
async def get_attachment(attachment_id: UUID, request: Request) -> Response:
    """The bytes, or a stretch of them (RFC 9110, 14.2). 404 for what is not there and for what is not theirs."""
    await limits.spend(limits.ADDRESS_READS, "attachments", address(request))
    member = await auth.member(request.cookies.get(auth.COOKIE, ""))
    await standing.note(member, f"/api/attachments/{attachment_id}")
    tag = f'"{attachment_id.hex}"'
    stretch = _stretch(request, tag)
    try:
        file = await attachments.read(member, attachment_id, stretch)
    except Unsatisfiable as problem:
        return Response(status_code=416, headers={**HEADERS, "content-range": f"bytes */{problem.size}"})
    headers = {**HEADERS, "etag": tag, "content-disposition": _disposition(file)}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if stretch is None:
        return Response(file.content, media_type=file.mime, headers=headers)
    last = file.first + len(file.content) - 1
    headers["content-range"] = f"bytes {file.first}-{last}/{file.size}"
    return Response(file.content, 206, media_type=file.mime, headers=headers)


@router.post("/api/attachments")
async def post_file(request: Request) -> JSONResponse:
    """One file as the body, to the customer of the conversation in `x-conversation`; its name and the words with it
    percent-encoded in `x-file-name` and `x-caption`, the browser's own id of it in `x-draft`, the message that it
    quotes in `x-reply-to`. Nothing of the body is read before it is known who sends it."""
    same_site(request)
    member = await auth.member(request.cookies.get(auth.COOKIE, ""))
    AT_ONCE.ask(str(member.user_id))
    await limits.spend(limits.UPLOADS, "files", str(member.org_id))
    with AT_ONCE.taken(str(member.user_id)):
        try:
            content = await request.body()
        except ClientDisconnect as problem:
            raise BadInput from problem
        filename = _name(unquote(request.headers.get("x-file-name", "")))
        try:
            form = FileForm(
                draft=request.headers.get("x-draft", ""),
                content=content,
                mime=attachments.type_of(content, filename),
                filename=filename,
                caption=unquote(request.headers.get("x-caption", "")),
                reply_to=_id(request.headers.get("x-reply-to"))
                if request.headers.get("x-reply-to")
                else None,
            )
        except ValidationError as problem:
            raise BadInput from problem
        await replying.reply_media(member, _id(request.headers.get("x-conversation")), form)
    return JSONResponse({}, 201)


def _id(told: str | None) -> UUID:
    try:
        return UUID(told or "")
    except ValueError as problem:
        raise BadInput from problem


def _stretch(request: Request, tag: str) -> tuple[int | None, int | None] | None:
    """The one stretch that is asked for; several at once are answered with the whole."""
    if request.headers.get("if-range", tag) != tag:
        return None
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = (int(part) if part else None for part in found.groups())
    return first, last


def _disposition(file: Stored) -> str:
    """A name of somebody else's: encoded (RFC 6266), and nothing of a path."""
    name = _name(file.filename) or "archivo"
    return f"{'inline' if file.shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"


def _name(path: str) -> str:
    return re.split(r"[\\/]", path)[-1][-240:]
