"""WhatsApp as an owner has it: connecting a number, a customer who is answered, ticks, taking over, a closed window."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, go_to, know, sign_up
from tests.exchanged import PNG
from tests.fakes.graph import TOKEN, FakeGraph, running
from tests.fakes.graph_webhooks import envelope, inbound, signed, status
from tests.plugins.stack import Up

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CUSTOMER = "5215587654321"
QUESTION = "Hola, ¿cuánto cuesta la limpieza dental?"
ANSWER = "La limpieza dental cuesta $740 y dura 40 minutos."
Tell = Callable[[dict[str, Any]], Awaitable[None]]


@pytest.fixture
async def meta(graph_port: int) -> AsyncIterator[FakeGraph]:
    async with running(graph_port) as fake:
        yield fake


@pytest.fixture
def tell(stack: Up) -> Tell:
    """What Meta posts, signed."""

    async def post(body: dict[str, Any]) -> None:
        raw, headers = signed(body)
        async with httpx.AsyncClient(base_url=stack.base) as client:
            answer = await client.post("/api/webhooks/whatsapp", content=raw, headers=headers)
        assert answer.status_code == 200, answer.text

    return post


# Meta's script and window: what it tells the page, and then the code that it gives.
SDK = """
window.FB = { init() {}, login(done) {
  const { news, code } = window.metaWill;
  for (const data of news) dispatchEvent(new MessageEvent('message', { origin: 'https://www.facebook.com', data: JSON.stringify(data) }));
  done({ authResponse: code ? { code } : null });
} };
window.fbAsyncInit();
"""


async def meta_will(page: Page, event: str, code: str = "", **data: str) -> None:
    news = [{"type": "WA_EMBEDDED_SIGNUP", "event": event, "data": data}] if event else []
    await page.evaluate("will => { window.metaWill = will }", {"news": news, "code": code})
    await page.get_by_role("button", name="Abrir la ventana de Meta").click()


async def connect_in_meta_s_window(
    page: Page, meta: FakeGraph, number: str, waba: str, picture: Picture
) -> None:
    """Whatever ends the window early is explained with its remedy; then it brings the number."""
    await page.route("https://connect.facebook.net/**", lambda route: route.abort())
    await go_to(page, "Canales")
    await page.get_by_role("button", name="Conectar WhatsApp").click()
    trouble = page.get_by_role("alert")
    await meta_will(page, "")
    await expect(trouble).to_contain_text("Revisa si tu navegador la bloquea")
    await page.unroute_all()
    await page.route(
        "https://connect.facebook.net/**",
        lambda route: route.fulfill(body=SDK, content_type="text/javascript"),
    )
    await meta_will(page, "CANCEL", current_step="PHONE_NUMBER_SETUP")
    await expect(trouble).to_contain_text("Cerraste la ventana de Meta")
    await meta_will(page, "ERROR", error_message="The phone number is not eligible", error_code="2655111")
    await expect(trouble).to_contain_text(
        "conéctalo a mano. Esto dijo Meta: The phone number is not eligible · 2655111"
    )
    await picture(page, "signup-explained")
    await meta_will(page, "", code="a-code-of-metas")
    await expect(trouble).to_contain_text("no dijo qué número elegiste")
    await meta_will(page, "FINISH", code="a-code-that-is-used", waba_id=waba, phone_number_id=number)
    await expect(trouble).to_contain_text("ya se usó o venció")
    meta.codes["a-code-of-metas"] = TOKEN
    await meta_will(page, "FINISH", code="a-code-of-metas", waba_id=waba, phone_number_id=number)
    await expect(page.get_by_text("Conectado", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Desconectar").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Desconectar").click()
    await expect(page.get_by_text("Desconectado", exact=True)).to_be_visible()


async def connect(page: Page, number: str, waba: str, picture: Picture) -> None:
    """By hand; the first token is no good."""
    await go_to(page, "Canales")
    await expect(page.get_by_text("Contesta donde ya te escriben")).to_be_visible()
    await picture(page, "channels-empty")
    await page.get_by_role("button", name="Conectar WhatsApp").click()
    await page.get_by_text("Conectarlo a mano").click()
    await expect(page.get_by_text("/api/webhooks/whatsapp")).to_be_visible()
    await page.get_by_label("Identificador del número de teléfono").fill(number)
    await page.get_by_label("Identificador de la cuenta de WhatsApp Business").fill(waba)
    await page.get_by_label("Token permanente").fill("EAA-that-nobody-gave")
    await page.get_by_role("button", name="Conectar", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("El token no sirve")
    await picture(page, "channels-refused")
    await page.get_by_label("Token permanente").fill(TOKEN)
    await page.get_by_role("button", name="Conectar", exact=True).click()
    await expect(page.get_by_text("Conectado", exact=True)).to_be_visible()
    await expect(page.get_by_text("Clínica Sonrisa")).to_be_visible()


async def a_business_that_knows(page: Page) -> None:
    await sign_up(page, an_email("ana"))
    await page.get_by_role("link", name="Agregar conocimiento").click()
    await know(page, "Precio de la limpieza dental", ANSWER)
    await go_to(page, "Agente")
    await page.get_by_role("switch", name="Agente activo").click()
    await expect(page.get_by_text("Atendiendo a tus clientes")).to_be_visible()


async def quote_and_attach(page: Page, meta: FakeGraph, picture: Picture) -> None:
    """An answer to one bubble in particular, then a picture that was looked at first."""
    asked = page.get_by_role("log").locator(".said", has_text=QUESTION).first
    await asked.hover()
    await asked.get_by_role("button", name="Responder a este mensaje").click()
    await expect(page.locator(".quoting")).to_contain_text(QUESTION)
    await picture(page, "quoting")
    await page.get_by_placeholder("Escribe un mensaje…").fill("Sí, el martes.")
    await page.keyboard.press("Enter")
    taken = await meta.until(3)
    assert taken[-1].said == "Sí, el martes."
    assert taken[-1].body["context"]["message_id"].startswith("wamid.")
    await expect(page.locator(".quoting")).to_have_count(0)

    photo = FilePayload(name="local.png", mimeType="image/png", buffer=PNG)
    await page.locator("[data-attach]").set_input_files(
        FilePayload(name="x.exe", mimeType="image/png", buffer=b"MZ nonsense")
    )
    await page.get_by_role("button", name="Enviar archivo").click()
    await expect(page.locator(".attached .wrong")).to_be_visible()
    await page.locator("[data-attach]").set_input_files(photo)
    await page.get_by_placeholder("Escribe un mensaje…").fill("Así es el local")
    await picture(page, "attaching")
    await page.get_by_role("button", name="Enviar archivo").click()
    taken = await meta.until(4)
    assert (taken[-1].kind, taken[-1].said) == ("image", "Así es el local")
    await expect(page.locator(".attached")).to_be_empty()
    await expect(page.get_by_role("log").get_by_role("img")).to_be_visible()


async def use_a_template(
    page: Page, meta: FakeGraph, tell: Tell, waba: str, number: str, picture: Picture
) -> None:
    """One of ours, sent to Meta and approved there."""
    await page.goto("/app/channels/templates/")
    offer = page.locator(".tile", has=page.get_by_text("Ya tenemos tu respuesta"))
    await offer.get_by_role("button", name="Usar esta plantilla").click()
    await expect(offer.get_by_text("En revisión")).to_be_visible()
    meta.templates[-1]["status"] = "APPROVED"
    approved = {
        "event": "APPROVED",
        "message_template_id": 1,
        "message_template_name": "vulkn_reply_waiting_1",
        "message_template_language": "es_MX",
        "reason": "NONE",
    }
    await tell(envelope(approved, number=number, waba=waba, name="message_template_status_update"))
    await expect(offer.get_by_text("Aprobada")).to_be_visible()
    await picture(page, "templates")


async def test_a_customer_of_whatsapp(
    new_page: NewPage, picture: Picture, meta: FakeGraph, tell: Tell, stack_database: str
) -> None:
    number, waba = str(uuid4().int)[:15], str(uuid4().int)[:15]
    meta.numbers[waba] = [number]
    page = await new_page()
    await a_business_that_knows(page)
    await connect(page, number, waba, picture)
    await picture(page, "channels-connected")

    await tell(inbound(QUESTION, sender=CUSTOMER, number=number, waba=waba))
    (answer,) = await meta.until(1)
    assert "$740" in answer.said
    await go_to(page, "Conversaciones")
    row = page.locator(".rows").get_by_role("link", name=re.compile("Lucía"))
    await expect(row).to_contain_text("WhatsApp")
    await row.click()
    talk = page.get_by_role("log")
    await expect(talk).to_contain_text("$740")
    await expect(page.get_by_text("Puedes escribirle libremente")).to_be_visible()
    for state, words in (("delivered", "Entregado"), ("read", "Leído")):
        await tell(status(answer, state, number=number, waba=waba))
        await expect(talk.get_by_title(words)).to_be_visible()
    await picture(page, "answered-and-read")

    await page.get_by_role("button", name="Tomar").click()
    await page.get_by_placeholder("Escribe un mensaje…").fill("Soy Ana. ¿Te aparto un lugar?")
    await page.keyboard.press("Enter")
    taken = await meta.until(2)
    assert taken[-1].said == "Soy Ana. ¿Te aparto un lugar?"
    await expect(talk.get_by_title("Enviado")).to_be_visible()
    await quote_and_attach(page, meta, picture)

    await use_a_template(page, meta, tell, waba, number, picture)
    with psycopg.connect(stack_database, autocommit=True) as admin:
        admin.execute(
            "update conversations set window_until = now() - interval '1 minute' where channel_id ="
            " (select id from channels where external_id = %s)",
            (number,),
        )
    await go_to(page, "Conversaciones")
    await row.click()
    await expect(page.get_by_text("Pasaron 24 horas desde su último mensaje")).to_be_visible()
    await expect(page.get_by_placeholder("Escribe un mensaje…")).to_have_count(0)
    await picture(page, "window-closed")
    await page.get_by_role("button", name="Elegir plantilla").click()
    sheet = page.get_by_role("dialog", name="Enviar una plantilla")
    await sheet.get_by_role("button", name=re.compile("vulkn_reply_waiting_1")).click()
    await sheet.get_by_label("Dato «2»").fill("Clínica Luna")
    await expect(sheet.get_by_text("Hola Lucía, ya tenemos la respuesta")).to_be_visible()
    await picture(page, "template")
    await sheet.get_by_role("button", name="Enviar plantilla").click()

    taken = await meta.until(5)
    assert taken[-1].said == "vulkn_reply_waiting_1"
    await expect(sheet).to_be_hidden()
    await expect(page.get_by_role("log")).to_contain_text("ya tenemos la respuesta")


async def test_a_number_comes_from_meta_s_own_window(
    new_page: NewPage, picture: Picture, meta: FakeGraph
) -> None:
    number, waba = str(uuid4().int)[:15], str(uuid4().int)[:15]
    meta.numbers[waba] = [number]
    page = await new_page()
    await sign_up(page, an_email("ana"))

    await connect_in_meta_s_window(page, meta, number, waba, picture)
