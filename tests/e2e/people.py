"""What people do with the product, in their words."""

from uuid import uuid4

import psycopg
from playwright.async_api import Page, expect

PASSWORD = "correcto-caballo-7"
operator: dict[str, str] = {}  # the stack's database, for what somebody at the shell does


def an_email(name: str) -> str:
    return f"{name}-{uuid4().hex[:8]}@luna.example"


async def sign_up(page: Page, email: str, *, name: str = "Ana Ruiz", business: str = "Clínica Luna") -> None:
    """Somebody whom an operator spares the rest of the guide: it has a test of its own (test_onboarding)."""
    await an_account(page, email, name=name)
    await page.get_by_label("Nombre del negocio").fill(business)
    # As a person does, who sees the address before they go on.
    await expect(page.get_by_text("disponible", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Crear mi negocio").click()
    await expect(page.get_by_text("Paso 2 de 6")).to_be_visible()
    with psycopg.connect(operator["database"], autocommit=True) as operating:
        operating.execute(
            "select app.onboarding_over(m.org_id) from memberships m join auth.users u on u.id = m.user_id"
            " where u.email = %s",
            [email],
        )
    await page.goto("/app/")


async def an_account(page: Page, email: str, *, name: str = "Ana Ruiz") -> None:
    await page.goto("/signup/")
    await page.get_by_label("Tu nombre").fill(name)
    await page.get_by_label("Correo").fill(email)
    await page.get_by_label("Contraseña").fill(PASSWORD)
    await page.get_by_role("button", name="Crear cuenta").click()
    await expect(page).to_have_url("/onboarding/")


async def sign_in(page: Page, email: str) -> None:
    await page.goto("/login/")
    await page.get_by_label("Correo").fill(email)
    await page.get_by_label("Contraseña").fill(PASSWORD)
    await page.get_by_role("button", name="Entrar", exact=True).click()
    await expect(page).to_have_url("/app/")


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Cuenta").click()
    await page.get_by_role("menuitem", name="Cerrar sesión").click()
    await expect(page).to_have_url("/login/")


async def go_to(page: Page, place: str) -> None:
    """By the navigation at the side."""
    link = page.get_by_role("navigation", name="Principal").get_by_role("link", name=place)
    await link.click()
    await expect(link).to_have_attribute("aria-current", "page")
    await expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()


async def know(page: Page, title: str, answer: str) -> None:
    """Fills the open sheet of a knowledge entry and saves it."""
    sheet = page.get_by_role("dialog", name="Nueva entrada")
    # The sheet has a tab a language; the Spanish one is in sight.
    await sheet.locator("#title_es").fill(title)
    await sheet.locator("#body_es").fill(answer)
    await sheet.get_by_role("button", name="Guardar").click()
    await expect(sheet).to_be_hidden()


async def script_sees_no_secret(page: Page) -> None:
    """What any script on the page could read and send away."""
    assert await page.evaluate("document.cookie") == ""
    assert "eyJ" not in await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
