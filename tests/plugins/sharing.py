"""Several processes share one run: each takes the next module that nobody has yet, so that they end together.

A module is never divided, because its tests share a database; nor are those that share the running stack. What is
taken is a file in a folder of all of them, made by exactly one."""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest

FOLDER = "VULKN_TESTS_SHARED"  # local/checks.py sets both
QUICK_FIRST = "VULKN_TESTS_QUICK_FIRST"
WHOLE = "the running stack"


class Sharing:
    """This process' part. One of them, whose words are seen at once, begins with what is quick; the others with what
    takes long: they meet, and nobody waits for a long one at the end."""

    def __init__(self, folder: Path, *, quick_first: bool = False) -> None:
        self._folder = folder
        self._sign = 1 if quick_first else -1
        self._ours: dict[str, bool] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        longest = _longest(items)
        items.sort(key=lambda item: (self._sign * longest[together(item)], together(item)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """True keeps pytest from running it."""
        group = together(item)
        if group not in self._ours:
            self._ours[group] = self._take(group)
        if not self._ours[group]:
            return True
        # pytest left the folder open that the item after the last one is in; that one was not ours.
        item.session._setupstate.teardown_exact(item)
        return None

    def _take(self, group: str) -> bool:
        try:
            (self._folder / sha256(group.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def pytest_configure(config: pytest.Config) -> None:
    if folder := os.environ.get(FOLDER):
        config.pluginmanager.register(Sharing(Path(folder), quick_first=QUICK_FIRST in os.environ))


def together(item: pytest.Item) -> str:
    """What has to be run by one process."""
    return WHOLE if "stack" in getattr(item, "fixturenames", ()) else item.nodeid.partition("::")[0]


def _longest(items: Iterable[pytest.Item]) -> dict[str, int]:
    weights: dict[str, int] = {}
    for item in items:
        group = together(item)
        weight = 2 if group == WHOLE else int("slow" in item.keywords or "browser" in item.keywords)
        weights[group] = max(weight, weights.get(group, 0))
    return weights
