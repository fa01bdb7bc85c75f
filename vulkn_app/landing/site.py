"""The pages as they are served: made once, kept compressed, made anew when what they depend on changes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import structlog

from vulkn_app import organizations
from vulkn_app.channels import tenants
from vulkn_app.errors import NotFound, VulknError
from vulkn_app.i18n import LANGUAGES, Language
from vulkn_app.landing import page
from vulkn_app.landing.about import SLUG
from vulkn_app.landing.files import squeeze
from vulkn_app.landing.page import HOME, PRIVACY, Site
from vulkn_app.landing.plans import Plan, price_list
from vulkn_app.settings import settings

log = structlog.get_logger()

PAGES: dict[str, Callable[[Language, Site], str]] = {"home": page.home, "privacy": page.privacy}
# What no search engine has any use for.
PRIVATE = ("/app", "/api", "/login", "/signup", "/reset")


@dataclass(frozen=True)
class Made:
    """A page's bytes, plain and compressed, and their tag."""

    plain: bytes
    gzipped: bytes
    tag: str


_prices: tuple[Plan, ...] = ()


async def made(name: str, language: Language) -> Made:
    return _made(name, language, await _site())


async def _site() -> Site:
    """The price list is read until it was there once: it changes with a migration, and then the process is new."""
    global _prices
    if not _prices:
        try:
            _prices = await price_list()
        except VulknError as problem:  # the page is there without its prices
            log.warning("landing.no_prices", code=problem.code)
    return Site(organizations.base_url(), _prices, await _chat_is_live(), settings.vulkn_contact or "")


async def _chat_is_live() -> bool:
    try:
        return (await tenants.tenant(SLUG)).live
    except NotFound:
        return False
    except VulknError as problem:
        log.warning("landing.no_chat", code=problem.code)
        return False


@lru_cache(maxsize=32)
def _made(name: str, language: Language, site: Site) -> Made:
    plain = PAGES[name](language, site).encode()
    return Made(plain, squeeze(plain), f'"{hashlib.sha256(plain).hexdigest()[:20]}"')


def sitemap() -> str:
    """https://www.sitemaps.org/protocol.html, with every page's other language beside it."""
    base = organizations.base_url()
    urls = []
    for paths in (HOME, PRIVACY):
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{other}" href="{base}{paths[other]}"/>'
            for other in LANGUAGES
        )
        urls += [f"<url><loc>{base}{paths[language]}</loc>{links}</url>" for language in LANGUAGES]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:xhtml="http://www.w3.org/1999/xhtml">{"".join(urls)}</urlset>\n'
    )


def robots() -> str:
    closed = "".join(f"Disallow: {path}\n" for path in PRIVATE)
    return f"User-agent: *\n{closed}\nSitemap: {organizations.base_url()}/sitemap.xml\n"
