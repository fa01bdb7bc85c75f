"""Somebody tries a question, sees that nothing answers it, writes the answer and tries again."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, know, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_question_without_an_answer_gets_one(new_page: NewPage, picture: Picture) -> None:
    page = await new_page()
    await sign_up(page, an_email("ana"), business="Hotel Luna")

    await page.goto("/app/knowledge/test/")
    await expect(page.get_by_text("Aún nadie ha preguntado")).to_be_visible()
    question = page.get_by_role("textbox", name="¿Qué preguntaría un cliente?")
    await question.fill("¿aceptan perros?")
    await question.press("Enter")
    await expect(page.get_by_text("No respondería")).to_be_visible()
    await page.get_by_role("link", name="Escribir la respuesta").click()
    await know(page, "¿Aceptan perros?", "Sí, hasta dos perros con correa.")

    await page.goto("/app/knowledge/test/?q=puedo llevar a mi perro")
    await expect(page.get_by_text("Sí respondería")).to_be_visible()
    await expect(page.get_by_role("link", name="¿Aceptan perros?")).to_be_visible()
    await picture(page, "found")
    await page.get_by_role("button", name="Inglés").click()
    await page.get_by_text("Lo que leería el modelo").click()
    await expect(page.locator("pre")).to_contain_text("Sí, hasta dos perros con correa.")
