"""/c/{slug}: the chat as a page of its own, with the tags that make a shared link look like the business."""

import json
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from vulkn_app.api.answers import own_origin
from vulkn_app.channels import sharing, tenants, webchat
from vulkn_app.contrast import painted
from vulkn_app.errors import NotFound

router = APIRouter(include_in_schema=False)

PAGE = Path(__file__).parent.parent / "channels" / "hosted.html"
GONE = {
    "title": "No encontramos este negocio",
    "text": "Revisa el enlace, o pídelo de nuevo a quien te lo envió.",
    "english": "We could not find this business. Please check the link.",
}
LOST = {
    "business_paused": {
        "title": "Ahora no atendemos por aquí",
        "text": "Vuelve más tarde, o busca al negocio por otro medio.",
        "english": "We are not answering here right now. Please come back later.",
    }
}
# No inline script; connects only to this server; may not be framed by others.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' https: data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/c/{slug}")
@router.get("/c/{slug}/")
async def hosted_chat(slug: str, request: Request) -> HTMLResponse:
    try:
        tenant = await tenants.tenant(slug)
    except NotFound as problem:
        return HTMLResponse(_template("not_found.html").substitute(LOST.get(problem.code, GONE)), 404)
    base = own_origin(request)
    words = {
        "title": f"{tenant.name} · Chat",
        "description": tenant.greeting_es
        or f"Escríbele a {tenant.name}: responde al momento, de día y de noche.",
        "url": f"{base}/c/{tenant.slug}",
        # A changed look is another address: whoever keeps pictures of links fetches it anew.
        "image": f"{base}/og/{tenant.slug}.png?v={sharing.card_of(tenant, base).tag[:10]}",
        "accent": painted(tenant.branding.get("color")).accent,
        "slug": tenant.slug,
        "business": tenant.name,
    }
    page = _template("hosted.html").substitute(
        {key: escape(value, quote=True) for key, value in words.items()},
        # "<" escaped: a name such as </script> stays data
        config_json=json.dumps(webchat.config(tenant), ensure_ascii=False).replace("<", "\\u003c"),
    )
    return HTMLResponse(page, headers={"content-security-policy": POLICY, "cache-control": "no-cache"})


@lru_cache
def _template(name: str) -> Template:
    return Template(PAGE.with_name(name).read_text())
