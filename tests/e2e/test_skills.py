"""An owner sets a skill up on a phone, publishes it, and sees in the playground that it is used."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, script_sees_no_secret, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMERGENCY = "Es una emergencia, mi hijo no respira"


async def test_a_published_phone_number_is_given_in_the_playground(
    new_page: NewPage, picture: Picture
) -> None:
    phone = await new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    await sign_up(phone, an_email("ana"))
    await phone.get_by_role("button", name="Cuenta").click()
    await phone.get_by_role("menuitem", name="Habilidades").click()
    await expect(phone.get_by_role("heading", level=1, name="Habilidades")).to_be_visible()
    await expect(phone.get_by_text("Está en el plan Pro.")).to_be_visible()
    await picture(phone, "catalogue")

    sheet = await set_up(phone, "Pasar a una persona")
    await sheet.get_by_label("Teléfono de emergencias").fill("llama a la policía")
    await sheet.get_by_role("button", name="Publicar").click()
    await expect(sheet.get_by_text("No tiene la forma correcta.")).to_be_visible()
    await expect(sheet.get_by_label("Teléfono de emergencias")).to_have_value("llama a la policía")
    await picture(phone, "refused")
    await sheet.get_by_label("Teléfono de emergencias").fill("55 1234 5678")
    await sheet.get_by_role("button", name="Publicar").click()
    await expect(sheet.get_by_text("En uso")).to_have_count(1)
    await sheet.get_by_label("Teléfono de emergencias").fill("911")
    await sheet.get_by_role("button", name="Guardar borrador").click()
    await expect(sheet.get_by_text("Qué cambia respecto a lo publicado")).to_be_visible()
    await picture(phone, "draft")
    await phone.keyboard.press("Escape")
    await expect(phone.get_by_text("Cambios sin publicar")).to_be_visible()

    await phone.get_by_role("link", name="Probar").click()
    await expect(phone.get_by_role("heading", level=1, name="Prueba")).to_be_visible()
    await phone.get_by_label("Pregunta algo…").fill(EMERGENCY)
    await phone.keyboard.press("Enter")
    talk = phone.get_by_role("log")
    await expect(talk).to_contain_text("llama ya al 55 1234 5678")
    await talk.get_by_text(re.compile("^Por qué")).click()
    await expect(talk.get_by_text("hand_over")).to_be_visible()
    await expect(talk.get_by_text("dice que es urgente")).to_be_visible()
    await script_sees_no_secret(phone)
    await picture(phone, "playground")
    await phone.get_by_role("button", name="Empezar de nuevo").click()
    await expect(phone.get_by_text("Pregunta como un cliente")).to_be_visible()


async def test_a_form_made_of_questions_is_filled_in_in_the_playground(
    new_page: NewPage, picture: Picture
) -> None:
    phone = await new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    await sign_up(phone, an_email("ana"))
    await phone.goto("/app/skills/?skill=intake")
    sheet = phone.get_by_role("dialog", name="Formularios")
    add = sheet.get_by_role("button", name="Agregar")
    await add.click()
    await sheet.get_by_label("Nombre del formulario", exact=True).fill("Cotización")
    await sheet.get_by_label("Frases que lo empiezan").fill("quiero cotizar")
    for number in range(2):  # the first button is that of the questions, the second one of the forms
        await add.first.click()
        await expect(sheet.get_by_label("Pregunta", exact=True)).to_have_count(number + 1)
    await sheet.get_by_label("Pregunta", exact=True).nth(0).fill("¿Qué celebras?")
    await sheet.get_by_role("button", name="Publicar").click()
    await expect(sheet.get_by_text("Falta este dato.")).to_have_count(1)
    await picture(phone, "second-question-missing")
    await sheet.get_by_label("Pregunta", exact=True).nth(1).fill("¿Cuántos invitados?")
    await sheet.get_by_label("Tipo de respuesta").nth(1).select_option("number")
    await sheet.get_by_role("button", name="Publicar").click()
    await expect(phone.get_by_text("Publicado: vale desde el siguiente mensaje")).to_be_visible()
    await sheet.locator("summary", has_text="Cotización").click()
    await expect(sheet.locator("summary", has_text="¿Cuántos invitados?")).to_be_visible()
    await picture(phone, "published")

    await phone.goto("/app/playground/")
    talk = phone.get_by_role("log")
    for said, told in (
        ("Hola, quiero cotizar", "¿Qué celebras?"),
        ("Una boda", "¿Cuántos invitados?"),
        ("muchos", "Ahí necesito un número."),
        ("120", "Ya tenemos tus respuestas."),
    ):
        await phone.get_by_label("Pregunta algo…").fill(said)
        await phone.keyboard.press("Enter")
        await expect(talk).to_contain_text(told)
    await picture(phone, "filled-in")


async def set_up(page: Page, skill: str):
    """Opens the sheet of a skill."""
    await page.locator(".tile", has_text=skill).get_by_role("button", name="Configurar").click()
    sheet = page.get_by_role("dialog", name=skill)
    await expect(sheet).to_be_visible()
    return sheet
