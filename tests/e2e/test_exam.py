"""An owner completes a draft, has the agent examined on a phone, mends what failed and sees that it got better."""

import psycopg
import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KNOWN = (
    ("Horario", "Abrimos de lunes a viernes de 9:00 a 19:00.", ["¿A qué hora abren?"]),
    ("Limpieza dental", "La limpieza dental cuesta $650 pesos.", ["¿Cuánto cuesta una limpieza?"]),
    ("Dónde estamos", "Estamos en Av. Juárez 120, Puebla.", ["¿Dónde están ubicados?"]),
    ("Garantía", "Damos esta garantía: [falta: garantía de los trabajos].", ["¿dan garantía?"]),
)


async def test_an_agent_is_examined_and_what_failed_is_mended(
    new_page: NewPage, picture: Picture, stack_database: str
) -> None:
    phone = await new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    email = an_email("ana")
    await sign_up(phone, email)
    await phone.goto("/app/agent/")
    await phone.locator("#exam").scroll_into_view_if_needed()
    await expect(phone.get_by_text("Primero, algo que preguntar")).to_be_visible()
    await picture(phone, "nothing-known")
    is_known(stack_database, email)

    await phone.goto("/app/knowledge/")
    await phone.get_by_role("button", name="Falta completar 1").click()
    await expect(phone.get_by_text("Falta: garantía de los trabajos").last).to_be_visible()
    await picture(phone, "draft")
    await phone.get_by_role("button", name="Garantía").first.click()
    await expect(phone.get_by_text("Tu agente todavía no usa esta respuesta.")).to_be_visible()
    await picture(phone, "draft-open")
    await phone.locator("#body_es").fill("Damos un año de garantía.")
    await phone.get_by_role("button", name="Guardar").click()
    await expect(phone.get_by_text("No falta nada por completar")).to_be_visible()

    await phone.goto("/app/agent/")
    exam = phone.locator("#exam")
    await exam.get_by_role("button", name="Hacer el examen").click()
    await expect(exam.get_by_role("button", name="Repetir el examen")).to_be_visible(timeout=60_000)
    await expect(exam.locator(".figure-value")).to_be_visible()
    await exam.scroll_into_view_if_needed()
    await picture(phone, "result")
    failed = exam.get_by_role("listitem").filter(has_text="no lo sabe").first
    question = await failed.locator("summary > span.grow").inner_text()
    await failed.scroll_into_view_if_needed()
    await picture(phone, "failed")
    await failed.get_by_role("link", name="Escribir la respuesta").click()
    await expect(phone.locator("#title_es, #title_en").filter(visible=True)).to_have_value(question)
    await phone.locator("#body_es").fill("Sí, pregunta por Luis en recepción.")
    await phone.get_by_role("button", name="Guardar").click()
    await expect(phone.get_by_role("dialog")).to_be_hidden()

    await phone.goto("/app/agent/")
    await exam.get_by_role("button", name="Repetir el examen").click()
    await expect(exam.get_by_text("antes: ")).to_be_visible(timeout=60_000)
    await exam.get_by_role("button", name="Ver todas las preguntas").click()
    better = exam.get_by_role("listitem").filter(has_text=question)
    await expect(better.get_by_text("Mejoró")).to_be_visible()
    await better.scroll_into_view_if_needed()
    await picture(phone, "better")
    await at_a_desk(phone, picture)


async def at_a_desk(page: Page, picture: Picture) -> None:
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.emulate_media(color_scheme="dark")
    await page.locator("#exam").scroll_into_view_if_needed()
    await picture(page, "desk-dark")


def is_known(url: str, email: str) -> None:
    """What somebody wrote down, one of it unfinished, for a dental practice."""
    with psycopg.connect(url, autocommit=True) as admin:
        row = admin.execute(
            "select m.org_id from memberships m join auth.users u on u.id = m.user_id where u.email = %s",
            (email,),
        ).fetchone()
        assert row
        admin.execute("update organizations set industry = 'dentist' where id = %s", row)
        for title, body, examples in KNOWN:
            admin.execute(
                "insert into knowledge_entries (org_id, title, body, examples) values (%s, %s, %s, %s)",
                (row[0], title, body, examples),
            )
