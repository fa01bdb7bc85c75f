"""A refused form in a real browser: what was typed comes back over the page's socket, and stands in no address."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from playwright.async_api import Page, Request, expect
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.plugins.api import serving
from vulkn_app.api import forms

LOGIN = """<!doctype html><form action="/api/auth/login" method="post">
<input name="email"><input name="password" type="password"><button>Entrar</button></form><p></p>
<script>
new WebSocket(`ws://${location.host}/_event/?EIO=4&token=TOKEN`).onmessage = ({ data }) => {
  document.querySelector('[name=email]').value = data;
  document.querySelector('p').textContent = document.cookie || 'no cookie for script';
};
</script>"""


@pytest.fixture
async def door(deployment: None) -> AsyncIterator[str]:
    """The page at the door and its socket as the dashboard has them: a native form, the typed address sent back."""

    async def login(request: Asked) -> HTMLResponse:
        return HTMLResponse(LOGIN.replace("TOKEN", str(uuid4())))

    async def socket(opened: WebSocket) -> None:
        await opened.accept()
        await opened.send_text(forms.typed(opened.headers.get("cookie", ""), "/login").email)
        await opened.receive()

    routes = [Route("/login/", login), WebSocketRoute("/_event/", socket)]
    async with serving(Starlette(routes=routes)) as base:
        yield base


@pytest.mark.browser
async def test_a_refused_form_is_filled_again_and_the_address_says_nothing(door: str, page: Page) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    await page.goto(f"{door}/login/")
    await expect(page.locator("p")).to_have_text("no cookie for script")
    await page.locator("[name=email]").fill("ana@luna.example")
    await page.locator("[name=password]").fill("x" * 73)

    await page.get_by_role("button").click()

    await expect(page).to_have_url(f"{door}/login/?e=wrong_credentials&next=%2Fapp%2F")
    await expect(page.locator("[name=email]")).to_have_value("ana@luna.example")
    await expect(page.locator("p")).to_have_text("no cookie for script")
    assert not any("luna" in url for url in asked)
