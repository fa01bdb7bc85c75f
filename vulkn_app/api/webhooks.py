"""Where Meta tells what happened on WhatsApp.

Nothing is read of a body whose header has not the form of a signature, and nothing parsed of one whose signature is
not ours. What is signed is answered 200 whatever it holds; 503 only when it cannot be kept, and Meta sends it again."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.requests import ClientDisconnect

from vulkn_app.api.answers import refusal
from vulkn_app.channels.whatsapp import receive, signature
from vulkn_app.errors import BadInput, NotAllowed, SignedOut, VulknError

router = APIRouter(prefix="/api/webhooks/whatsapp", tags=["webhooks"])


class NotSigned(SignedOut):
    code = "not_signed"


@router.get("")
async def shake_hands(request: Request) -> Response:
    """Meta's handshake: the challenge comes back to whoever knows the verify token."""
    asked = request.query_params
    known = signature.verify_token_is(asked.get("hub.verify_token", ""))
    if asked.get("hub.mode") != "subscribe" or not known:
        raise NotAllowed
    return PlainTextResponse(asked.get("hub.challenge", ""))


@router.post("")
async def post_delivery(request: Request) -> Response:
    return await deliver(request)


async def deliver(request: Request) -> Response:
    """Raises nothing but what is a bug: it is asked without FastAPI around it."""
    digest = signature.claimed(request.headers.get(signature.HEADER, ""))
    if not digest:
        return _refused(NotSigned(), request)
    try:
        raw = await request.body()
        if not signature.valid(raw, digest):
            return _refused(NotSigned(), request)
        await receive.take(raw)
    except VulknError as problem:
        return refusal(problem, request)
    except ClientDisconnect:
        return refusal(BadInput(), request)
    return Response(status_code=200)


def _refused(problem: VulknError, request: Request) -> Response:
    """Whoever is not Meta need not keep the line."""
    answer = refusal(problem, request)
    answer.headers["connection"] = "close"
    return answer
