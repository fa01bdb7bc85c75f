"""The widget as a visitor meets it: the real files in Chromium, on a site of another origin."""

import re

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.widget.fake_api import Answer, FakeApi, Gate, message

pytestmark = pytest.mark.browser


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


async def test_an_answer_is_seen_as_it_comes_and_announced_once_when_whole(
    page: Page, api: FakeApi, home: str
) -> None:
    first, second = Gate(), Gate()
    api.answers.append(Answer(["Abrimos ", first, "de **9 a 18 h**", second, "."], [{"title": "Horarios"}]))
    await open_chat(page, home)
    draft = page.locator("vulkn-chat .draft")

    await ask(page, "¿A qué hora abren?")
    await expect(draft.locator(".bubble")).to_have_text("Abrimos")
    first.open()
    await expect(draft.locator(".bubble")).to_have_text("Abrimos de 9 a 18 h")
    await expect(page.get_by_role("log")).not_to_contain_text("Abrimos")
    second.open()

    await expect(bubbles(page, "agent").last).to_have_text("Abrimos de 9 a 18 h.")
    await expect(bubbles(page, "agent").last.locator("strong")).to_have_text("9 a 18 h")
    await expect(page.get_by_text("Fuente: Horarios")).to_be_visible()
    await expect(draft).to_be_empty()
    await expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")


async def test_a_reload_brings_the_conversation_back(page: Page, api: FakeApi, home: str) -> None:
    await open_chat(page, home)
    await ask(page, "¿A qué hora abren?")
    await expect(bubbles(page, "agent")).to_have_count(2)

    await page.reload()

    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(bubbles(page, "visitor")).to_have_text(["¿A qué hora abren?"])
    await expect(bubbles(page, "agent").last).to_have_text("Abrimos de 9 a 18 h.")
    assert list(api.histories) == ["token-1"]


async def test_a_reload_in_the_middle_of_an_answer_picks_it_up_again(
    page: Page, api: FakeApi, home: str
) -> None:
    gate = Gate()
    api.answers.append(Answer(["Abrimos ", gate, "a las 9."]))
    await open_chat(page, home)
    await ask(page, "¿A qué hora abren?")
    await expect(page.locator("vulkn-chat .draft .bubble")).to_have_text("Abrimos")

    await page.reload()
    gate.open()

    await expect(bubbles(page, "agent").last).to_have_text("Abrimos a las 9.")
    await expect(bubbles(page, "visitor")).to_have_count(1)
    assert len({post["id"] for post in api.posts}) == 1


async def test_the_script_twice_on_a_page_is_one_widget(page: Page, api: FakeApi) -> None:
    url = api.add_page("/twice", api.embed() + api.embed())

    await page.goto(url)

    await expect(launcher(page)).to_have_count(1)
    assert api.types().count("impression") == 1


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


async def test_a_refused_token_is_replaced_once_and_the_message_still_arrives(
    page: Page, api: FakeApi, home: str
) -> None:
    await open_chat(page, home)
    await expect(page.get_by_text("¿Hacen pasteles por encargo?")).to_be_visible()
    api.histories.clear()  # the server has forgotten every visitor

    await ask(page, "¿Hay conchas?")

    await expect(bubbles(page, "agent").last).to_have_text("Abrimos de 9 a 18 h.")
    await expect(bubbles(page, "visitor")).to_have_text(["¿Hay conchas?"])
    assert len(api.histories) == 1


async def test_a_known_token_that_the_session_refuses_is_replaced(
    page: Page, api: FakeApi, home: str
) -> None:
    await page.goto(home)
    await page.evaluate("localStorage.setItem('vulkn:panaderia-sol', JSON.stringify({token: 'forged'}))")

    await open_chat(page, home)

    await expect(page.get_by_text("¿Hacen pasteles por encargo?")).to_be_visible()
    assert list(api.histories) == ["token-1"]


