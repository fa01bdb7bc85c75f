"""From an empty calendar to a customer who books in the chat, and hears that the business moved it."""

import re

import psycopg
import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, go_to, sign_up
from tests.e2e.test_hosted_chat import PHONE
from tests.widget.visitor import ask, bubbles

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def slug_of(url: str, email: str) -> str:
    with psycopg.connect(url) as admin:
        row = admin.execute(
            "select o.slug from organizations o join memberships m on m.org_id = o.id"
            " join profiles p on p.user_id = m.user_id where p.email = %s",
            (email,),
        ).fetchone()
    assert row
    return row[0]


async def set_up(owner: Page, picture: Picture) -> None:
    """The three steps of an empty calendar."""
    await go_to(owner, "Agenda")
    await expect(owner.get_by_text("Para que tus clientes agenden solos")).to_be_visible()
    await picture(owner, "empty")
    await owner.get_by_role("button", name="Agregar servicio").click()
    sheet = owner.get_by_role("dialog", name="Agregar servicio")
    await sheet.get_by_label("Nombre", exact=True).fill("Corte de cabello")
    await sheet.get_by_label("Precio").fill("250")
    await sheet.get_by_role("button", name="Guardar").click()
    await expect(sheet).to_be_hidden()

    await owner.get_by_role("button", name="Agregar", exact=True).click()
    sheet = owner.get_by_role("dialog", name="Agregar a quien atiende")
    await sheet.get_by_label("Nombre").fill("Laura")
    monday = sheet.get_by_role("group", name="Lunes")
    await monday.get_by_label("Hasta").fill("14:00")
    await monday.get_by_role("button", name="Agregar turno").click()
    await monday.get_by_label("Hasta").nth(1).fill("19:00")
    await monday.get_by_role("button", name="Copiar de lunes a viernes").click()
    await expect(sheet.get_by_role("group", name="Viernes").get_by_label("Hasta").nth(1)).to_have_value(
        "19:00"
    )
    await picture(owner, "hours")
    await sheet.get_by_role("button", name="Guardar").click()
    await expect(sheet).to_be_hidden()

    await owner.get_by_role("button", name="Activar citas").click()
    await expect(owner.get_by_text("Para que tus clientes agenden solos")).to_be_hidden()
    await owner.get_by_role("button", name="Quién atiende").click()
    await expect(owner.get_by_text("lun-vie 09:00 - 14:00, 16:00 - 19:00")).to_be_visible()
    await owner.get_by_role("button", name="Citas", exact=True).click()
    await expect(owner.get_by_text("No hay citas por venir")).to_be_visible()


async def test_a_booking_from_the_chat_appears_and_its_customer_hears_that_it_was_moved(
    new_page: NewPage, picture: Picture, stack_database: str
) -> None:
    owner, customer, email = await new_page(), await new_page(**PHONE), an_email("ana")
    await sign_up(owner, email, business="Barbería Norte")
    await go_to(owner, "Agente")
    await owner.get_by_role("switch", name="Agente activo").click()
    await expect(owner.get_by_text("Atendiendo a tus clientes")).to_be_visible()
    await set_up(owner, picture)

    await customer.goto(f"/c/{slug_of(stack_database, email)}")
    for words, answer in (
        ("Hola, quiero una cita para corte de cabello el próximo martes", "¿Cuál prefieres?"),
        ("la primera", "nombre"),
        ("Lucía Pérez", "teléfono"),
        ("55 1234 5678", "Corte de cabello"),
    ):
        await ask(customer, words)
        await expect(bubbles(customer, "agent").last).to_contain_text(answer)
    row = owner.get_by_role("button", name=re.compile("Lucía Pérez"))
    await expect(row).to_contain_text("Corte de cabello · Laura")
    await picture(owner, "booked")

    await row.click()
    await expect(owner.get_by_role("dialog")).to_contain_text("La agendó tu agente")
    await owner.get_by_role("button", name="Cambiar hora").click()
    sheet = owner.get_by_role("dialog", name="Cambiar la cita de Lucía Pérez")
    await sheet.get_by_role("button", name="5:00 p.m.").click()
    await expect(sheet.get_by_role("button", name="5:00 p.m.")).to_have_attribute("aria-pressed", "true")
    await picture(owner, "moving")
    await sheet.get_by_role("button", name="Guardar cambio").click()
    await expect(sheet).to_be_hidden()
    await expect(row).to_contain_text("5:00 p.m.")
    await expect(bubbles(customer, "human").last).to_contain_text("cambiamos tu cita. Ahora es: Corte")
    await expect(bubbles(customer, "human").last).to_contain_text("5:00 p.m.")
    await picture(customer, "told")
    await customer.reload()
    await expect(bubbles(customer, "human").last).to_contain_text("5:00 p.m.")
    await expect(customer.get_by_text("Una persona del equipo continuará")).to_have_count(0)

    await ask(customer, "¿Cuándo es mi cita?")
    await expect(bubbles(customer, "agent").last).to_contain_text("5:00 p.m.")


async def test_on_a_phone_an_appointment_is_written_down_and_called_off(
    new_page: NewPage, picture: Picture
) -> None:
    phone = await new_page(**PHONE)
    await sign_up(phone, an_email("ana"), business="Barbería Sur")
    await phone.get_by_role("navigation", name="Principal").get_by_role("link", name="Agenda").click()
    await phone.get_by_role("button", name="Agregar servicio").click()
    sheet = phone.get_by_role("dialog", name="Agregar servicio")
    await sheet.get_by_label("Nombre", exact=True).fill("Afeitado")
    await sheet.get_by_role("button", name="Guardar").click()
    await phone.get_by_role("button", name="Agregar", exact=True).click()
    await phone.get_by_role("dialog").get_by_label("Nombre").fill("Don Beto")
    await phone.get_by_role("dialog").get_by_role("button", name="Guardar").click()

    await phone.get_by_role("button", name="Nueva cita").click()
    sheet = phone.get_by_role("dialog", name="Nueva cita")
    await sheet.locator(".time").last.click()
    await sheet.get_by_label("Nombre del cliente").fill("Íñigo Peña")
    await picture(phone, "new")
    await sheet.get_by_role("button", name="Agendar").click()
    await expect(sheet).to_be_hidden()
    row = phone.get_by_role("button", name=re.compile("Íñigo Peña"))
    await expect(row).to_contain_text("Agendada")
    await picture(phone, "listed")
    assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await row.click()
    await phone.get_by_role("button", name="Cancelar cita").click()
    sheet = phone.get_by_role("dialog", name="Cancelar la cita de Íñigo Peña")
    await expect(sheet.get_by_text("avísale por teléfono")).to_be_visible()
    await sheet.get_by_label("Motivo").fill("Se enfermó")
    await picture(phone, "calling-off")
    await sheet.get_by_role("button", name="Cancelar la cita").click()
    await expect(row).to_be_hidden()
    await phone.get_by_label("Estado").select_option("cancelled")
    await expect(row).to_contain_text("Cancelada")
    await row.click()
    await expect(phone.get_by_role("dialog")).to_contain_text("Se enfermó")
