"""The page at the root as a shop owner meets it, and its own agent answering on it."""

import psycopg
import pytest
from playwright.async_api import Browser, Page, expect

from tests.benchmarks.landing import DEVICES, load
from tests.e2e.conftest import NewPage, Picture
from tests.factories import a_business
from tests.plugins.axe import Axe
from tests.plugins.stack import Up
from tests.widget.visitor import ask, bubbles
from vulkn_app.i18n import LANGUAGES, Language
from vulkn_app.landing.about import SLUG, told
from vulkn_app.landing.plans import Plan

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUDGET = 60_000  # bytes over the wire, all of the page scrolled through, before anybody opens the chat
QUESTIONS: dict[Language, list[tuple[str, str]]] = {
    "es": [
        ("¿Cuánto cobran al mes?", "{starter} al mes"),
        ("¿Me das 50% de descuento?", "No tengo ningún descuento"),
        ("¿Quién puede leer las conversaciones?", "nadie de otro negocio"),
    ],
    "en": [
        ("How much is it per month?", "{starter} a month"),
        ("Can you give me 20% off?", "I have no discount"),
        ("Who can read my conversations?", "nobody from another business"),
    ],
}


@pytest.fixture(scope="module")
def plans(stack_database: str) -> tuple[Plan, ...]:
    with psycopg.connect(stack_database) as admin:
        rows = admin.execute(
            "select key, monthly_mxn_cents, monthly_turns, includes from app.price_list()"
        ).fetchall()
    return tuple(Plan(key, cents, turns, tuple(includes)) for key, cents, turns, includes in rows)


@pytest.fixture(scope="module")
def our_agent(stack_database: str, plans: tuple[Plan, ...]) -> None:
    """The organization that `up` founds beside the demo business, with the same knowledge."""
    knows = [(entry, language) for language in LANGUAGES for entry in told(language, plans)]
    ours = a_business(stack_database, knowledge=[(e.title, e.body, language) for e, language in knows])
    with psycopg.connect(stack_database) as admin:
        admin.execute("update organizations set slug = %s where id = %s", (SLUG, ours.org_id))
        for entry, _ in knows:
            admin.execute(
                "update knowledge_entries set examples = %s where org_id = %s and title = %s",
                (list(entry.examples), ours.org_id, entry.title),
            )


def listen(page: Page) -> list[str]:
    """What the console complains of."""
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    return complaints


@pytest.mark.parametrize("language", LANGUAGES)
async def test_its_own_agent_answers_in_the_pages_chat(
    new_page: NewPage, picture: Picture, our_agent: None, plans: tuple[Plan, ...], language: Language
) -> None:
    page = await new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    complaints, asked = listen(page), []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"/{language}")
    await picture(page, f"{language}-first")
    assert not [url for url in asked if "widget" in url or "panel" in url]

    await page.locator("[data-chat]").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    for question, answer in QUESTIONS[language]:
        await ask(page, question)
        words = answer.format(**{plan.key: plan.price for plan in plans})
        await expect(bubbles(page, "agent").last).to_contain_text(words)
    await picture(page, f"{language}-asked")

    assert complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_whole_page_is_light_and_stands_still(
    chromium: Browser, stack: Up, our_agent: None, language: Language
) -> None:
    for name, device in DEVICES.items():
        seen = await load(chromium, f"{stack.base}/{language}", device, throttled=False)

        assert len(seen.bytes) >= 4, seen.bytes
        assert sum(seen.bytes.values()) <= BUDGET, (name, seen.bytes)
        assert seen.cls < 0.02


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_nobody_is_kept_out(
    new_page: NewPage, picture: Picture, axe: Axe, our_agent: None, theme: str
) -> None:
    for width in (390, 1280):
        view = {"width": width, "height": 844}
        page = await new_page(viewport=view, color_scheme=theme, reduced_motion="reduce", bypass_csp=True)
        complaints = listen(page)
        for path in ("/es", "/en", "/privacidad", "/privacy"):
            await page.goto(path)
            await page.evaluate(
                "document.querySelectorAll('details').forEach((question) => { question.open = true })"
            )

            assert await axe(page) == [], (path, width)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            await picture(page, f"{path.strip('/')}-{width}")
        assert complaints == []


async def test_it_reads_with_a_keyboard_and_without_scripts(new_page: NewPage, our_agent: None) -> None:
    page = await new_page(java_script_enabled=False)
    await page.goto("/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()

    await page.get_by_role("link", name="English").click()
    await expect(page).to_have_url(f"{page.url.rpartition('/')[0]}/en")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your business answers while you sleep.")
    await page.get_by_text("How much is it?").click()
    await expect(page.get_by_text("All in Mexican pesos, VAT included")).to_be_visible()
    assert await page.locator("[data-chat]").first.get_attribute("href") == f"/c/{SLUG}?lang=en"
