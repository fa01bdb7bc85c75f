"""The widget without a mouse, without good eyes, with large thumbs."""

import pytest
from playwright.async_api import Page, expect

from tests.widget.fake_api import FakeApi
from tests.widget.visitor import ask, bubbles, launcher, open_chat

pytestmark = pytest.mark.browser


async def test_escape_closes_and_gives_the_focus_back(page: Page, api: FakeApi, home: str) -> None:
    await page.goto(home)
    await launcher(page).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox")).to_be_focused()

    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(launcher(page)).to_be_focused()
    await expect(launcher(page)).to_have_attribute("aria-expanded", "false")


async def test_a_button_of_the_site_that_opened_the_chat_gets_the_focus_back(
    page: Page, api: FakeApi
) -> None:
    url = api.add_page("/api", "<button>Ayuda</button>" + api.embed())
    await page.goto(url)
    await expect(launcher(page)).to_be_visible()
    await page.get_by_text("Ayuda").focus()
    await page.evaluate("vulkn.open()")
    await expect(page.get_by_role("textbox")).to_be_focused()

    await page.keyboard.press("Escape")

    await expect(page.get_by_text("Ayuda")).to_be_focused()


async def test_every_control_has_a_name_and_is_large_enough_for_a_thumb(
    page: Page, api: FakeApi, home: str
) -> None:
    dialog = await open_chat(page, home)
    await ask(page, "¿A qué hora abren?")
    await expect(dialog.get_by_role("button", name="Me sirvió", exact=True)).to_be_visible()

    controls = [launcher(page), *await dialog.get_by_role("button").all(), dialog.get_by_role("textbox")]

    for control in controls:
        box, name = await control.bounding_box(), await control.get_attribute("aria-label")
        assert box
        # A browser's own arithmetic may say 43.999992 of what is 44 wide.
        assert round(min(box["width"], box["height"]), 2) >= 44, name
        assert name or await control.inner_text()
    assert await dialog.get_by_role("textbox").evaluate("it => getComputedStyle(it).fontSize") == "16px"
    await expect(dialog.get_by_role("log", name="Conversación")).to_be_visible()
    await expect(launcher(page)).to_have_accessible_name("Cerrar el chat")
    await expect(bubbles(page, "agent").first.locator("p")).to_have_attribute("dir", "auto")


CONTRAST = """
element => {
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
      .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const style = getComputedStyle(element);
  const [ink, paper] = [light(style.color), light(style.backgroundColor)];
  return Math.max(ink / paper, paper / ink);
}
"""


@pytest.mark.parametrize("colour", ["#5b5bd6", "#ffe14d", "#0a0a0a", "#ffffff", "#e54d2e", "#777777"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_on_the_brand_colour_can_be_read(
    page: Page, api: FakeApi, home: str, colour: str, scheme: str
) -> None:
    api.config["branding"]["color"] = colour
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    dialog = await open_chat(page, home)
    await expect(dialog.locator(".chip").first).to_be_visible()
    chip = "chip => { chip.style.background = getComputedStyle(chip.closest('.panel')).backgroundColor; }"
    await dialog.locator(".chip").first.evaluate(chip)

    for place in (
        launcher(page),
        dialog.locator("header"),
        dialog.locator(".avatar"),
        dialog.locator(".chip").first,
    ):
        assert await place.evaluate(CONTRAST) >= 4.5


async def test_tab_stays_inside_only_while_the_panel_covers_a_phone(
    page: Page, api: FakeApi, home: str
) -> None:
    inside = "document.activeElement === document.querySelector('vulkn-chat')"
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(home)
    await launcher(page).press("Tab")  # closed: the way on is free
    assert not await page.evaluate(inside)

    await launcher(page).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_have_attribute("aria-modal", "true")
    for _ in range(9):
        await page.keyboard.press("Tab")
        assert await page.evaluate(inside)
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate(inside)
    box = await dialog.bounding_box()

    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}


async def test_the_panel_is_not_asked_to_move_where_motion_is_unwelcome(
    page: Page, api: FakeApi, home: str
) -> None:
    await page.emulate_media(reduced_motion="reduce")

    dialog = await open_chat(page, home)

    assert await dialog.evaluate("it => it.getAnimations({subtree: true}).length") == 0
