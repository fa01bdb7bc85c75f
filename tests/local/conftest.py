"""Sign-up as the embedded stack has it."""

from collections.abc import AsyncIterator

import pytest

from vulkn_app import clients
from vulkn_app.local.supabase import Supabase
from vulkn_app.settings import settings


@pytest.fixture
async def auth_here(
    deployment: None, local_supabase: Supabase, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    key = local_supabase.keys.publishable_key.get_secret_value()
    monkeypatch.setattr(settings, "supabase_url", local_supabase.url)
    monkeypatch.setattr(settings, "supabase_publishable_key", key)
    yield
    await clients.close()
