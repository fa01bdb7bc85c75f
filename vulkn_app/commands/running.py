"""How a command runs: against the database of the environment or of the running `up`, and how it fails."""

import asyncio
import json
import logging
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, NoReturn, TypeVar
from uuid import UUID

import typer

from vulkn_app import organizations
from vulkn_app.db import database
from vulkn_app.errors import DatabaseAway, NotFound, VulknError
from vulkn_app.i18n import sentence
from vulkn_app.local.failure import StackFailed
from vulkn_app.migrate import MigrationFailed
from vulkn_app.settings import settings

T = TypeVar("T")

PATIENCE = timedelta(minutes=15)  # an operator waits longer than a visitor


class CommandFailed(Exception):
    """The text is the sentence that the person at the shell reads."""


async def find_org(slug: str) -> UUID:
    try:
        return await organizations.find(slug)
    except NotFound:
        raise CommandFailed(f"There is no organization {slug!r}.") from None


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, or exit 1 and one sentence on stderr."""
    try:
        _prepare()
        return asyncio.run(_closing(work))
    except DatabaseAway:
        work.close()
        fail("The database does not answer: `vulkn doctor` says more.")
    except VulknError as problem:
        work.close()
        fail(sentence(problem.code, "en", **problem.values))
    except (CommandFailed, MigrationFailed, StackFailed) as problem:
        work.close()
        fail(str(problem))


def fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(1)


def show(value: Any) -> None:
    """One JSON value for a program to read."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def _prepare() -> None:
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # its warnings would add to our one sentence
    if not settings.database_url:
        from vulkn_app.local import environment

        environment.ensure()
    if not settings.vulkn_secret_key:
        raise CommandFailed(
            "DATABASE_URL is set, so VULKN_SECRET_KEY must be too: the one that `vulkn migrate` ran with."
        )
    settings.database_call_timeout = PATIENCE


async def _closing(work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    finally:
        await database.close()
