"""The hosted chat page: the widget's panel as a page of its own."""

import json
from html import escape
from string import Template
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.waiting import until
from tests.widget.fake_api import ROOT, FakeApi

TEMPLATE = ROOT / "vulkn_app" / "channels" / "hosted.html"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def hosted(config: dict[str, Any], **words: str) -> str:
    defaults = {
        "title": "Panadería Sol · Chat",
        "business": "Panadería Sol",
        "description": "Escríbenos a toda hora.",
        "url": "https://chat.example/c/panaderia-sol",
        "image": "https://chat.example/og/panaderia-sol.png",
        "accent": "#5b5bd6",
        "slug": "panaderia-sol",
    }
    known = {name: escape(value, quote=True) for name, value in {**defaults, **words}.items()}
    return Template(TEMPLATE.read_text()).substitute(
        known, config_json=json.dumps(config).replace("<", "\\u003c")
    )


@pytest.fixture
def chat(api: FakeApi) -> str:
    api.pages["/c/panaderia-sol"] = (hosted(api.config), {"content-security-policy": POLICY})
    return f"{api.url}/c/panaderia-sol"


def test_a_shared_link_shows_the_business() -> None:
    html = hosted({}, title='"Sol" & Luna', description="Pan <recién> hecho")

    assert '<meta property="og:title" content="&quot;Sol&quot; &amp; Luna">' in html
    assert '<meta property="og:description" content="Pan &lt;recién&gt; hecho">' in html
    assert '<meta property="og:image" content="https://chat.example/og/panaderia-sol.png">' in html
    assert "$" not in html


def test_without_script_the_page_says_what_is_missing_in_both_languages() -> None:
    silent = hosted({}).partition("<noscript>")[2].partition("</noscript>")[0]

    assert "Este chat necesita JavaScript." in silent
    assert "This chat needs JavaScript." in silent


@pytest.mark.browser
async def test_the_page_is_the_chat_and_needs_no_inline_script(page: Page, api: FakeApi, chat: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    await page.goto(chat)

    await page.get_by_role("textbox").fill("¿A qué hora abren?")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("log")).to_contain_text("Abrimos de 9 a 18 h.")
    await expect(page.get_by_role("heading", name="Panadería Sol")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("region", name="Lucía")).to_be_visible()
    await until(lambda: api.told("impression", "open", "conversation_started"))
    assert complaints == []


@pytest.mark.browser
async def test_the_page_speaks_the_visitors_language(page: Page, chat: str) -> None:
    await page.goto(f"{chat}?lang=en")

    await expect(page.get_by_role("button", name="When do you open?")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.browser
async def test_a_chat_that_is_not_open_yet_says_so_and_whose_it_is(page: Page, api: FakeApi) -> None:
    api.pages["/c/panaderia-sol"] = (hosted({**api.config, "live": False}), {})

    for width, height in ((390, 844), (1440, 900)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto(f"{api.url}/c/panaderia-sol")

        await expect(page.get_by_text("Este chat aún no está abierto.")).to_be_visible()
        name = await page.get_by_role("heading", name="Panadería Sol").bounding_box()
        assert name
        assert name["height"] > 20, "only a screen reader would hear whose chat it is"
    await expect(page.get_by_role("textbox")).to_have_count(0)


@pytest.mark.browser
async def test_on_a_phone_the_chat_fills_the_screen(
    browser_context: BrowserContext, page: Page, chat: str
) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(chat)

    box = await page.get_by_role("region", name="Lucía").bounding_box()

    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
