"""After signing out nothing of the business is left in the browser: not in another tab, not behind Back."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, go_to, script_sees_no_secret, sign_out, sign_up
from tests.plugins.browser import FLAGS, PATIENCE, installed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Writes down what the page shows in the moment it is shown, also when it comes back out of memory.
WITNESS = "addEventListener('pageshow', () => { sessionStorage.shown = (sessionStorage.shown || '') + document.body?.innerText })"


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """As people have it: Playwright's own switches off the memory that Back shows whole pages from."""
    expect.set_options(timeout=PATIENCE)
    path = installed()
    if path is None:
        pytest.skip("No Chromium on this machine, so nothing was driven in a browser.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=list(FLAGS), ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        await browser.close()


async def test_the_back_button_shows_nothing(new_page: NewPage, picture: Picture) -> None:
    page, email = await new_page(), an_email("ana")
    await page.add_init_script(WITNESS)
    await sign_up(page, email)
    await go_to(page, "Equipo")
    await expect(page.get_by_text(email)).to_be_visible()
    second_tab = await page.context.new_page()
    await second_tab.goto("/app/knowledge/")
    await expect(second_tab.get_by_role("heading", name="Conocimiento")).to_be_visible()

    await sign_out(page)
    await picture(page, "signed-out")
    await page.evaluate("sessionStorage.shown = ''; history.back()")

    await page.wait_for_function("sessionStorage.shown !== ''")
    await expect(page).to_have_url(re.compile("/login/"))
    await expect(page.get_by_label("Correo")).to_be_visible()
    assert email not in await page.evaluate("sessionStorage.shown")
    await second_tab.get_by_role("button", name="Agregar").first.click()
    await expect(second_tab).to_have_url(re.compile("/login/"))
    await script_sees_no_secret(page)
