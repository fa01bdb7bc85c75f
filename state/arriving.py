"""A page begins, or only its line is back.

A page that begins is as new: what was half done on it is gone, and it loads. A page whose line was lost, as on a phone
all day, keeps what is open and what is being typed, and looks once more as after a ring. Reflex tells neither from the
other, and queues what a page loads behind what was pressed meanwhile: so what is half done ends here, before."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import reflex as rx
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import format_event_handler

S = TypeVar("S", bound=type[rx.State])

_of_a_visit: list[tuple[type[rx.State], tuple[str, ...]]] = []


def half_done(*names: str) -> Callable[[S], S]:
    """These vars of a state are of one visit: as new whenever a page begins."""

    def mark(state: S) -> S:
        _of_a_visit.append((state, names))
        return state

    return mark


class ArrivingState(rx.State):
    """`page`: its name, as assets/page.js gave it. Never sent to the browser: `_shown`, the address that has loaded;
    `_instead`, the handler of a page whose line is back; `_back`, it is back, and what it loads is next."""

    page: str = rx.SessionStorage("", name="vk_page")
    _shown: str = ""
    _instead: str = ""
    _back: bool = False


async def instead(state: rx.State, handler: Any) -> None:
    """From now on `handler` runs in place of what the page loads, when its line is back."""
    arriving = await state.get_state(ArrivingState)
    arriving._instead = format_event_handler(handler)


def page_of(hello: Any) -> str:
    """The page that a line's first event is from; empty where the browser keeps no names."""
    payload = hello.get("payload") if isinstance(hello, Mapping) else getattr(hello, "payload", None)
    told = payload.get("vars") if isinstance(payload, Mapping) else None
    name = (
        told.get(f"{ArrivingState.get_full_name()}.page{FIELD_MARKER}") if isinstance(told, Mapping) else None
    )
    return name if isinstance(name, str) else ""


async def note(root: rx.State, event: Event) -> str:
    """Of every event of Reflex's own. Where a page would load whose line is back: the handler that runs instead."""
    name, url = event.name.rpartition(".")[2], root.router.url
    here, chained = f"{url.path}?{url.query}", bool(EventContext.get().parent_txid)
    arriving = await root.get_state(ArrivingState)
    if name == "hydrate_and_load" or (name == "on_load_internal" and not chained):
        same = bool(page_of(event)) and page_of(event) == arriving.page and arriving._shown == here
        arriving._back = same and await _has_loaded(root, arriving._instead)
        if not arriving._back:
            arriving._shown = arriving._instead = ""
            await _as_new(root)
    elif name == "on_load_internal" and arriving._back:
        return arriving._instead
    elif name == "set_is_hydrated":
        arriving._shown, arriving._back = here, False
    return ""


async def _has_loaded(root: rx.State, instead: str) -> bool:
    """A load that failed is over as well, and in Redis each state has an end of its own."""
    known = RegistrationContext.get().event_handlers.get(instead)
    state = await root.get_state(known.states[0]) if known else None
    return bool(state and getattr(state, "loaded", getattr(state, "ready", True)))


async def _as_new(root: rx.State) -> None:
    for kind, names in _of_a_visit:
        state = await root.get_state(kind)
        for name in names:
            plain = kind.get_fields()[name].default_value()
            if getattr(state, name) != plain:
                setattr(state, name, plain)
