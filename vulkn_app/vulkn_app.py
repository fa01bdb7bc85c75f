"""Composition root: the dashboard, the bundled API and what runs beside them in the web process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from starlette.types import ASGIApp

import vulkn_app.pages  # noqa: F401 - importing a page registers its route
from components.wraps import app_wraps, toaster
from state import fanout, lines, strangers
from state.guard import Guard, told
from vulkn_app import clients, garbage, live, llm, worker
from vulkn_app.api import bundled
from vulkn_app.api.edge import Edge
from vulkn_app.channels import sightings, tenants
from vulkn_app.conversations import engine, starting
from vulkn_app.db import database
from vulkn_app.logs import set_up_logs
from vulkn_app.settings import settings


class Vulkn(rx.App):
    """Reflex's app inside our edge."""

    def __call__(self) -> ASGIApp:
        return Edge(super().__call__(), bundled, lambda: strangers.forget(self))


app = Vulkn(
    html_lang="es",
    stylesheets=["/theme.css"],
    head_components=[
        rx.el.script(src="/language.js"),
        rx.el.script(src="/page.js"),
        rx.el.script(src="/knowledge-import.js", defer=True),
        rx.el.script(src="/inbox.js", defer=True),
        rx.el.script(src="/whatsapp-signup.js", defer=True),
        rx.el.script(src="/look.js", defer=True),
        rx.el.script(src="/standing.js", defer=True),
    ],
    toaster=toaster(),
    backend_exception_handler=told,
    app_wraps=app_wraps(),
)
app.add_middleware(Guard())
lines.keep(app.event_namespace)


@contextlib.asynccontextmanager
async def beside(app: Any) -> AsyncIterator[None]:
    """Opened before the first request, closed after the last turn; in this order."""
    set_up_logs()
    await starting.start()
    live.listen_everywhere(tenants.forget)
    tasks = [asyncio.create_task(part) for part in (live.hear_others(), fanout.serve(_root()))]
    if settings.worker_inside:
        tasks.append(asyncio.create_task(worker.work()))
    garbage.settle()
    try:
        yield
    finally:
        await engine.drain(settings.shutdown_grace.total_seconds())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await sightings.settled()
        await live.drain()
        await llm.close()
        await clients.close()
        await database.close()


def _root() -> Vulkn:
    return app


app.register_lifespan_task(beside)
