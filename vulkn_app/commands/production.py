"""The processes of a deployment. Nothing embedded: everything comes from the environment."""

import asyncio
import os
import sys

from vulkn_app import worker
from vulkn_app.local import environment, frontend
from vulkn_app.local.failure import StackFailed
from vulkn_app.local.progress import Progress
from vulkn_app.local.web import command
from vulkn_app.settings import ROOT, settings


def serve(host: str, port: int) -> None:
    """Becomes the web process."""
    _check_settings()
    if not frontend.fresh():
        asyncio.run(_build())
    os.chdir(ROOT)
    os.execve(
        sys.executable, command(host, port), os.environ | environment.variables(settings) | frontend.SERVE
    )


def work() -> None:
    _check_settings()
    worker.main()


async def _build() -> None:
    async with Progress(total=1).step("Dashboard"):
        await frontend.build()


def _check_settings() -> None:
    needed = {
        "DATABASE_URL": settings.database_url,
        "SUPABASE_URL": settings.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": settings.supabase_publishable_key,
        "VULKN_SECRET_KEY": settings.vulkn_secret_key,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise StackFailed(f"Not set: {', '.join(missing)}. (`./vulkn up` brings its own of all of them.)")
