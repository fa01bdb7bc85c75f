"""A short word that it worked never lies over what comes next."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, sign_up
from tests.e2e.test_hosted_chat import PHONE
from tests.widget.visitor import ask, bubbles

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK = {"viewport": {"width": 1440, "height": 900}}
# What somebody types in or presses next, as far as it shows.
COVERED = """toast => {
  const box = toast.getBoundingClientRect();
  const seen = [...document.querySelectorAll('input, textarea, select, .button-primary, .button-soft')];
  return seen.filter((element) => element.checkVisibility()).map((element) => [element, element.getBoundingClientRect()])
    .filter(([, at]) => at.left < box.right && at.right > box.left && at.top < box.bottom && at.bottom > box.top)
    .map(([element]) => element.outerHTML);
}"""


async def covers_nothing(page: Page, words: str) -> None:
    toast = page.locator("[data-sonner-toast][data-visible=true]")
    await expect(toast).to_have_count(1)
    await expect(toast).to_contain_text(words)
    await expect(toast).to_have_attribute("data-mounted", "true")
    await toast.evaluate("toast => Promise.allSettled(toast.getAnimations().map((each) => each.finished))")
    assert await toast.evaluate(COVERED) == []


@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_toast_covers_no_field_and_no_button(
    new_page: NewPage, picture: Picture, device: dict[str, Any]
) -> None:
    owner, visitor = await new_page(**device), await new_page()
    await sign_up(owner, an_email("ana"), business="Óptica Norte")

    await owner.goto("/app/agent/")
    for words in ("Tu agente está atendiendo", "Tu agente está en pausa", "Tu agente está atendiendo"):
        await owner.get_by_role("switch", name="Agente activo").click()
        await covers_nothing(owner, words)
    await picture(owner, "page")

    await visitor.goto(await owner.get_by_text("/c/optica-norte").inner_text())
    await ask(visitor, "¿Hacen lentes progresivos?")
    await expect(bubbles(visitor, "agent").last).to_contain_text("No tengo esa información")
    await owner.goto("/app/inbox/")
    await owner.get_by_role("link", name="Visitante").click()
    await owner.get_by_role("button", name="Tomar").click()
    await covers_nothing(owner, "La conversación es tuya")
    await picture(owner, "conversation")

    await owner.goto("/app/team/")
    await owner.get_by_role("button", name="Invitar").click()
    sheet = owner.get_by_role("dialog")
    await sheet.get_by_label("Correo").fill(an_email("beto"))
    await sheet.get_by_role("button", name="Crear invitación").click()
    await sheet.get_by_role("button", name="Copiar").click()
    await covers_nothing(owner, "Copiado")
    await picture(owner, "sheet")
