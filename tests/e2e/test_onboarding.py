"""From a stranger's sign-up to a graded, live agent whose widget answers on another origin, in one go."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_account, an_email, go_to, sign_in
from tests.e2e.test_journey import open_chat_of
from tests.widget.visitor import ask, bubbles

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "timezone_id": "America/Bogota"}
HOURS = "lunes a viernes de 9:00 a 19:00"
CLEANING = "cuesta $740 y dura 40 minutos"
TEN_MINUTES = 600
# Where it stands in the page, also while the page still rises into its place.
PLACE = "one => { let y = 0; for (; one; one = one.offsetParent) y += one.offsetTop; return y }"


async def step(page: Page, number: int) -> None:
    await expect(page.get_by_text(f"Paso {number} de 6")).to_be_visible()


async def founds(page: Page) -> None:
    """Step 1: the address as it is typed, the country of the browser. What comes while somebody types moves nothing
    that they press next."""
    onward = page.get_by_role("button", name="Crear mi negocio")
    await expect(page.get_by_label("País")).to_have_value("CO")
    before = await onward.evaluate(PLACE)
    await page.get_by_label("Nombre del negocio").fill("Dental Ñandú")
    await expect(page.get_by_text(re.compile(r"/c/dental-nandu"))).to_be_visible()
    await expect(page.get_by_text("disponible", exact=True)).to_be_visible()
    assert await onward.evaluate(PLACE) == before
    await expect(page.get_by_label("Moneda")).to_have_value("COP")
    await page.get_by_label("Giro").select_option(label="Consultorio dental")
    await onward.click()
    await step(page, 2)


async def sits_the_exam(page: Page) -> None:
    """Step 5: a first one shows what is missing; whoever opens all the same says why."""
    await page.get_by_role("button", name="Hacer el examen").click()
    await expect(page.get_by_role("button", name="Repetir el examen")).to_be_visible(timeout=180_000)
    onward = page.get_by_role("button", name="Seguir", exact=True)
    if not await onward.is_visible():
        await page.get_by_role("button", name="Salir al aire de todos modos").click()
        await page.get_by_label("¿Por qué sale al aire sin aprobar?").fill(
            "Mañana es la feria y yo estoy al pendiente."
        )
        await page.get_by_role("button", name="Permitir salir al aire").click()
    await onward.click()


async def test_whoever_presses_before_the_address_was_made_founds_the_same(new_page: NewPage) -> None:
    page = await new_page()
    await an_account(page, an_email("ana"))

    await page.get_by_label("Nombre del negocio").fill("Taller El Ñero")
    await page.get_by_role("button", name="Crear mi negocio").click()

    await step(page, 2)
    await page.get_by_role("button", name="Atrás").click()
    await expect(page.get_by_text(re.compile("/c/taller-el-nero"))).to_be_visible()


async def test_a_stranger_is_live_in_ten_minutes(
    new_page: NewPage, picture: Picture, foreign_site: Callable[[str], str]
) -> None:
    began, email = time.monotonic(), an_email("ana")
    phone, desk, customer = await new_page(**PHONE), await new_page(), await new_page()
    await an_account(phone, email)
    await picture(phone, "business")
    await founds(phone)

    await phone.locator("#hours_es").fill(HOURS)
    await phone.locator("#cleaning_es").fill(CLEANING)
    await phone.locator("#cleaning_es").blur()
    await picture(phone, "questions")
    # Another device goes on with what was typed.
    await sign_in(desk, email)
    await desk.get_by_role("link", name="Continúa: paso 2 de 6").click()
    await expect(desk.locator("#cleaning_es")).to_have_value(CLEANING)
    await picture(desk, "questions-on-a-desk")
    await desk.get_by_role("button", name="Guardar y seguir").click()

    await step(desk, 3)
    await desk.get_by_label("Nombre", exact=True).fill("Lupita")
    await desk.get_by_placeholder("Pregunta algo…").fill("¿Quién eres?")
    await desk.keyboard.press("Enter")
    trial = desk.get_by_role("log", name="Pruébalo")
    await expect(trial).to_contain_text("Lupita")
    await picture(desk, "voice")
    await desk.get_by_role("button", name="Guardar y seguir").click()

    await step(desk, 4)
    code = await desk.get_by_text("<script").inner_text()
    await customer.goto(foreign_site(code))
    await expect(desk.get_by_text(re.compile(r"Visto en 127\.0\.0\.1:\d+ ahora"))).to_be_visible()
    await picture(desk, "seen-live")
    await desk.get_by_role("button", name="Seguir", exact=True).click()

    await step(desk, 5)
    await sits_the_exam(desk)
    await picture(desk, "exam")

    await step(desk, 6)
    await desk.get_by_role("button", name="Abrir mi agente").click()
    await expect(desk.get_by_role("heading", name="¡Ya está atendiendo!")).to_be_visible()
    await expect(desk.locator(".confetti")).to_have_count(1)
    await picture(desk, "live")
    await desk.reload()
    await expect(desk.get_by_role("heading", name="¡Ya está atendiendo!")).to_be_visible()
    await expect(desk.locator(".confetti")).to_have_count(0)
    await expect(desk.get_by_alt_text(re.compile("^Código QR que abre .*dental-nandu"))).to_be_visible()

    await open_chat_of(customer, customer.url, agent="Lupita")
    await ask(customer, "Hola, ¿cuánto cuesta la limpieza dental?")
    await expect(bubbles(customer, "agent").last).to_contain_text("$740")
    await picture(customer, "the-widget-answers")

    await desk.get_by_role("link", name="Ir a mi panel").click()
    await expect(desk.get_by_text("Continúa: paso")).to_have_count(0)
    await go_to(desk, "Clientes")
    await expect(desk.get_by_role("row").nth(1)).to_be_visible()
    assert time.monotonic() - began < TEN_MINUTES
