"""The web process dies while people work: the pages come back by themselves and nothing is lost."""

import re

import httpx
import psycopg
import pytest
from playwright.async_api import expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, go_to, sign_up
from tests.factories import Visitor
from tests.plugins.stack import Up
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/readyz")).is_success
    except httpx.TransportError:
        return False


async def test_a_killed_web_process_is_back_and_the_page_with_it(
    new_page: NewPage, picture: Picture, stack: Up, stack_database: str
) -> None:
    page, email = await new_page(), an_email("ana")
    await sign_up(page, email, business="Librería Faro")
    await go_to(page, "Conversaciones")
    await expect(page.get_by_text("Aún no hay conversaciones")).to_be_visible()
    with psycopg.connect(stack_database, autocommit=True) as admin:
        row = admin.execute(
            "update agents set live = true where org_id = (select m.org_id from memberships m"
            " join profiles p on p.user_id = m.user_id where p.email = %s)"
            " returning (select slug from organizations o where o.id = org_id)",
            (email,),
        ).fetchone()
    assert row

    stack.part("granian").kill()
    stack.until("The web process runs again.")
    async with httpx.AsyncClient(base_url=stack.base, timeout=20) as http:
        await until(lambda: answers(http), seconds=60)
        visitor = Visitor(http, row[0])
        await visitor.open()
        await visitor.ask("¿Siguen ahí?")

    arrived = page.get_by_role("link", name=re.compile("^Visitante"))
    await expect(arrived).to_be_visible(timeout=30_000)
    await picture(page, "back")
    await arrived.click()
    await expect(page.get_by_role("log")).to_contain_text("¿Siguen ahí?")
