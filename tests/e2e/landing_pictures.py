"""`./vulkn pictures`: the landing page's pictures, of the real product with its demo business in it.

Customers write to the clinic, its owner opens the inbox on a phone and a desk, in both themes and languages; what a
shared link shows is the page's own hero. Small enough to be committed."""

import asyncio
import io
import json
import tempfile
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.plugins.browser import FLAGS, installed
from tests.plugins.stack import Up
from tests.widget.visitor import ask, bubbles
from vulkn_app.i18n import LANGUAGES, Language
from vulkn_app.landing.files import FOLDER
from vulkn_app.local.ports import free_port

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
LOCALE = {"es": "es-MX", "en": "en-US"}
# The viewport, and how wide the picture is kept: what the page shows, a little sharper.
SIZES = {"phone": ((390, 700), 470), "wide": ((1120, 712), 1120)}
QUALITY = {"phone": 46, "wide": 42}
# The last of each language is the one that is opened.
TALKS: tuple[tuple[Language, str, tuple[str, ...]], ...] = (
    ("es", "Jorge", ("¿Hacen blanqueamiento?", "Soy Jorge Medina, mi teléfono es 55 5550 1187")),
    ("en", "Emma", ("Hi, how much is a cleaning?", "I'm Emma Reed, my phone is 55 5550 1164")),
    (
        "es",
        "Mariana",
        ("Hola, ¿cuánto cuesta una limpieza?", "Soy Mariana López, mi teléfono es 55 5550 1142"),
    ),
)
OPENED = {"es": "Mariana", "en": "Emma"}
# The hero alone, as large as a shared link's picture.
HERO_ALONE = """
    .top nav, .top .switch, .acts, .pitch > .soft, main > :not(.hero), .foot { display: none !important }
    body { overflow: hidden } .wide { padding-inline: 56px } .top { padding-top: 30px }
    .hero { padding-block: 14px; grid-template-columns: minmax(0, 1fr) 390px; gap: 40px }
    h1 { font-size: 66px } * { animation: none !important }
"""


def run(folder: Path = FOLDER) -> dict[str, int]:
    """The bytes of each picture."""
    asyncio.run(_run(folder))
    return {
        path.name: path.stat().st_size
        for path in sorted(folder.iterdir())
        if path.suffix in (".avif", ".png")
    }


async def _run(folder: Path) -> None:
    path = installed()
    assert path, "No Chromium on this machine (Debian: apt-get install chromium)."
    with tempfile.TemporaryDirectory() as data:
        stack = Up(Path(data), free_port())
        try:
            stack.until("VULKN ready: ")
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
                await _take_all(browser, stack, folder)
                await browser.close()
        finally:
            stack.end()


async def _take_all(browser: Browser, stack: Up, folder: Path) -> None:
    note = json.loads((stack.data / "demo.json").read_text())
    for language, _, said in TALKS:
        await _write_to(browser, f"{stack.base}/c/{note['slug']}", language, said)
    for language in LANGUAGES:
        for theme in THEMES:
            for size in SIZES:
                taken = await _inbox(browser, stack.base, note["owner"], language, theme, size)
                _keep(taken, SIZES[size][1], folder / f"inbox-{size}-{language}-{theme}.avif", QUALITY[size])
        await _shared(browser, stack.base, language, folder)


async def _write_to(browser: Browser, chat: str, language: Language, said: tuple[str, ...]) -> None:
    context = await browser.new_context(locale=LOCALE[language])
    page = await context.new_page()
    await page.goto(chat)
    for number, words in enumerate(said, start=1):
        await ask(page, words)
        # The greeting is the agent's first.
        await expect(bubbles(page, "agent")).to_have_count(number + 1)
    await context.close()


async def _inbox(
    browser: Browser, base: str, owner: dict[str, str], language: Language, theme: Theme, size: str
) -> bytes:
    (width, height), _ = SIZES[size]
    context = await browser.new_context(
        locale=LOCALE[language],
        color_scheme=theme,
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        reduced_motion="reduce",
        base_url=base,
    )
    page = await context.new_page()
    await page.goto("/login/")
    await page.locator("input[type=email]").fill(owner["email"])
    await page.locator("input[type=password]").fill(owner["password"])
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/app/")
    await page.goto("/app/inbox/")
    await page.get_by_role("link", name=OPENED[language]).first.click()
    await expect(page.get_by_role("log")).to_contain_text("850", timeout=20_000)
    await _settled(page)
    taken = await page.screenshot(animations="disabled")
    await context.close()
    return taken


async def _shared(browser: Browser, base: str, language: Language, folder: Path) -> None:
    context = await browser.new_context(viewport={"width": 1200, "height": 630}, bypass_csp=True)
    page = await context.new_page()
    await page.goto(f"{base}/{language}")
    await page.reload()  # with the font at hand
    await page.add_style_tag(content=HERO_ALONE)
    await _settled(page)
    with Image.open(io.BytesIO(await page.screenshot())) as picture:
        picture.convert("RGB").save(folder / f"og-{language}.png", optimize=True)
    await context.close()


async def _settled(page: Page) -> None:
    await page.evaluate("document.fonts.ready")
    await page.wait_for_load_state("networkidle")


def _keep(taken: bytes, width: int, file: Path, quality: int) -> None:
    with Image.open(io.BytesIO(taken)) as picture:
        height = round(picture.height * width / picture.width)
        small = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
        small.save(file, quality=quality, speed=6)
