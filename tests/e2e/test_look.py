"""An owner gives the chat their colours; what visitors then do with it is counted."""

from collections.abc import Callable

import psycopg
import pytest
from playwright.async_api import expect

from tests.branding.pictures import picture as logo
from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, sign_up
from tests.plugins.axe import Axe
from tests.waiting import until
from tests.widget.visitor import launcher

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def told(database: str, slug: str) -> list[tuple[str, int, bool]]:
    """What the browsers of visitors told, and whether a token of theirs came along."""
    with psycopg.connect(database) as admin:
        return admin.execute(
            "select kind, count(*), bool_or(page like '%%token%%') from widget_events e "
            "join organizations o on o.id = e.org_id where o.slug = %s group by 1 order by 1",
            (slug,),
        ).fetchall()


async def came(database: str, slug: str) -> bool:
    """Both kinds, however late: a page that is closed sends its last in the background."""
    return len(told(database, slug)) == 2


async def test_a_look_is_tried_saved_seen_elsewhere_and_counted_once(
    new_page: NewPage,
    picture: Picture,
    axe: Axe,
    foreign_site: Callable[[str], str],
    stack_database: str,
) -> None:
    page = await new_page(bypass_csp=True)
    await sign_up(page, an_email("ana"))
    await page.goto("/app/channels/look/")
    preview = page.frame_locator("[data-look-preview]")
    head = preview.locator("header").last
    await expect(preview.get_by_role("dialog")).to_be_visible()

    await page.get_by_label("Color", exact=True).fill("#facc15")
    await expect(page.get_by_text("así que van en negro")).to_be_visible()
    await expect(head).to_have_css("background-color", "rgb(250, 204, 21)")
    await expect(head).to_have_css("color", "rgb(0, 0, 0)")
    await page.get_by_label("Saludo en español").fill("¡Qué tal! Te leo.")
    await expect(preview.get_by_text("¡Qué tal! Te leo.")).to_be_visible()
    await expect(page.get_by_label("Saludo en español")).to_be_focused()
    await page.locator("[data-look-logo]").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": logo((300, 300))}
    )
    await expect(preview.locator("img.avatar")).to_be_visible()
    await page.get_by_text("A la izquierda").click()
    assert await axe(page) == []
    await picture(page, "tried")
    await page.get_by_role("button", name="Guardar").click()
    await expect(page.get_by_role("button", name="Volver a lo de antes")).to_be_visible()

    await page.goto("/app/agent/")
    await page.get_by_role("switch", name="Agente activo").click()
    await expect(page.get_by_text("Atendiendo a tus clientes")).to_be_visible()
    code = await page.locator(".copy code").first.inner_text()
    visitor = await new_page()
    await visitor.goto(foreign_site(code) + "?token=geheim")
    await expect(launcher(visitor)).to_have_css("background-color", "rgb(250, 204, 21)")
    await launcher(visitor).click()
    await expect(visitor.get_by_role("dialog")).to_be_visible()
    await launcher(visitor).click()
    await expect(visitor.get_by_role("dialog")).to_be_hidden()
    await visitor.close()  # what was told outlives the page

    slug = code.split('"')[3]
    await until(lambda: came(stack_database, slug))
    await page.goto("/app/analytics/")
    await expect(page.get_by_text("Del botón a la conversación")).to_be_visible()
    assert told(stack_database, slug) == [("impression", 1, False), ("open", 1, False)]
    await picture(page, "counted")
