"""What a business looks like, for everybody who meets it: its logo, the picture of a shared link. And how its owner
brings a logo, and sees the widget before it is saved."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.requests import ClientDisconnect

from vulkn_app import auth, limits
from vulkn_app.api.answers import address, own_origin, same_site
from vulkn_app.branding import logos
from vulkn_app.channels import sharing, tenants
from vulkn_app.errors import BadInput, NotAllowed

router = APIRouter(include_in_schema=False)

PAGE = Path(__file__).parent.parent / "channels" / "preview.html"
AT_ONCE = limits.Seats(2)  # a person's pictures on their way: each is held in memory
# Under its digest it never changes.
LOGO = {
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
}
# Whoever shows shared links asks anew after an hour; the address in the page changes with the look at once.
CARD = {"cache-control": "public, max-age=3600", "cross-origin-resource-policy": "cross-origin"}
# Only our own dashboard may frame it, and nothing in it leaves the browser.
PREVIEW = {
    "cache-control": "no-cache",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; "
        "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
}


@router.get("/og/{slug}.png")
async def shared_picture(slug: str, request: Request) -> Response:
    await limits.spend(limits.ADDRESS_READS, "og", address(request))
    tenant = await tenants.tenant(slug)
    card = sharing.card_of(tenant, own_origin(request))
    headers = {**CARD, "etag": f'"{card.tag}"'}
    if _has(request, card.tag):
        return Response(status_code=304, headers=headers)
    return Response(await sharing.picture(tenant, card), media_type="image/png", headers=headers)


@router.get("/logo/{slug}/{digest}.webp")
async def logo(slug: str, digest: str, request: Request) -> Response:
    await limits.spend(limits.ADDRESS_READS, "logo", address(request))
    tenant = await tenants.tenant(slug)
    content = await logos.read(tenant.org_id, digest)
    headers = {**LOGO, "etag": f'"{digest[:20]}"'}
    if _has(request, digest[:20]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=logos.MEDIA_TYPE, headers=headers)


@router.post("/api/branding/logo")
async def post_logo(request: Request) -> JSONResponse:
    """One picture as the body; answers with the address of what was made of it. It is the business's logo only once the
    look is saved with it. Nothing of the body is read before it is known who sends it."""
    same_site(request)
    sid = request.cookies.get(auth.COOKIE, "")
    member, person = await auth.member(sid), await auth.read(sid)
    if member.role == "member" or person is None or person.org_id != member.org_id:
        raise NotAllowed
    AT_ONCE.ask(str(member.user_id))
    await limits.spend(limits.UPLOADS, "logo", str(member.org_id))
    with AT_ONCE.taken(str(member.user_id)):
        try:
            content = await request.body()
        except ClientDisconnect as problem:
            raise BadInput from problem
        digest = await logos.keep(member, content)
    return JSONResponse({"url": logos.address(person.org_slug, digest)}, 201)


@router.get("/preview/widget")
async def widget_preview() -> HTMLResponse:
    """The real widget on a sample page, with what the branding page says (assets/vulkn-preview.js)."""
    return HTMLResponse(PAGE.read_text(), headers=PREVIEW)


def _has(request: Request, tag: str) -> bool:
    """RFC 9110, 13.1.2: any of a list, weak or not."""
    asked = request.headers.get("if-none-match", "")
    return asked.strip() == "*" or f'"{tag}"' in asked
