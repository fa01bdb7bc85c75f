"""What a visitor does with the widget, and where its parts are on the screen."""

from playwright.async_api import Locator, Page, expect


def launcher(page: Page) -> Locator:
    return page.locator("vulkn-chat .launcher")


def bubbles(page: Page, sender: str) -> Locator:
    return page.get_by_role("log").locator(f".{sender} .bubble")


async def open_chat(page: Page, url: str) -> Locator:
    await page.goto(url)
    await launcher(page).click()
    dialog = page.get_by_role("dialog", name="Lucía")
    await expect(dialog).to_be_visible()
    return dialog


async def ask(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.keyboard.press("Enter")
