"""A real PostgreSQL with the real policies, real HTTP, a real browser; quick tests first."""

import os

import pytest

# Read when reflex is first imported: the app as production runs it, without a build.
os.environ |= {
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_SKIP_COMPILE": "true",
    "REFLEX_TELEMETRY_ENABLED": "false",
}

pytest_plugins = [
    "tests.plugins.database",
    "tests.plugins.deployment",
    "tests.plugins.people",
    "tests.plugins.api",
    "tests.plugins.llm",
    "tests.plugins.graph",
    "tests.plugins.browser",
    "tests.plugins.axe",
    "tests.plugins.dashboard",
    "tests.plugins.stack",
    "tests.plugins.sharing",
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What fails fast runs first: plain tests, then slow ones, then the browser."""
    items.sort(key=lambda item: ("browser" in item.keywords) * 2 + ("slow" in item.keywords))
