"""Who reads English sees English from the first word; everybody else Spanish."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Everything that was readable on the page, in the order in which it became so.
READ = """
  window.read = [];
  const look = () => {
    const words = document.body?.innerText.trim();
    if (words && words !== window.read.at(-1)) window.read.push(words);
    requestAnimationFrame(look);
  };
  look();
"""


async def read_on(page: Page) -> str:
    await page.wait_for_function("window.read.length > 0")
    return "\n".join(await page.evaluate("window.read"))


async def hold_spanish_back(page: Page) -> None:
    """Where English is late, theme.css shows Spanish after 3 seconds; a busy machine needs more: 300 here."""
    session = await page.context.new_cdp_session(page)
    await session.send("Animation.enable")
    await session.send("Animation.setPlaybackRate", {"playbackRate": 0.01})


@pytest.mark.parametrize("path", ["/login/", "/signup/", "/reset/", "/nowhere/"])
async def test_a_reader_of_english_never_sees_spanish(new_page: NewPage, path: str) -> None:
    page = await new_page(locale="en-GB")
    await page.add_init_script(READ)
    await hold_spanish_back(page)

    await page.goto(path)

    await expect(page.get_by_role("main")).to_contain_text("Sign in" if path == "/login/" else " ")
    await expect(page.locator(".worded")).to_have_attribute("lang", "en")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    words = await read_on(page)
    assert words
    for spanish in ("Correo", "Entrar", "contraseña", "Esta página", "cuenta"):
        assert spanish not in words


async def test_somebody_else_reads_spanish_at_once_and_may_choose(
    new_page: NewPage, picture: Picture
) -> None:
    page = await new_page(locale="fr-FR")
    await page.add_init_script(READ)
    await hold_spanish_back(page)
    await page.goto("/login/")
    await expect(page.get_by_label("Correo")).to_be_visible()
    assert "E-mail" not in await read_on(page)

    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_label("E-mail")).to_be_visible()
    await page.reload()

    await expect(page.get_by_label("E-mail")).to_be_visible()
    assert "Correo" not in await read_on(page)
    await picture(page, "english")


async def test_a_language_picked_before_the_page_lives_is_picked(new_page: NewPage) -> None:
    page, lives = await new_page(), asyncio.Event()

    async def late(route: Route) -> None:
        await lives.wait()
        await route.continue_()

    await page.route("**/assets/*.js", late)
    await page.goto("/login/", wait_until="commit")
    await page.get_by_role("button", name="English").click()
    lives.set()

    await expect(page.get_by_label("E-mail")).to_be_visible()


async def test_a_reader_of_english_may_turn_to_spanish_and_keeps_it_inside(new_page: NewPage) -> None:
    page = await new_page(locale="en-US")
    await page.goto("/signup/")
    await page.get_by_role("button", name="Español").click()
    await expect(page.get_by_label("Correo")).to_be_visible()

    await sign_up(page, an_email("ana"))

    await expect(page.get_by_text("Primeros pasos")).to_be_visible()


async def test_a_page_that_is_older_than_the_server_says_so_in_the_readers_language(
    new_page: NewPage,
) -> None:
    for locale, said in (("es-MX", "Hay una versión nueva."), ("en-US", "There is a new version.")):
        page = await new_page(locale=locale)
        await page.goto("/login/")
        await expect(page.get_by_text(said)).to_be_hidden()

        await page.evaluate(
            """document.body.append(Object.assign(document.createElement("div"),
                { id: "reflex-new-version-banner", textContent: "A new version of this app is available." }))"""
        )

        await expect(page.get_by_text(said)).to_be_visible()
        await expect(page.get_by_text("A new version of this app")).to_be_hidden()