async def test_a_dropped_stream_is_retried_under_the_same_id_and_leaves_one_bubble(
    page: Page, api: FakeApi, home: str
) -> None:
    api.answers.append(Answer(["Abrimos ", "de 9 ", "a 18 h."], dropped_after=2))
    await open_chat(page, home)

    await ask(page, "¿A qué hora abren?")

    await expect(bubbles(page, "agent")).to_have_count(2)
    await expect(bubbles(page, "agent").last).to_have_text("Abrimos de 9 a 18 h.")
    await expect(bubbles(page, "visitor")).to_have_count(1)
    assert len(api.posts) == 2
    assert len({post["id"] for post in api.posts}) == 1


async def test_a_refusal_offers_another_try_of_the_same_message(page: Page, api: FakeApi, home: str) -> None:
    api.refuses_posts.append(422)
    await open_chat(page, home)
    await ask(page, "¿A qué hora abren?")

    await page.get_by_role("button", name="Reintentar").click()

    await expect(bubbles(page, "agent").last).to_have_text("Abrimos de 9 a 18 h.")
    await expect(page.get_by_role("button", name="Reintentar")).to_have_count(0)
    await expect(bubbles(page, "visitor")).to_have_count(1)
    assert len({post["id"] for post in api.posts}) == 1


async def test_a_server_that_is_away_for_a_moment_is_asked_again_without_a_word(
    page: Page, api: FakeApi, home: str
) -> None:
    api.refuses_posts.extend([503, 429])
    await open_chat(page, home)

    await ask(page, "¿A qué hora abren?")

    await expect(bubbles(page, "agent").last).to_have_text("Abrimos de 9 a 18 h.")
    assert len(api.turns) == 1


async def test_an_error_in_the_stream_is_told_in_its_own_words(page: Page, api: FakeApi, home: str) -> None:
    api.answers.append(Answer([], error="El asistente descansa un momento."))
    await open_chat(page, home)

    await ask(page, "¿A qué hora abren?")

    await expect(page.get_by_text("El asistente descansa un momento.")).to_be_visible()
    await expect(page.get_by_role("button", name="Reintentar")).to_be_visible()


async def test_a_message_written_off_line_is_sent_once_when_the_network_is_back(
    page: Page, browser_context: BrowserContext, api: FakeApi, home: str
) -> None:
    await open_chat(page, home)
    await expect(page.get_by_text("¿Hacen pasteles por encargo?")).to_be_visible()
    await browser_context.set_offline(True)
    await ask(page, "¿Hay conchas?")
    await expect(page.locator("vulkn-chat .banner")).to_contain_text("Sin conexión")
    assert api.posts == []

    await browser_context.set_offline(False)

    await expect(bubbles(page, "agent").last).to_have_text("Abrimos de 9 a 18 h.")
    await expect(page.locator("vulkn-chat .banner")).to_be_hidden()
    await expect(bubbles(page, "visitor")).to_have_count(1)
    assert len(api.turns) == 1


async def test_a_message_written_while_another_is_answered_waits_its_turn(
    page: Page, api: FakeApi, home: str
) -> None:
    gate = Gate()
    api.answers.extend([Answer([gate, "Primera."]), Answer(["Segunda."])])
    await open_chat(page, home)

    await ask(page, "uno")
    await ask(page, "dos")
    await expect(bubbles(page, "visitor")).to_have_text(["uno", "dos"])
    gate.open()

    await expect(bubbles(page, "agent").last).to_have_text("Segunda.")
    assert [post["text"] for post in api.posts] == ["uno", "dos"]


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
        assert min(box["width"], box["height"]) >= 44, name
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


