"""The settings of one deployment: this test's database, a key, nothing from the developer's own .env."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from tests.plugins.database import SECRET_KEY
from vulkn_app import clients, limits, live
from vulkn_app.channels import tenants
from vulkn_app.conversations import brains
from vulkn_app.db import database
from vulkn_app.settings import settings


@pytest.fixture
async def deployment(
    database_url: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[None]:
    """The product, configured for this test's database; empty caches before, closed pools after."""
    monkeypatch.setattr(settings, "database_url", database_url)
    monkeypatch.setattr(settings, "vulkn_secret_key", SecretStr(SECRET_KEY))
    monkeypatch.setattr(settings, "anthropic_api_key", None)
    monkeypatch.setattr(settings, "openai_api_key", None)
    monkeypatch.setattr(settings, "vulkn_public_url", None)
    monkeypatch.setattr(settings, "burst_patience", 0.0)
    monkeypatch.setattr(settings, "loop_guard_messages", 10_000)
    limits.forget()
    tenants._tenants.clear()
    brains._brains.clear()
    brains._reading.clear()
    yield
    await live.drain()  # its sender would open a pool again
    await database.close()
    if "dashboard" not in request.fixturenames:  # that one's connections are in a loop of its own
        await clients.close()  # the next test has a loop of its own
