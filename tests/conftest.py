"""A real PostgreSQL with the real policies, real HTTP, a real browser; quick tests first."""

import pytest

pytest_plugins = [
    "tests.plugins.database",
    "tests.plugins.deployment",
    "tests.plugins.api",
    "tests.plugins.llm",
    "tests.plugins.browser",
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What fails fast runs first: plain tests, then slow ones, then the browser."""
    items.sort(key=lambda item: ("browser" in item.keywords) * 2 + ("slow" in item.keywords))