async def test_a_person_who_takes_over_is_seen_at_once(page: Page, api: FakeApi, home: str) -> None:
    dialog = await open_chat(page, home)
    await expect(dialog).to_contain_text("Puede equivocarse")
    await ask(page, "Quiero hablar con alguien")
    await expect(bubbles(page, "agent")).to_have_count(2)

    api.tell("message", message("human", "Hola, soy Marta."))

    await expect(bubbles(page, "human")).to_have_text(["Hola, soy Marta."])
    await expect(dialog).to_contain_text("Equipo de Panadería Sol")
    await expect(dialog).to_contain_text("Te atiende una persona del equipo.")
    await expect(dialog).not_to_contain_text("Puede equivocarse")


async def test_a_handoff_says_who_will_go_on(page: Page, api: FakeApi, home: str) -> None:
    api.answers.append(Answer([], handoff=True))
    dialog = await open_chat(page, home)

    await ask(page, "Quiero hablar con alguien")

    await expect(dialog).to_contain_text("Una persona del equipo continuará esta conversación.")
    await expect(dialog.locator(".draft")).to_be_empty()


async def test_the_live_stream_is_open_only_while_the_panel_is(page: Page, api: FakeApi, home: str) -> None:
    async with page.expect_request("**/stream"):
        await open_chat(page, home)

    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/stream")):
        await page.keyboard.press("Escape")


async def test_an_answer_that_comes_while_the_panel_is_closed_is_counted(
    page: Page, api: FakeApi, home: str
) -> None:
    gate = Gate()
    api.answers.append(Answer([gate, "Sí, todos los días."]))
    await open_chat(page, home)
    await ask(page, "¿Hay conchas?")
    await expect(page.locator("vulkn-chat .dots")).to_be_visible()

    await page.keyboard.press("Escape")
    gate.open()

    await expect(launcher(page)).to_have_accessible_name("Abrir el chat (1)")
    await launcher(page).click()
    await expect(bubbles(page, "agent").last).to_have_text("Sí, todos los días.")
    await expect(launcher(page)).to_have_accessible_name("Cerrar el chat")


async def test_two_tabs_show_the_same_conversation(
    page: Page, browser_context: BrowserContext, api: FakeApi, home: str
) -> None:
    await open_chat(page, home)
    await expect(page.get_by_text("¿Hacen pasteles por encargo?")).to_be_visible()
    other = await browser_context.new_page()
    await open_chat(other, home)
    await expect(other.get_by_text("¿Hacen pasteles por encargo?")).to_be_visible()

    await ask(page, "¿Hay conchas?")

    await expect(bubbles(other, "visitor")).to_have_text(["¿Hay conchas?"])
    await expect(bubbles(other, "agent").last).to_have_text("Abrimos de 9 a 18 h.")
    assert list(api.histories) == ["token-1"]
    assert len(api.posts) == 1


async def test_a_thumb_is_told_to_the_server(page: Page, api: FakeApi, home: str) -> None:
    dialog = await open_chat(page, home)
    await ask(page, "¿Hay conchas?")
    thumb = dialog.get_by_role("button", name="No me sirvió")

    async with page.expect_response("**/feedback"):
        await thumb.click()

    await expect(thumb).to_have_attribute("aria-pressed", "true")
    answer = api.histories["token-1"][-1]["id"]
    assert api.feedback == [{"message_id": answer, "rating": "down"}]


async def test_the_funnel_counts_each_step_once(page: Page, api: FakeApi, home: str) -> None:
    await open_chat(page, home)
    await page.keyboard.press("Escape")
    await launcher(page).click()
    await ask(page, "uno")
    await expect(bubbles(page, "agent")).to_have_count(2)
    await ask(page, "dos")
    await expect(bubbles(page, "agent")).to_have_count(3)

    assert sorted(api.types()) == ["conversation_started", "impression", "open"]
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


async def test_the_panel_is_not_asked_to_move_where_motion_is_unwelcome(
    page: Page, api: FakeApi, home: str
) -> None:
    await page.emulate_media(reduced_motion="reduce")

    dialog = await open_chat(page, home)

    assert await dialog.evaluate("it => it.getAnimations({subtree: true}).length") == 0
