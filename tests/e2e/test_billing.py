"""An owner pays for a bigger plan, has a payment fail and mends it, and goes down to free: with the provider that takes
no money, which `up` has on one's own machine."""

import re

import psycopg
import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, sign_up
from tests.plugins.axe import Axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
PRICE = "$1,449"
LET_A_MONTH_PASS = """
    update subscriptions s set until = now() - interval '1 second' from memberships m join auth.users u on u.id = m.user_id
    where m.org_id = s.org_id and u.email = %s
"""


def plan(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=f"Plan {name}", exact=True)


async def goes_to(page: Page, plan: str) -> None:
    """From the button of a plan, by the sentence on what it means, to where it is paid."""
    await page.get_by_role("button", name=f"Cambiar a {plan}").click()
    sheet = page.get_by_role("dialog", name=f"Cambiar a {plan}")
    await expect(sheet).to_contain_text(PRICE)
    await sheet.get_by_role("button", name="Ir a pagar").click()
    await expect(page.get_by_role("heading", name="Pago de prueba")).to_be_visible()


async def does(page: Page, act: str) -> None:
    """On the provider's page, which leads back to ours."""
    await page.get_by_role("button", name=re.compile(act)).click()
    await expect(page).to_have_url(re.compile("/app/billing/$"))


def the_period_ends(database: str, email: str) -> None:
    """What the worker's clock does each minute, once the paid month is over."""
    with psycopg.connect(database, autocommit=True) as connection:
        assert connection.execute(LET_A_MONTH_PASS, [email]).rowcount == 1
        connection.execute("select app.plans_by_the_clock()")


async def test_a_plan_is_paid_fails_is_mended_and_is_left(
    new_page: NewPage, picture: Picture, axe: Axe, stack_database: str
) -> None:
    page, email = await new_page(**PHONE, bypass_csp=True), an_email("ana")
    await sign_up(page, email)
    await page.goto("/app/billing/")
    limits = page.get_by_role("listitem").filter(has_text=re.compile("Personas en el equipo"))
    invoices = page.get_by_role("listitem").filter(has_text=PRICE).filter(has_text="Pro")
    await expect(page.get_by_text("Todavía no hay pagos")).to_be_visible()
    few = await limits.inner_text()

    await goes_to(page, "Pro")
    assert await axe(page) == []
    await picture(page, "where-it-is-paid")
    await does(page, "Hacer como si pagara")
    await expect(plan(page, "Pro")).to_be_visible()
    await expect(page.get_by_text(re.compile(r"Se renueva el .* por \$1,449"))).to_be_visible()
    await expect(invoices.filter(has_text="Pagado")).to_have_count(1)
    await expect(limits).not_to_have_text(few)
    await picture(page, "paid")

    await page.get_by_role("button", name="Tarjeta y recibos").click()
    await does(page, "El siguiente cobro falla")
    await expect(page.get_by_text("No se pudo cobrar tu plan")).to_be_visible()
    await expect(invoices.filter(has_text="No se pudo cobrar")).to_have_count(1)
    await expect(page.get_by_role("button", name=re.compile("^(Cambiar|Bajar) a"))).to_have_count(0)
    assert await axe(page) == []
    await picture(page, "failed")

    await page.get_by_role("button", name="Pagar ahora").click()
    await does(page, "El siguiente cobro pasa")
    await expect(page.get_by_text("No se pudo cobrar tu plan")).to_have_count(0)
    await expect(invoices.filter(has_text="Pagado")).to_have_count(2)

    await page.get_by_role("button", name="Cancelar mi plan").click()
    sheet = page.get_by_role("dialog", name="Cancelar mi plan")
    await expect(sheet).to_contain_text("ya está pagado")
    await sheet.get_by_role("button", name="Sí, cancelar").click()
    await expect(page.get_by_text(re.compile("Lo cancelaste: lo tienes hasta el"))).to_be_visible()
    await expect(plan(page, "Pro")).to_be_visible()
    await picture(page, "left")

    the_period_ends(stack_database, email)
    await page.reload()
    await expect(plan(page, "Gratis")).to_be_visible()
    await expect(page.get_by_text("No te cuesta nada.")).to_be_visible()
    await expect(page.get_by_text("Lo cancelaste")).to_have_count(0)
    await picture(page, "free")
