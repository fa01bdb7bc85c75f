"""The chat page of a business without a website, on a phone."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import NewPage, Picture
from tests.factories import a_business
from tests.widget.visitor import ask, bubbles

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


async def test_on_a_phone_the_link_is_the_chat(
    new_page: NewPage, picture: Picture, stack_database: str
) -> None:
    business, phone = a_business(stack_database), await new_page(**PHONE)
    complaints: list[str] = []
    phone.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    await phone.goto(f"/c/{business.slug}")
    await expect(phone.get_by_role("heading", name="Clínica Sol")).to_be_attached()
    await expect(phone.get_by_role("textbox")).to_be_visible()
    await picture(phone, "open")
    await ask(phone, "¿Hay estacionamiento?")
    await expect(bubbles(phone, "agent").last).to_contain_text("estacionamiento gratuito")
    await ask(phone, "Do you open on Saturdays?")
    await expect(bubbles(phone, "agent").last).to_contain_text("Saturdays 9 am to 2 pm")
    await picture(phone, "answered")

    assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await phone.reload()
    await expect(bubbles(phone, "visitor")).to_have_text(
        ["¿Hay estacionamiento?", "Do you open on Saturdays?"]
    )
    assert complaints == []


async def test_a_business_that_nobody_has_is_a_page_that_says_so(new_page: NewPage, picture: Picture) -> None:
    phone = await new_page(**PHONE)

    answer = await phone.goto("/c/no-hay-tal-negocio")

    assert answer
    assert answer.status == 404
    await expect(phone.get_by_role("heading").first).to_be_visible()
    await picture(phone, "missing")


async def test_a_business_that_is_not_live_yet_says_so(
    new_page: NewPage, picture: Picture, stack_database: str
) -> None:
    phone = await new_page(**PHONE)

    await phone.goto(f"/c/{a_business(stack_database, live=False).slug}")

    await expect(phone.get_by_text("Este chat aún no está abierto.")).to_be_visible()
    await picture(phone, "not-live")
