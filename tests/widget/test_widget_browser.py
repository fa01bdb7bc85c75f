"""The conversation as a visitor has it: the real files in Chromium, on a site of another origin."""

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.waiting import until
from tests.widget.fake_api import Answer, FakeApi, Gate, message
from tests.widget.visitor import ask, bubbles, launcher, open_chat

pytestmark = pytest.mark.browser


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


async def test_a_message_that_was_stored_but_never_acknowledged_is_not_shown_twice(
    page: Page, api: FakeApi, home: str
) -> None:
    api.answers.append(Answer(["Abrimos a las 9."], dropped_after=-1))
    await open_chat(page, home)
    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/messages")):
        await ask(page, "¿A qué hora abren?")

    await page.reload()

    await expect(bubbles(page, "agent").last).to_have_text("Abrimos a las 9.")
    await expect(bubbles(page, "visitor")).to_have_text(["¿A qué hora abren?"])
    assert len(api.turns) == 1


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


async def test_a_chat_that_could_not_be_opened_says_so_and_can_be_tried_again(
    page: Page, api: FakeApi, home: str
) -> None:
    api.refuses_sessions.append(503)
    dialog = await open_chat(page, home)
    await expect(dialog).to_contain_text("El chat no está disponible en este momento.")

    await page.get_by_role("button", name="Reintentar").click()

    await expect(dialog).not_to_contain_text("El chat no está disponible")
    await ask(page, "¿A qué hora abren?")
    await expect(bubbles(page, "agent").last).to_have_text("Abrimos de 9 a 18 h.")


async def test_the_greeting_stays_put_when_the_session_opens(page: Page, api: FakeApi, home: str) -> None:
    async with page.expect_request("**/stream"):
        dialog = await open_chat(page, home)
        await dialog.locator(".chip").first.evaluate("chip => { chip.dataset.same = 'yes'; }")

    await expect(dialog.locator(".chip").first).to_have_attribute("data-same", "yes")


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


async def test_a_message_written_while_another_is_answered_goes_out_at_once(
    page: Page, api: FakeApi, home: str
) -> None:
    """The server makes one question of what is written in a row; it can only do so with what it has."""
    gate = Gate()
    api.answers.extend([Answer([gate, "Primera."]), Answer([gate, "Segunda."])])
    await open_chat(page, home)

    await ask(page, "uno")
    await ask(page, "dos")
    await expect(bubbles(page, "visitor")).to_have_text(["uno", "dos"])
    await until(lambda: _posted(api, 2))
    gate.open()

    await expect(bubbles(page, "agent")).to_have_count(3)
    assert [post["text"] for post in api.posts] == ["uno", "dos"]


async def _posted(api: FakeApi, number: int) -> bool:
    return len(api.posts) == number


async def test_a_person_who_takes_over_is_seen_at_once(page: Page, api: FakeApi, home: str) -> None:
    dialog = await open_chat(page, home)
    await expect(dialog).to_contain_text("Puede equivocarse")
    await ask(page, "Quiero hablar con alguien")
    await expect(bubbles(page, "agent")).to_have_count(2)

    await api.tell("message", message("human", "Hola, soy Marta."))

    await expect(bubbles(page, "human")).to_have_text(["Hola, soy Marta."])
    await expect(dialog).to_contain_text("Equipo de Panadería Sol")
    await expect(dialog).to_contain_text("Te atiende una persona del equipo.")
    await expect(dialog).not_to_contain_text("Puede equivocarse")


async def test_what_no_person_answered_is_asked_again_when_the_agent_is_back(
    page: Page, api: FakeApi, home: str
) -> None:
    api.answers.append(Answer([], handoff=True))
    dialog = await open_chat(page, home)
    await ask(page, "¿Hay alguien?")
    await expect(dialog).to_contain_text("Te atiende una persona del equipo.")
    ((id, (question, _, history)),) = api.turns.items()
    api.turns[id] = (question, Answer(["Ya estoy de vuelta."]), history)

    await api.tell("message", message("system", "El asistente volvió a atender esta conversación."))
    await api.tell("state", {"status": "open"})

    await expect(bubbles(page, "agent").last).to_have_text("Ya estoy de vuelta.")
    await expect(bubbles(page, "visitor")).to_have_count(1)
    assert [post["id"] for post in api.posts] == [id, id]
    await api.tell("state", {"status": "human"})
    await expect(dialog).to_contain_text("Te atiende una persona del equipo.")
    await api.tell("state", {"status": "open"})
    await expect(dialog).not_to_contain_text("Te atiende una persona del equipo.")
    assert len(api.posts) == 2


async def test_after_a_reload_the_conversation_still_says_when_a_person_came(
    page: Page, api: FakeApi, home: str
) -> None:
    await open_chat(page, home)
    await ask(page, "¿A qué hora abren?")
    await expect(bubbles(page, "agent")).to_have_count(2)
    api.histories["token-1"] += [message("human", "Hola, soy Marta."), message("human", "Dime.")]

    await page.reload()

    line = page.get_by_text("Una persona del equipo continuará esta conversación.")
    await expect(line).to_have_count(1)
    below = page.get_by_role("log").locator(".system + .row")
    await expect(below).to_contain_text("Hola, soy Marta.")
    await api.tell("state", {"status": "human"})
    await expect(page.get_by_text("Te atiende una persona del equipo.")).to_be_visible()
    await expect(line).to_have_count(1)


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
    async with page.expect_request("**/stream"):
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


async def test_without_a_number_on_whatsapp_nothing_leads_there(page: Page, api: FakeApi, home: str) -> None:
    dialog = await open_chat(page, home)

    await expect(dialog.get_by_text("Puede equivocarse")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Seguir por WhatsApp")).to_have_count(0)


async def test_the_conversation_goes_on_in_whatsapp(page: Page, api: FakeApi, home: str) -> None:
    api.config["whatsapp"] = True
    api.add_page("/wa.me/0", "<h1>WhatsApp</h1>")
    dialog = await open_chat(page, home)

    async with page.context.expect_page() as opened:
        await dialog.get_by_role("button", name="Seguir por WhatsApp").click()
    other = await opened.value
    await expect(other.get_by_role("heading", name="WhatsApp")).to_be_visible()

    assert api.links == [other.url]
    assert list(api.histories) == ["token-1"]


async def test_a_link_to_whatsapp_that_cannot_be_had_is_said(page: Page, api: FakeApi, home: str) -> None:
    api.config["whatsapp"] = True
    api.refuses_links = True
    dialog = await open_chat(page, home)

    async with page.context.expect_page() as opened:
        await dialog.get_by_role("button", name="Seguir por WhatsApp").click()
    other = await opened.value

    await expect(dialog.locator(".banner", has_text="No se pudo enviar.")).to_be_visible()

    async def closed() -> bool:
        return other.is_closed()

    await until(closed)
