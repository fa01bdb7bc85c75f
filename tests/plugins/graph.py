"""Fixtures for whatever talks to WhatsApp: Meta's Graph API on loopback, forgetful caches."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.graph import FakeGraph, running
from vulkn_app import clients
from vulkn_app.channels.whatsapp import numbers
from vulkn_app.settings import settings


@pytest.fixture
async def fake_graph(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeGraph]:
    numbers._known.clear()
    await clients.close()  # the shared client keeps the patience it was made with
    async with running() as fake:
        monkeypatch.setattr(settings, "whatsapp_graph_url", fake.url)
        yield fake
        await clients.close()
    numbers._known.clear()
