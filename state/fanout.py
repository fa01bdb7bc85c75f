"""From the doorbell to the browser: each tab's own handler runs again, under its own rights.

Nothing of what changed travels here. A ring makes every watching tab of the organization look once
more, at most four times a second, and the guard asks again who is looking."""

import asyncio
from collections import defaultdict
from typing import Any
from uuid import UUID

from reflex_base.event import Event

from vulkn_app import live

PAUSE = 0.25  # seconds: a burst of messages is one look

_watching: dict[UUID, dict[str, Any]] = defaultdict(dict)
_always: list[Any] = []
_rung: set[UUID] = set()
_bell = asyncio.Event()


def watch(org_id: UUID, client_token: str, handler: Any) -> None:
    """One handler a tab: a page's load takes the place of the page before it."""
    forget(client_token)
    _watching[org_id][client_token] = handler


def forget(client_token: str) -> None:
    """The tab looks at something else from now on."""
    for others in _watching.values():
        others.pop(client_token, None)


def also(handler: Any) -> None:
    """Runs in every watching tab beside its page's own handler: what is shown on every page."""
    _always.append(handler)


def what_rings(handler: Any) -> list[Any]:
    """The handlers that a ring runs in a tab that watches with `handler`."""
    return [handler, *_always]


def watchers(org_id: UUID) -> int:
    return len(_watching.get(org_id, {}))


def hear(ring: live.Ring) -> None:
    if ring.org_id in _watching:
        _rung.add(ring.org_id)
        _bell.set()


async def serve(app: Any) -> None:
    """Runs as long as the app; in a process that serves one after the other, each has a bell in its own loop."""
    global _bell
    _bell = asyncio.Event()
    live.listen_everywhere(hear)
    while True:
        await _bell.wait()
        _bell.clear()
        rung, waiting = list(_rung), []
        _rung.clear()
        for org_id in rung:
            waiting += _connected(app, org_id)
        for token, handler in waiting:
            for each in what_rings(handler):
                await app.event_processor.enqueue(token, Event.from_event_type(each())[0])
        await asyncio.sleep(PAUSE)


def _connected(app: Any, org_id: UUID) -> list[tuple[str, Any]]:
    """The organization's tabs that are still there; the others are forgotten."""
    sockets = app.event_namespace._token_manager.token_to_socket
    tabs = _watching[org_id]
    for token in [token for token in tabs if token not in sockets]:
        del tabs[token]
    if not tabs:
        del _watching[org_id]
        return []
    return list(tabs.items())
