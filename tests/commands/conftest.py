"""The command line, in a thread of its own as it would be in a process of its own."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import typer
from typer.testing import CliRunner, Result

from vulkn_app.commands import admin, audit, kb, org
from vulkn_app.settings import settings

Vulkn = Callable[..., Awaitable[Result]]


@pytest.fixture
def vulkn(deployment: None, monkeypatch: pytest.MonkeyPatch) -> Vulkn:
    """`await vulkn("kb", "search", ...)`."""
    monkeypatch.setattr(settings, "database_call_timeout", settings.database_call_timeout)
    app = typer.Typer()
    for name, module in {"kb": kb, "org": org, "admin": admin, "audit": audit}.items():
        app.add_typer(module.app, name=name)

    async def call(*words: object) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, [str(word) for word in words])

    return call
