"""Somebody of VULKN stands in a client's shoes: with their factor, a reason and a confirmation; the owner sees it all."""

import base64
import re
import time

import psycopg
import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, go_to, know, sign_up
from vulkn_app.administrators import factor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHY = "Ticket 4711: no ve bien sus precios"


async def enter(page: Page, picture: Picture) -> None:
    """The first entry of an administrator: enrols and shows the first code."""
    await page.goto("/admin/")
    await expect(page.get_by_role("img", name="Código QR")).to_be_visible(timeout=20_000)
    await picture(page, "enrolling")
    secret = base64.b32decode((await page.locator(".copy code").inner_text()).replace(" ", ""))
    code = factor.code_at(secret, int(time.time()) // factor.STEP)
    await page.get_by_label("Código de seis números").fill(code)
    await page.get_by_role("button", name="Entrar").click()
    await expect(page.get_by_role("heading", name="Negocios")).to_be_visible(timeout=20_000)


async def stand_in(page: Page, name: str, picture: Picture) -> None:
    await page.get_by_role("searchbox").fill(name)
    row = page.locator(".on-desk").get_by_role("button", name=name)
    await row.click()
    sheet = page.get_by_role("dialog")
    await picture(page, "organization")
    await sheet.get_by_role("button", name="Entrar como soporte").click()
    await sheet.get_by_label("Motivo").fill("corto")
    await sheet.get_by_role("button", name="Entrar", exact=True).click()
    await expect(sheet.get_by_text("Escribe el motivo")).to_be_visible()
    await sheet.get_by_label("Motivo").fill(WHY)
    await sheet.get_by_role("button", name="Entrar", exact=True).click()
    await expect(page).to_have_url("/app/", timeout=20_000)


async def test_support_looks_writes_with_confirmation_and_leaves_and_the_owner_sees_it(
    new_page: NewPage, picture: Picture, stack_database: str
) -> None:
    owner, helper, email = await new_page(), await new_page(), an_email("vulkn")
    name = f"Clínica Luna {email[6:14]}"
    await sign_up(owner, an_email("ana"), business=name)
    await sign_up(helper, email, name="Sol Soporte", business="Soporte propio")
    with psycopg.connect(stack_database, autocommit=True) as admin:
        admin.execute(
            "insert into app.platform_admins (user_id) select id from auth.users where email = %s", (email,)
        )

    await enter(helper, picture)
    await picture(helper, "organizations")
    await stand_in(helper, name, picture)
    banner = helper.locator(".standing")
    await expect(banner).to_contain_text(f"Soporte dentro de {name}", timeout=20_000)
    await expect(helper).to_have_title(re.compile(r"🔴 (29|30):\d\d · "))
    await picture(helper, "reading")

    await go_to(helper, "Conocimiento")
    await confirm(helper, picture)
    await helper.get_by_role("button", name="Agregar").first.click()
    await know(helper, "Precio de la limpieza", "La limpieza dental cuesta $650 pesos.")
    await expect(helper.get_by_text("Precio de la limpieza").first).to_be_visible()
    await banner.get_by_role("button", name="Salir").click()
    await expect(helper.get_by_role("heading", name="Negocios")).to_be_visible()
    await expect(helper).not_to_have_title(re.compile("🔴"))

    await owner.goto("/app/")
    await go_to(owner, "Registro")
    main = owner.get_by_role("main")
    await expect(main.get_by_text("Soporte VULKN entró el").first).to_be_visible()
    await expect(main.get_by_text(WHY).first).to_be_visible()
    await expect(main.get_by_text("vio Conocimiento").first).to_be_visible()
    await expect(main.get_by_text("agregó una entrada de conocimiento").first).to_be_visible()
    await expect(main.get_by_text("Registro íntegro")).to_be_visible()
    await picture(owner, "audit")
    await main.get_by_role("switch", name="Permitir acceso de soporte").click()
    await expect(main.get_by_role("switch", name="Permitir acceso de soporte")).not_to_be_checked()


async def confirm(page: Page, picture: Picture) -> None:
    await page.locator(".standing").get_by_role("button", name="Permitir cambios").click()
    sheet = page.get_by_role("dialog", name="¿Permitir cambios?")
    hint = await sheet.locator("#slug-hint").inner_text()
    slug = hint.rpartition(" ")[2]
    await picture(page, "asking")
    await sheet.get_by_label("Escribe el nombre corto").fill(slug)
    await sheet.get_by_role("button", name="Permitir cambios").click()
    await expect(page.locator(".standing")).to_contain_text("Puedes cambiar cosas", timeout=20_000)
