"""Reflex's settings. Node and npm come from the virtual environment, nothing is downloaded but npm packages."""

import os
import sys
from pathlib import Path

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
for name, value in {
    "REFLEX_USE_NPM": "1",
    "REFLEX_USE_GRANIAN": "1",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
}.items():
    os.environ.setdefault(name, value)

import reflex as rx

from vulkn_app.frontend import plugins
from vulkn_app.settings import settings

public = settings.vulkn_public_url or "http://127.0.0.1:8000"

config = rx.Config(
    app_name="vulkn_app",
    # The address in the build is replaced when it is served: see vulkn_app/api/frontend.py.
    frontend_port=8000,
    backend_port=8000,
    # Reflex's default is every origin, with credentials.
    cors_allowed_origins=[public, public.replace("//127.0.0.1:", "//localhost:")],
    state_manager_mode=rx.constants.StateManagerMode.REDIS
    if settings.redis_url
    else rx.constants.StateManagerMode.MEMORY,
    redis_url=settings.redis_url,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=plugins(),
    disable_plugins=[rx.plugins.SitemapPlugin],
)
