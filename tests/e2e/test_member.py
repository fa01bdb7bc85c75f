"""Somebody who was invited to answer customers: what they see, and what they cannot do."""

from collections.abc import Callable

import psycopg
import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import PASSWORD, an_email, go_to, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def invited(owner: Page, email: str, picture: Picture) -> str:
    """The link that the owner gets for somebody who answers customers."""
    await go_to(owner, "Equipo")
    await owner.get_by_role("button", name="Invitar").click()
    sheet = owner.get_by_role("dialog", name="Invitar a alguien")
    await sheet.get_by_label("Correo").fill(email)
    await sheet.get_by_role("button", name="Crear invitación").click()
    link = sheet.get_by_text("/signup/?invite=")
    await expect(link).to_be_visible()
    await picture(owner, "invitation")
    return await link.inner_text()


async def join(page: Page, link: str, email: str, picture: Picture) -> None:
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Únete a Óptica Prisma")).to_be_visible()
    await expect(page.get_by_label("Correo")).to_have_value(email)
    await picture(page, "joining")
    await page.get_by_label("Tu nombre").fill("Beto Sáenz")
    await page.get_by_label("Contraseña").fill(PASSWORD)
    await page.get_by_role("button", name="Unirme al equipo").first.click()
    await expect(page).to_have_url("/app/")


@pytest.fixture
def agents_live(stack_database: str) -> Callable[[str], bool]:
    """Whether the business' agent answers, by the business' name."""

    def ask(name: str) -> bool:
        with psycopg.connect(stack_database) as admin:
            row = admin.execute(
                "select bool_or(a.live) from agents a join organizations o on o.id = a.org_id where o.name = %s",
                (name,),
            ).fetchone()
        assert row
        return row[0]

    return ask


async def test_a_member_sees_the_work_but_no_controls_of_the_house(
    new_page: NewPage, picture: Picture, agents_live: Callable[[str], bool]
) -> None:
    owner, member, email = await new_page(), await new_page(), an_email("beto")
    await sign_up(owner, an_email("ana"), business="Óptica Prisma")
    await join(member, await invited(owner, email, picture), email, picture)
    await picture(member, "overview")

    await go_to(member, "Equipo")
    main = member.get_by_role("main")
    await expect(main.get_by_text("Ana Ruiz")).to_be_visible()
    for name in ("Invitar", "Quitar", "Retirar"):
        await expect(main.get_by_role("button", name=name)).to_have_count(0)
    await expect(main.get_by_role("combobox")).to_have_count(0)
    await picture(member, "team")

    await go_to(member, "Agente")
    switch = member.get_by_role("switch", name="Agente activo")
    await expect(switch).to_be_disabled()
    await expect(main.get_by_text("Lo activa la persona titular o quien administra.")).to_be_visible()
    await expect(main.get_by_text("Solo quienes administran pueden cambiar esto.")).to_be_visible()
    await expect(main.get_by_role("button", name="Guardar")).to_have_count(0)
    await picture(member, "agent")

    await switch.evaluate("element => { element.disabled = false; element.click() }")
    await go_to(member, "Conocimiento")
    await expect(member.get_by_role("button", name="Agregar").first).to_be_visible()
    assert agents_live("Óptica Prisma") is False


async def test_a_member_who_is_removed_is_out_at_the_next_click(new_page: NewPage, picture: Picture) -> None:
    owner, member, email = await new_page(), await new_page(), an_email("beto")
    await sign_up(owner, an_email("ana"), business="Óptica Prisma")
    await join(member, await invited(owner, email, picture), email, picture)
    await owner.get_by_role("button", name="Listo").click()
    row = owner.get_by_role("listitem").filter(has_text="Beto Sáenz")
    await expect(row).to_be_visible()

    await row.get_by_role("button", name="Quitar").click()
    await owner.get_by_role("alertdialog").get_by_role("button", name="Quitar").click()
    await expect(row).to_have_count(0)
    await picture(owner, "removed")

    await member.goto("/app/inbox/")
    await expect(member).to_have_url("/onboarding/")
    await expect(member.get_by_role("heading", name="Conversaciones")).to_have_count(0)
    await expect(member.get_by_text("todavía no está en ningún equipo")).to_be_visible()
    await expect(member.get_by_text(email)).to_be_visible()
    await picture(member, "without-a-team")

    await member.get_by_label("Nombre del negocio").fill("Óptica de Beto")
    await member.get_by_role("button", name="Crear mi negocio").click()
    await expect(member.get_by_text("Paso 2 de 6")).to_be_visible()
    await member.get_by_role("link", name="Seguir después").click()
    await expect(member.get_by_text("Así va Óptica de Beto.")).to_be_visible()
    await picture(member, "on-their-own")
