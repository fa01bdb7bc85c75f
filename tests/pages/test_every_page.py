"""Every page of the dashboard, with a business in it that has customers: nothing wider than the screen, nothing that
axe objects to, no error in the console; at a telephone's and a desk's width, in both themes and languages."""

import base64
import os
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import httpx
import psycopg
import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.conftest import PICTURES
from tests.factories import Visitor
from tests.plugins.axe import Axe
from tests.plugins.stack import Up
from vulkn_app.administrators import factor
from vulkn_app.i18n import Language
from vulkn_app.local.demo import Note
from vulkn_app.local.folder import DataFolder
from vulkn_app.local.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLACES = {
    "work": ("", "inbox/", "agenda/", "leads/", "analytics/"),
    "knowledge": (
        "knowledge/",
        "knowledge/import/",
        "knowledge/test/",
        "knowledge/suggestions/",
        "playground/",
    ),
    "house": (
        "agent/",
        "channels/",
        "channels/look/",
        "channels/templates/",
        "skills/",
        "team/",
        "billing/",
        "audit/",
    ),
}
SAID = (
    ("¿Cuánto cuesta una limpieza?", "Soy Mariana López, mi teléfono es 55 5550 1142", "¿Rentan bicicletas?"),
    ("Hi, how much is a cleaning?", "I'm Emma Reed, my phone is 55 5550 1164"),
)
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
LOCALES = {"es": "es-MX", "en": "en-US"}
NOWHERE = "/app/nowhere/"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True)
class Way:
    """How somebody looks at it."""

    size: Literal["phone", "desk"]
    theme: Literal["light", "dark"]
    language: Language

    def __str__(self) -> str:
        return f"{self.size}-{self.theme}-{self.language}"


# Between them each width, theme and language; VULKN_LOOK_AT_ALL=1 walks every combination, and keeps what they look
# like for whoever looks.
LOOKED_AT = "VULKN_LOOK_AT_ALL" in os.environ
WAYS = (Way("phone", "light", "es"), Way("desk", "dark", "en"))
if LOOKED_AT:
    WAYS = tuple(Way(*way) for way in product(("phone", "desk"), ("light", "dark"), ("es", "en")))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = Up(tmp_path_factory.mktemp("demo"), free_port())
    try:
        running.until("VULKN ready: ")
        yield running
    finally:
        running.end()


@pytest.fixture(scope="module")
async def note(demo: Up) -> Note:
    """Of the demo, once two customers have written, one of them something that the agent does not know."""
    note = Note.model_validate_json((demo.data / "demo.json").read_bytes())
    async with httpx.AsyncClient(base_url=demo.base, timeout=20) as http:
        for said in SAID:
            visitor = Visitor(http, note.slug)
            await visitor.open()
            for words in said:
                assert (await visitor.ask(words)).status == 200
    return note


@pytest.fixture(scope="module")
async def signed_in(chromium: Browser, demo: Up, note: Note) -> list[Any]:
    """The owner's cookies: they sign in once, as people do."""
    context = await chromium.new_context(base_url=demo.base)
    page = await context.new_page()
    await page.goto("/login/")
    await page.locator("input[type=email]").fill(note.owner.email)
    await page.locator("input[type=password]").fill(note.owner.password)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/app/")
    cookies: list[Any] = [*await context.cookies()]
    await context.close()
    return cookies


@pytest.fixture(params=WAYS, ids=str)
async def way(request: pytest.FixtureRequest) -> Way:
    return request.param


@pytest.fixture
async def page(chromium: Browser, demo: Up, way: Way) -> AsyncIterator[Page]:
    """What the console says against it fails the test."""
    width, height = SIZES[way.size]
    context: BrowserContext = await chromium.new_context(
        locale=LOCALES[way.language],
        color_scheme=way.theme,
        viewport={"width": width, "height": height},
        is_mobile=way.size == "phone",
        reduced_motion="reduce",
        base_url=demo.base,
        bypass_csp=True,
    )
    context.set_default_timeout(20_000)
    page, wrong = await context.new_page(), []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and NOWHERE not in message.location["url"]:
            wrong.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(error.message))
    yield page
    await context.close()
    assert not wrong


