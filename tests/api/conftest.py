"""Signing in over real HTTP, against the real local Supabase."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from tests.api.browser import Browser
from vulkn_app import clients
from vulkn_app.local.supabase import Supabase
from vulkn_app.settings import settings


@pytest.fixture
async def auth_server(
    deployment: None, local_supabase: Supabase, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Supabase]:
    """The product signs people in there."""
    monkeypatch.setattr(settings, "supabase_url", local_supabase.url)
    monkeypatch.setattr(
        settings, "supabase_publishable_key", local_supabase.keys.publishable_key.get_secret_value()
    )
    yield local_supabase
    await clients.close()


@pytest.fixture
async def new_browser(auth_server: Supabase, served: str) -> AsyncIterator[Callable[[], Browser]]:
    """Somebody's browser, with no cookie in it."""
    async with AsyncExitStack() as opened:

        def new() -> Browser:
            browser = Browser(served)
            opened.push_async_callback(browser.http.aclose)
            return browser

        yield new


@pytest.fixture
def browser(new_browser: Callable[[], Browser]) -> Browser:
    return new_browser()
