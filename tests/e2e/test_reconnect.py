"""The line is lost and comes back, as on a phone all day: what somebody was writing is still there."""

import re

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_account, an_email, sign_up
from tests.waiting import until
from tests.widget.visitor import ask, bubbles

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WORDS = "Lo que estaba escribiendo"


class Line:
    """A dashboard's socket. The server does not notice that it is cut: nobody says good-bye on a phone."""

    def __init__(self) -> None:
        self._sockets: list[WebSocketRoute] = []
        self._whole = 0

    async def lead_to(self, page: Page) -> None:
        self._device = page.context
        await page.route_web_socket("**/_event/**", self._take)

    async def cut(self) -> None:
        await self.lose()
        await self.find()

    async def lose(self) -> None:
        self._whole = 0
        await self._device.set_offline(True)
        await self._sockets[-1].close(code=1001)

    async def find(self) -> None:
        """Until the page has looked once more."""
        await self._device.set_offline(False)
        await until(self._is_whole)

    async def _is_whole(self) -> bool:
        return self._whole > 0

    def _take(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            self._whole += '"is_hydrated_rx_state_":true' in str(message)
            socket.send(message)

        server.on_message(pass_on)
        self._sockets.append(socket)


async def written(page: Page, line: Line, label: str) -> None:
    """Writes, loses the line, and finds the words as they were."""
    field = page.get_by_label(label, exact=True).first
    await field.fill(WORDS)
    await line.cut()
    await expect(field).to_have_value(WORDS)
    await expect(field).to_be_focused()


async def test_the_guide_keeps_what_a_new_client_was_typing(new_page: NewPage) -> None:
    phone, line = await new_page(**PHONE), Line()
    await line.lead_to(phone)
    await an_account(phone, an_email("ana"))

    await written(phone, line, "Nombre del negocio")
    await expect(phone.get_by_text("disponible", exact=True)).to_be_visible()
    await phone.get_by_role("button", name="Crear mi negocio").click()
    await expect(phone.get_by_text("Paso 2 de 6")).to_be_visible()
    answer = phone.locator("#hours_es")
    await answer.fill(WORDS)
    await line.cut()
    await expect(answer).to_have_value(WORDS)


async def test_pages_keep_what_an_owner_was_typing(new_page: NewPage, picture: Picture) -> None:
    phone, line = await new_page(**PHONE), Line()
    await sign_up(phone, an_email("ana"))
    await line.lead_to(phone)

    await phone.goto("/app/agent/")
    await written(phone, line, "Instrucciones")
    await phone.goto("/app/channels/look/")
    await expect(phone.frame_locator("[data-look-preview]").get_by_role("dialog")).to_be_visible()
    await written(phone, line, "Saludo en español")
    await phone.goto("/app/knowledge/?new=¿Abren los domingos?")
    await written(phone, line, "Respuesta")
    await picture(phone, "a-sheet-after-the-line-was-lost")
    await phone.goto("/app/knowledge/import/")
    await written(phone, line, "O lee tu página web")
    await phone.goto("/app/team/")
    await phone.get_by_role("button", name="Invitar").click()
    await written(phone, line, "Correo")


async def test_an_answer_is_kept_and_what_came_meanwhile_is_there(new_page: NewPage) -> None:
    owner, visitor, line = await new_page(**PHONE), await new_page(), Line()
    await sign_up(owner, an_email("ana"))
    await owner.goto("/app/agent/")
    await owner.get_by_role("switch", name="Agente activo").click()
    await expect(owner.get_by_text("Atendiendo a tus clientes")).to_be_visible()
    await visitor.goto(await owner.get_by_text("/c/").first.inner_text())
    await ask(visitor, "¿Abren los domingos?")
    await expect(bubbles(visitor, "agent")).to_have_count(2)
    await line.lead_to(owner)
    await owner.goto("/app/inbox/")
    await owner.get_by_role("link", name=re.compile("^Visitante")).click()
    await owner.get_by_role("button", name="Tomar").click()

    reply = owner.get_by_placeholder("Escribe un mensaje…")
    await reply.fill(WORDS)
    await line.lose()
    await ask(visitor, "¿Y los lunes?")
    await expect(visitor.get_by_role("log")).to_contain_text("¿Y los lunes?")
    await expect(owner.get_by_text("Sin conexión")).to_be_visible()
    await line.find()
    await expect(owner.get_by_role("log")).to_contain_text("¿Y los lunes?")
    await expect(reply).to_have_value(WORDS)
