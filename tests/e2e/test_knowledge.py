"""An owner keeps the knowledge true: on a desk and on a phone, and back again from every change."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, know, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_two_prices_for_one_thing_are_found_corrected_and_undone(
    new_page: NewPage, picture: Picture
) -> None:
    desk = await new_page()
    await a_small_business(desk)
    await expect(desk.get_by_role("button", name="2 en contradicción")).to_be_visible()
    await picture(desk, "contradiction")

    await line(desk, "Corte de dama").locator(".row-open").click()
    sheet = desk.get_by_role("dialog", name="Editar entrada")
    await expect(sheet.get_by_text("Aquí dice $280; «Lista de precios» dice $300.")).to_be_visible()
    await picture(desk, "sheet")
    await sheet.locator("#body_es").fill("Cuesta **$300**.")
    await sheet.get_by_role("button", name="Vista previa").click()
    await expect(sheet.locator(".written strong")).to_have_text("$300")
    await sheet.get_by_role("button", name="Guardar").click()
    await expect(sheet).to_be_hidden()
    await expect(desk.get_by_text(re.compile("en contradicción"))).to_have_count(0)

    await line(desk, "Corte de dama").locator(".row-open").click()
    await sheet.get_by_text("1 cambio").click()
    await sheet.get_by_role("button", name="Volver a esto").click()
    await expect(sheet.get_by_text("2 cambios")).to_be_visible()
    await expect(sheet.locator("#body_es")).to_have_value("Cuesta $280.")
    await picture(desk, "history")


async def test_a_line_is_written_over_and_an_offer_gets_its_last_day(
    new_page: NewPage, picture: Picture
) -> None:
    desk = await new_page()
    await a_small_business(desk)

    await line(desk, "Corte de dama").get_by_role("button", name="Editar aquí").click()
    await desk.get_by_role("textbox", name="Respuesta").fill("Cuesta $300.")
    await picture(desk, "in-its-place")
    await line(desk, "").get_by_role("button", name="Guardar").click()
    await expect(line(desk, "Corte de dama")).to_contain_text("Cuesta $300.")

    await desk.get_by_role("button", name="Agregar").click()
    sheet = desk.get_by_role("dialog", name="Nueva entrada")
    await sheet.locator("#title_es").fill("Martes")
    await sheet.locator("#body_es").fill("2x1 en cortes")
    await sheet.get_by_label("Tipo").select_option("note")
    await sheet.get_by_role("button", name="Guardar").click()
    await expect(sheet.get_by_label("Hasta")).to_be_focused()
    await picture(desk, "offer")
    await sheet.get_by_label("Hasta").fill("2020-01-31")
    await sheet.get_by_role("button", name="Guardar").click()
    await expect(line(desk, "Martes")).to_contain_text("Venció el 31 ene")


async def test_on_a_phone_what_was_picked_is_deleted_and_comes_back(
    new_page: NewPage, picture: Picture
) -> None:
    phone = await new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    await a_small_business(phone)
    await phone.locator(".row-head .tick").click()
    await expect(phone.get_by_text("2 elegidas")).to_be_visible()
    await picture(phone, "picked")

    await phone.get_by_role("toolbar").get_by_role("button", name="Eliminar").click()
    await phone.get_by_role("alertdialog").get_by_role("button", name="Eliminar").click()
    await expect(phone.get_by_text("2 entradas eliminadas")).to_be_visible()
    await phone.get_by_role("button", name="Eliminadas").click()
    await expect(phone.get_by_role("button", name="Restaurar")).to_have_count(2)
    await picture(phone, "deleted")
    await phone.get_by_role("button", name="Deshacer").click()
    await expect(phone.get_by_role("button", name="Restaurar")).to_have_count(0)
    await phone.get_by_role("button", name="Activas").click()
    await expect(phone.locator(".row-entry")).to_have_count(2)
    assert await phone.evaluate("document.documentElement.scrollWidth") == 390


async def a_small_business(page: Page) -> None:
    await sign_up(page, an_email("ana"))
    await page.goto("/app/knowledge/?begin=1")
    await know(page, "Corte de dama", "Cuesta $280.")
    await page.goto("/app/knowledge/?begin=1")
    await know(page, "Lista de precios", "Corte de dama $300\nCorte de niño $150")
    await expect(page.locator(".row-entry")).to_have_count(2)


def line(page: Page, title: str):
    """The entry's line in the list; with no title the one that is written over."""
    if not title:
        return page.locator(".row-entry").filter(has=page.locator("form"))
    return page.locator(".row-entry").filter(has=page.locator(".strong", has_text=title))
