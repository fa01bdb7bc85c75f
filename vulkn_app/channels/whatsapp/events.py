"""What is done when something happened. The table is filled where the handlers are known (handlers.py); a kind
without a handler is stored, and that is all.

A handler is idempotent: after a crash it is asked again. What it raises is tried again, five times in all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from vulkn_app.channels.whatsapp.people import Person
from vulkn_app.db import AgentKey


@dataclass(frozen=True)
class Happened:
    """`payload` is payloads.py's: the thing itself under `item`, who it is about under `contact`."""

    agent: AgentKey
    id: UUID
    channel_id: UUID | None
    waba: str
    kind: str
    at: datetime
    payload: dict[str, Any] = field(repr=False)

    @property
    def item(self) -> dict[str, Any]:
        return self.payload.get("item") or {}


Handler = Callable[[Happened], Awaitable[None]]
# Hears a message before the agent does; True: it was meant for this one, and the agent does not answer it.
Listener = Callable[[Happened, Person], Awaitable[bool]]

HANDLERS: dict[str, Handler] = {}
LISTENERS: list[Listener] = []
