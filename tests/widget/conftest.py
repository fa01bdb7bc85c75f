"""Fixtures of the widget's tests."""

from collections.abc import AsyncIterator

import pytest

from tests.widget.fake_api import FakeApi, running


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    async with running() as fake:
        yield fake


@pytest.fixture
def home(api: FakeApi) -> str:
    """A page of a foreign site with the embed code and nothing else."""
    return api.add_page("/", "<h1>Bienvenidos</h1><p><a href='#'>Inicio</a></p>" + api.embed())
