"""What the webhook costs at the very least: a body, its HMAC, 200. Keeps nothing."""

import hashlib
import hmac
import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SECRET = os.environ["WHATSAPP_APP_SECRET"].encode()


async def echo(request: Request) -> Response:
    made = "sha256=" + hmac.new(SECRET, await request.body(), hashlib.sha256).hexdigest()
    known = hmac.compare_digest(made, request.headers.get("x-hub-signature-256", ""))
    return Response(status_code=200 if known else 401)


app = Starlette(routes=[Route("/api/webhooks/whatsapp", echo, methods=["POST"])])
