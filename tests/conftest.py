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
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What fails fast runs first: plain tests, then slow ones, then the browser.

    In several processes (`-n`) a file stays in one of them, and everything that drives the whole product in another:
    that one begins at once, because it takes longest."""
    items.sort(key=lambda item: ("browser" in item.keywords) * 2 + ("slow" in item.keywords))
    if not config.pluginmanager.has_plugin("xdist") or not os.environ.get("PYTEST_XDIST_WORKER"):
        return
    items.sort(key=lambda item: not _drives_the_whole(item))
    for item in items:
        group = "the whole product" if _drives_the_whole(item) else item.path.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))


def _drives_the_whole(item: pytest.Item) -> bool:
    return "browser" in item.keywords or "stack" in getattr(item, "fixturenames", ())
