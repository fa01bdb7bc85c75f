"""Structured logs without secrets and without a word of what anybody wrote."""

import contextlib
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from vulkn_app.settings import settings

HIDDEN = {
    "text",
    "body",
    "question",
    "answer",
    "token",
    "password",
    "authorization",
    "cookie",
    "sid",
    "email",
    "phone",
}
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
# Reflex logs an event that it cannot place whole: the browser's cookie, and what was typed.
EVENT = re.compile(r"Event\(name=(.{0,100}?), router_data=.*", re.DOTALL)
TOKENS = re.compile(r"(token=|Bearer\s+|vk_sid=)[A-Za-z0-9._~+/=-]+")


def set_up_logs() -> None:
    """One line an event on stderr: JSON in production, readable at a terminal."""
    last: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide,
            structlog.processors.format_exc_info,
            scrub,
            last,
        ],
        logger_factory=lambda *_: Lines(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    logging.setLogRecordFactory(Record)
    for name in ("httpx", "psycopg.pool", "procrastinate"):
        logging.getLogger(name).setLevel(logging.WARNING)


class Record(logging.LogRecord):
    """What libraries log, as silent about people as our own lines."""

    def getMessage(self) -> str:
        return TOKENS.sub(r"\1…", EVENT.sub(r"Event(\1 …)", super().getMessage()))


class Lines:
    """Writes to whatever stderr is now. A full disk or a closed terminal costs the line, not the turn."""

    def msg(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = exception = log = msg


def hide(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Whatever somebody passes under such a name, it is not printed."""
    return {key: "…" if key in HIDDEN else value for key, value in line.items()}


def scrub(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tokens inside other text, such as a URL in an exception; and what would make one line look like two, or
    move the cursor of the terminal that shows it."""
    return {key: _scrubbed(key, value) if isinstance(value, str) else value for key, value in line.items()}


def _scrubbed(key: str, value: str) -> str:
    shown = TOKENS.sub(r"\1…", value)
    return shown if key == "exception" else CONTROLS.sub(" ", shown)
