"""Somebody who works for two businesses goes from one to the other."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, sign_out, sign_up
from tests.e2e.test_member import invited

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_the_account_menu_leads_to_the_other_business_and_its_open_pages_follow(
    new_page: NewPage, picture: Picture
) -> None:
    ana, beto, email = await new_page(), await new_page(), an_email("beto")
    await sign_up(beto, email, name="Beto Sáenz", business="Café Beto")
    await expect(beto.get_by_text("Así va Café Beto.")).to_be_visible()
    await beto.get_by_role("button", name="Cuenta").click()
    await expect(beto.get_by_text("Tus negocios")).to_have_count(0)
    await beto.keyboard.press("Escape")
    await sign_up(ana, an_email("ana"), business="Óptica Norte")

    await beto.goto(await invited(ana, email, picture))
    await beto.get_by_role("button", name="Entra y únete con ella").click()
    await expect(beto.get_by_text("Así va Óptica Norte.")).to_be_visible()
    before = await beto.context.new_page()
    await before.goto("/app/knowledge/")
    await expect(before.get_by_role("button", name="Agregar").first).to_be_visible()

    await beto.get_by_role("button", name="Cuenta").click()
    await picture(beto, "menu")
    await beto.get_by_role("menuitem", name="Café Beto").click()
    await expect(beto.get_by_text("Así va Café Beto.")).to_be_visible()

    await before.get_by_role("button", name="Agregar").first.click()
    await expect(before.get_by_role("complementary").get_by_text("Café Beto")).to_be_visible()
    await expect(before.get_by_role("dialog")).to_have_count(0)
    await sign_out(beto)
