"""A business, or whoever got into its account, writes markup where words belong: nowhere does a browser run it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.async_api import Page, Request, expect
from psycopg.types.json import Jsonb
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tests.factories import a_business
from tests.plugins.api import serving
from vulkn_app.settings import ROOT

RUN = "window.ran=(window.ran||0)+1"
EVIL = "http://evil.example"
IMAGE = f'<img src="{EVIL}/i" onerror="{RUN}">'
SCRIPT = f"</script></title><script>{RUN}</script><!--"
ATTRIBUTE = f"\" onmouseover='{RUN}' autofocus onfocus='{RUN}' x=\""
ADDRESS = f"[pulsa](javascript:{RUN}) javascript:{RUN} [o](data:text/html,<script>{RUN}</script>)"
STYLE = f"red;background:url({EVIL}/c)}}*{{background:url({EVIL}/d)}}"
TEMPLATE = "$config_json ${{7*7}} {{constructor.constructor('" + RUN + "')()}}"
EVERYTHING = f"{IMAGE} {SCRIPT} {ATTRIBUTE} {TEMPLATE}"


@dataclass
class Seen:
    """What a page asked for from elsewhere, and what it said about it."""

    base: str
    outside: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        def asked(request: Request) -> None:
            if not request.url.startswith((self.base, self.base.replace("127.0.0.1", "localhost"), "data:")):
                self.outside.append(request.url)

        page.on("request", asked)
        page.on("dialog", lambda dialog: self.dialogs.append(dialog.message))

    async def nothing_ran(self, page: Page) -> None:
        assert await page.evaluate("window.ran") is None
        assert not await page.evaluate(
            "[...document.querySelectorAll('*')].some((e) => [...e.attributes].some((a) => /^on/i.test(a.name)"
            " || /^(javascript|data:text)/i.test(a.value)))"
        )
        assert (self.outside, self.dialogs) == ([], [])


@pytest.fixture
def slug(database_url: str) -> str:
    """Of a business whose every word is an attack."""
    found = a_business(
        database_url, knowledge=[(f"Horario {IMAGE[:80]}", f"Abrimos a las 9. {ADDRESS}", "es")]
    )
    branding = {
        "color": STYLE,
        "logo_url": f"javascript:{RUN}",
        "position": ATTRIBUTE,
        "suggestions": {"es": [IMAGE, SCRIPT], "en": [IMAGE, SCRIPT]},
        "language": "es",
    }
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update organizations set name = %s, branding = %s where id = %s",
            (f"{SCRIPT}{IMAGE}"[:120], Jsonb(branding), found.org_id),
        )
        admin.execute(
            "update agents set name = %s, greeting_es = %s, greeting_en = %s where org_id = %s",
            (IMAGE[:60], EVERYTHING[:500], EVERYTHING[:500], found.org_id),
        )
    return found.slug


@pytest.fixture
async def site(deployment: None, slug: str) -> AsyncIterator[str]:
    """The whole public side: API, hosted page, the widget's files, and a shop that carries the widget."""

    async def shop(request: Asked) -> HTMLResponse:
        base = f"http://127.0.0.1:{request.url.port}"
        code = f'<script src="{base}/vulkn-widget.js" data-org="{slug}"></script>'
        return HTMLResponse(f"<!doctype html><html lang=es><title>Tienda</title><body>{code}</body></html>")

    files = StaticFiles(directory=Path(ROOT) / "assets")
    async with serving(Starlette(routes=[Route("/shop", shop), Mount("/", files)])) as base:
        yield base


async def converse(page: Page) -> None:
    """What a visitor sees of the business: greeting, suggestions, an answer with its sources."""
    await page.get_by_role("textbox").fill("¿A qué horario abren?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Abrimos a las 9.")


@pytest.mark.browser
async def test_the_hosted_page_shows_hostile_words_as_words(site: str, slug: str, page: Page) -> None:
    seen = Seen(site)
    seen.watch(page)

    await page.goto(f"{site}/c/{slug}")
    await expect(page.get_by_text("onmouseover").first).to_be_visible()
    await converse(page)

    await expect(page.get_by_role("heading").first).to_contain_text("<script>")
    await seen.nothing_ran(page)


@pytest.mark.browser
async def test_the_widget_shows_hostile_words_as_words(site: str, page: Page) -> None:
    seen = Seen(site)
    seen.watch(page)

    await page.goto(f"{site.replace('127.0.0.1', 'localhost')}/shop")
    await page.locator("vulkn-chat .launcher").click()
    await expect(page.get_by_text("onmouseover").first).to_be_visible()
    await converse(page)

    assert await page.evaluate("getComputedStyle(document.body).backgroundImage") == "none"
    assert await page.evaluate(
        "[...document.querySelector('vulkn-chat').shadowRoot.querySelectorAll('*')].every((e) =>"
        " [...e.attributes].every((a) => !/^on/i.test(a.name) && !/^(javascript|data:text)/i.test(a.value)))"
    )
    await seen.nothing_ran(page)


@pytest.mark.browser
async def test_what_a_visitor_writes_comes_back_as_words(site: str, slug: str, page: Page) -> None:
    seen = Seen(site)
    seen.watch(page)
    await page.goto(f"{site}/c/{slug}")

    await page.get_by_role("textbox").fill(f"{IMAGE} {SCRIPT} {ADDRESS}")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("onerror")
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("onerror")

    await seen.nothing_ran(page)


async def test_the_configuration_is_data_for_every_browser(site: str, slug: str) -> None:
    async with httpx.AsyncClient(base_url=site) as http:
        config = await http.get(f"/api/widget/{slug}/config")
        hosted = await http.get(f"/c/{slug}")

    assert config.headers["content-type"] == "application/json"
    assert config.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in hosted.headers["content-security-policy"]
    assert "<img" not in hosted.text
    assert hosted.text.lower().count("<script") == 2
