"""The page at the root, in the visitor's language and at an address a language, with what belongs to it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from vulkn_app.api.answers import language_of
from vulkn_app.errors import NotFound
from vulkn_app.i18n import Language
from vulkn_app.landing import files, page, site

router = APIRouter(include_in_schema=False)

# For some minutes nobody asks again; then the tag says whether it is still the same.
KEPT = "public, max-age=300"
FOR_EVER = "public, max-age=31536000, immutable"
ADDRESSES: dict[str, tuple[str, Language]] = {
    "/es": ("home", "es"),
    "/en": ("home", "en"),
    "/privacidad": ("privacy", "es"),
    "/privacy": ("privacy", "en"),
}
# What the edge leads here, beside files.PREFIX.
PATHS = frozenset({"/", *ADDRESSES, *(f"{path}/" for path in ADDRESSES), "/sitemap.xml", "/robots.txt"})


@router.get("/")
async def root(request: Request) -> Response:
    return await _page(request, "home", language_of(request), vary="accept-language, accept-encoding")


@router.get("/es")
@router.get("/en")
@router.get("/privacidad")
@router.get("/privacy")
@router.get("/es/")
@router.get("/en/")
@router.get("/privacidad/")
@router.get("/privacy/")
async def in_one_language(request: Request) -> Response:
    name, language = ADDRESSES[request.url.path.rstrip("/")]
    return await _page(request, name, language, vary="accept-encoding")


@router.get("/landing/{name}")
async def file(name: str) -> Response:
    found = files.by_address().get(f"{files.PREFIX}{name}")
    if found is None:
        raise NotFound
    headers = {"cache-control": FOR_EVER}
    if found.gzipped:  # every browser that runs a module reads gzip
        headers["content-encoding"] = "gzip"
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.get("/sitemap.xml")
async def sitemap() -> Response:
    return Response(site.sitemap(), media_type="application/xml", headers={"cache-control": KEPT})


@router.get("/robots.txt")
async def robots() -> PlainTextResponse:
    return PlainTextResponse(site.robots(), headers={"cache-control": KEPT})


async def _page(request: Request, name: str, language: Language, *, vary: str) -> Response:
    made = await site.made(name, language)
    headers = {
        "cache-control": KEPT,
        "content-language": language,
        "content-security-policy": page.policy(),
        "etag": made.tag,
        "vary": vary,
    }
    if request.headers.get("if-none-match") == made.tag:
        return Response(status_code=304, headers=headers)
    content = made.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = made.gzipped, "gzip"
    return Response(content, media_type="text/html", headers=headers)
