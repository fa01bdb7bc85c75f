"""What the fake of Meta's Graph API says: a number's and a token's facts, refusals in Meta's shape, a line that drops."""

from aiohttp import web

from tests.fakes.graph_rules import Body
from tests.fakes.graph_webhooks import WORDS

NUMBER: Body = {
    "display_phone_number": "+52 1 55 1234 5678",
    "verified_name": "Clínica Sonrisa",
    "quality_rating": "GREEN",
    "messaging_limit_tier": "TIER_1K",
    "throughput": {"level": "STANDARD"},
    "platform_type": "CLOUD_API",
    "status": "CONNECTED",
    "name_status": "APPROVED",
    "is_on_biz_app": False,
}
DEBUG: Body = {
    "app_id": "1",
    "type": "SYSTEM_USER",
    "expires_at": 0,
    "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
    "granular_scopes": [],
}


def scripted(step: Body) -> web.Response:
    words, status = WORDS.get(step.get("code", 130429), ("", 400))
    status = step.get("status", status)
    headers = {"retry-after": str(step["retry_after"])} if "retry_after" in step else {}
    if "code" not in step:
        return web.Response(status=status, headers=headers)
    told = step.get("words") or words or f"fake {step['code']}"
    return error(step["code"], told, status=status, headers=headers, subcode=step.get("subcode"))


def error(
    code: int, words: str, *, status: int, headers: dict[str, str] | None = None, subcode: int | None = None
) -> web.Response:
    told: Body = {
        "message": f"(#{code}) {words}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": words},
        "fbtrace_id": "Afake",
    }
    if subcode is not None:
        told["error_subcode"] = subcode
    return web.json_response({"error": told}, status=status, headers=headers)


def hung_up(request: web.Request) -> web.Response:
    assert request.transport
    request.transport.abort()
    return web.Response()
