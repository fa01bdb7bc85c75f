"""A button that shows its work under way, when the database goes away in the middle of it."""

import inspect
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import reflex as rx
from reflex_base.registry import RegistrationContext

import vulkn_app.pages  # noqa: F401 - registers every page's handlers
from tests.factories import a_business
from tests.state.conftest import OpenPage
from vulkn_app import auth
from vulkn_app.errors import DatabaseAway

BEFORE = re.compile(r"self\.(\w+) = [^\n]+\n\s+yield\n")


def _that_show_work() -> list[tuple[type[rx.State], str, str]]:
    """State, handler, and the attribute that is set before the first word to the browser and taken back later."""
    found = []
    for known in RegistrationContext.get().event_handlers.values():
        handler = known.handler.fn
        if not (handler.__module__ or "").startswith("state."):
            continue
        source = inspect.getsource(handler)
        shown = BEFORE.search(source)
        if shown and re.search(rf"self\.{shown[1]}\b[^\n]* = .*(False|\"\")", source[shown.end() :]):
            found.append((known.states[0], handler.__name__, shown[1]))
    return sorted(found, key=lambda each: (each[0].__name__, each[1]))


def test_there_are_as_many_as_the_pages_have() -> None:
    assert len(_that_show_work()) > 30


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    _that_show_work(),
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
async def test_it_ends_its_work(
    page: OpenPage,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[rx.State],
    name: str,
    shown: str,
) -> None:
    state = await page(kind, a_business(database_url).owner)

    async def away(sid: str) -> None:
        raise DatabaseAway

    monkeypatch.setattr(auth, "read", away)
    handler = kind.event_handlers[name].fn
    told = [getattr(state, shown) async for _ in _told(handler(state, *_arguments(handler)))]
    assert not told[-1]


async def _told(work: AsyncIterator[Any]) -> AsyncIterator[None]:
    """Each time the browser hears of what changed. What a handler changed before it raised, nobody is told."""
    with suppress(DatabaseAway):  # said in a toast, state/guard.py
        async for _ in work:
            yield
        yield


def _arguments(handler: Any) -> list[Any]:
    kinds = [one.annotation for one in list(inspect.signature(handler).parameters.values())[1:]]
    return [{} if "dict" in str(kind) else str(uuid4()) if kind is str else kind() for kind in kinds]
