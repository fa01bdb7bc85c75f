"""A real Chromium for tests marked `browser`: the one that is installed, started once a module."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright, expect

PATIENCE = 20_000  # milliseconds; what comes late on a busy machine has come
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def installed() -> str | None:
    """Where Chromium is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    path = installed()
    if path is None:
        pytest.skip(
            "No Chromium on this machine (Debian: apt-get install chromium), so nothing was driven in a browser."
        )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture
async def browser_context(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """A visitor's browser at desktop size, in Spanish; nothing is kept from one test to the next."""
    context = await chromium.new_context(locale="es-MX", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context
    await context.close()


@pytest.fixture
async def page(browser_context: BrowserContext) -> AsyncIterator[Page]:
    """A tab. A script error that nobody caught fails the test."""
    page = await browser_context.new_page()
    uncaught: list[Error] = []
    page.on("pageerror", lambda error: uncaught.append(error))
    yield page
    assert not uncaught, f"uncaught in the page: {[error.message for error in uncaught]}"