@pytest.mark.parametrize("rooms", PLACES)
async def test_no_page_is_too_wide_or_hard_to_read(
    page: Page, signed_in: list[Any], way: Way, axe: Axe, rooms: str
) -> None:
    await page.context.add_cookies(signed_in)

    assert not await _walk(page, [f"/app/{place}" for place in PLACES[rooms]], way, axe)


async def test_nor_what_is_opened_on_one(page: Page, signed_in: list[Any], way: Way, axe: Axe) -> None:
    await page.context.add_cookies(signed_in)
    await page.goto("/app/inbox/")
    await page.locator("main").get_by_role("link", name="Mariana").first.click()
    await expect(page.get_by_role("log")).to_contain_text("850")
    found = await _wrong(page, "inbox-open", way, axe)
    await page.goto("/app/analytics/")
    await page.get_by_role("button", name=re.compile("Abrir la gráfica|Open the chart")).click()
    for kind in ("Por hora|By hour", "Por día|By day"):
        await page.get_by_role("button", name=re.compile(kind)).click()
        await expect(page.locator(".figure-plot .legendtext").first).to_be_visible()
    found |= await _wrong(page, "analytics-figure", way, axe)

    assert not found


async def test_nor_one_of_those_before_a_business(page: Page, way: Way, axe: Axe) -> None:
    found = await _walk(page, ["/login/", "/signup/", "/reset/", NOWHERE], way, axe)
    await _join(page, f"ana-{way}@luna.example")
    found |= await _wrong(page, "onboarding", way, axe)

    assert not found


async def test_nor_one_of_the_administrators(page: Page, demo: Up, note: Note, way: Way, axe: Axe) -> None:
    email = f"sol-{way}@vulkn.example"
    await _join(page, email)
    running = DataFolder(demo.data).running()
    assert running
    with psycopg.connect(running.database_url.get_secret_value(), autocommit=True) as operating:
        chosen = "insert into app.platform_admins (user_id) select id from auth.users where email = %s"
        operating.execute(chosen, (email,))
    found = await _walk(page, ["/admin/"], way, axe)
    secret = base64.b32decode((await page.locator(".copy code").inner_text()).replace(" ", ""))
    await page.locator("input[name=code]").fill(factor.code_at(secret, int(time.time()) // factor.STEP))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("searchbox")).to_be_visible()
    found |= await _wrong(page, "admin-organizations", way, axe)
    found |= await _walk(page, ["/admin/operations/", "/admin/log/"], way, axe)

    assert not found


async def _join(page: Page, email: str) -> None:
    await page.goto("/signup/")
    await page.locator("input[name=name]").fill("Ana Ruiz")
    await page.locator("input[type=email]").fill(email)
    await page.locator("input[type=password]").fill("una-clave-larga-7")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/onboarding/")


async def _walk(page: Page, addresses: list[str], way: Way, axe: Axe) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address in addresses:
        await page.goto(address)
        found |= await _wrong(page, address.strip("/").replace("/", "-"), way, axe)
    return found


async def _wrong(page: Page, name: str, way: Way, axe: Axe) -> dict[str, list[str]]:
    """What is wrong with what the page shows, by its name."""
    await expect(page.locator("h1").first).to_be_visible()
    await expect(page.locator(".skeleton")).to_have_count(0)
    await page.evaluate("document.fonts.ready")
    if LOOKED_AT:
        PICTURES.mkdir(exist_ok=True)
        await page.screenshot(
            path=PICTURES / f"every-{name}-{way}.png", animations="disabled", full_page=True
        )
    wrong = await axe(page)
    if wide := await page.evaluate(TOO_WIDE):
        wrong.append(f"{wide} px too wide")
    return {f"{name} {way}": wrong} if wrong else {}
