"""The widget as a guest on somebody else's site: it asks for one tag, takes nothing, breaks nothing."""

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.waiting import until
from tests.widget.fake_api import Answer, FakeApi
from tests.widget.visitor import ask, bubbles, launcher, open_chat

pytestmark = pytest.mark.browser


async def test_the_script_twice_on_a_page_is_one_widget(page: Page, api: FakeApi) -> None:
    url = api.add_page("/twice", api.embed() + api.embed())

    await page.goto(url)

    await expect(launcher(page)).to_have_count(1)
    await until(lambda: api.told("impression"))


async def test_the_widget_survives_a_replaced_body(page: Page, api: FakeApi, home: str) -> None:
    await open_chat(page, home)
    await ask(page, "¿A qué hora abren?")
    await expect(bubbles(page, "agent")).to_have_count(2)

    await page.evaluate("document.body.replaceWith(document.createElement('body'))")
    await page.evaluate("document.body.replaceChildren()")

    await expect(launcher(page)).to_have_count(1)
    await expect(bubbles(page, "visitor")).to_have_text(["¿A qué hora abren?"])


@pytest.mark.parametrize("status", [403, 404])
async def test_a_site_that_is_refused_shows_nothing(page: Page, api: FakeApi, home: str, status: int) -> None:
    api.refuses_config = status

    async with page.expect_console_message(lambda said: "VULKN" in said.text):
        await page.goto(home)

    await expect(page.locator("vulkn-chat")).to_have_count(0)
    assert api.events == []


async def test_an_agent_that_is_not_live_shows_nothing(page: Page, api: FakeApi, home: str) -> None:
    api.config["live"] = False

    async with page.expect_response("**/config"):
        await page.goto(home)

    await page.wait_for_load_state("networkidle")
    await expect(page.locator("vulkn-chat")).to_have_count(0)


EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


async def test_markup_in_messages_names_and_colours_is_only_text(page: Page, api: FakeApi, home: str) -> None:
    api.config["agent_name"] = api.config["name"] = EVIL
    api.config["greeting"]["es"] = EVIL
    api.config["branding"] = {
        "color": "red;background:url(//evil.example)",
        "logo_url": "javascript:window.hacked=1",
        "position": "<b>",
    }
    text = f"{EVIL} [pulsa](javascript:window.hacked=1) [bien](https://sol.mx/a) **{EVIL}**"
    api.answers.append(Answer([text], [{"title": EVIL}]))
    await page.goto(home)
    await launcher(page).click()

    await ask(page, EVIL)

    answer = bubbles(page, "agent").last
    await expect(answer).to_contain_text("[pulsa](javascript:window.hacked=1)")
    await expect(bubbles(page, "visitor")).to_have_text([EVIL])
    assert await page.locator("vulkn-chat").locator("img, script").count() == 0
    assert await answer.locator("a").evaluate_all("links => links.map(link => link.href)") == [
        "https://sol.mx/a"
    ]
    assert await page.evaluate("window.hacked") is None
    accent = "getComputedStyle(document.querySelector('vulkn-chat')).getPropertyValue('--accent')"
    assert await page.evaluate(accent) == "#5b5bd6"


async def test_it_works_under_a_strict_content_security_policy(page: Page, api: FakeApi) -> None:
    policy = (
        f"default-src 'none'; script-src {api.url}; connect-src {api.url}; style-src 'self'; img-src 'self'"
    )
    strict = f"{policy}; require-trusted-types-for 'script'"
    url = api.add_page("/strict", api.embed(), headers={"content-security-policy": strict})
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)

    await open_chat(page, url)
    await ask(page, "¿A qué hora abren?")

    await expect(bubbles(page, "agent").last).to_have_text("Abrimos de 9 a 18 h.")
    assert await launcher(page).evaluate("it => getComputedStyle(it).width") == "60px"
    assert complaints == []


async def test_the_funnel_counts_each_step_once(page: Page, api: FakeApi, home: str) -> None:
    await open_chat(page, home)
    await page.keyboard.press("Escape")
    await launcher(page).click()
    await ask(page, "uno")
    await expect(bubbles(page, "agent")).to_have_count(2)
    await ask(page, "dos")
    await expect(bubbles(page, "agent")).to_have_count(3)

    await until(lambda: api.told("impression", "open", "conversation_started"))
    assert {event["page"] for event in api.events} == {home}
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", event["id"])
               for event in api.events)  # fmt: skip


async def test_no_cookie_is_set_or_sent(
    page: Page, browser_context: BrowserContext, api: FakeApi, home: str
) -> None:
    await browser_context.add_cookies([{"name": "vk_sid", "value": "secret", "url": api.url}])
    await open_chat(page, home)
    await ask(page, "¿Hay conchas?")
    await expect(bubbles(page, "agent")).to_have_count(2)

    assert [cookie.get("name") for cookie in await browser_context.cookies()] == ["vk_sid"]
    assert await page.evaluate("document.cookie") == ""
    # The browser itself adds cookies to the script and the beacon; the conversation carries none.
    assert not [path for path in api.cookies_seen if re.search("sessions|messages|stream|config", path)]


@pytest.mark.parametrize(
    ("attributes", "page_lang", "label"),
    [("data-lang='en'", "es", "Open the chat"), ("", "en-GB", "Open the chat"), ("", "fr", "Abrir el chat")],
)
async def test_the_language_is_the_tags_then_the_pages_then_the_browsers(
    page: Page, api: FakeApi, attributes: str, page_lang: str, label: str
) -> None:
    url = api.add_page("/lang", api.embed(attributes=attributes), lang=page_lang)

    await page.goto(url)

    await expect(launcher(page)).to_have_accessible_name(label)


async def test_the_page_can_drive_the_widget(page: Page, api: FakeApi, home: str) -> None:
    await page.goto(home)
    names = "['open', 'close', 'message']"
    await page.evaluate(
        f"() => {{ window.heard = []; {names}.forEach((it) => vulkn.on(it, () => heard.push(it))); }}"
    )

    await page.evaluate("vulkn.open()")
    await ask(page, "¿Hay conchas?")
    await expect(bubbles(page, "agent")).to_have_count(2)
    await page.evaluate("vulkn.toggle(); vulkn.identify({ name: 'Ana', email: 'ana@sol.mx' })")

    assert await page.evaluate("heard") == ["open", "message", "close"]
    assert await page.evaluate("vulkn.visitor") == {"name": "Ana", "email": "ana@sol.mx"}
    await page.evaluate("vulkn.destroy()")
    await expect(page.locator("vulkn-chat")).to_have_count(0)
    assert await page.evaluate("'vulkn' in window") is False
