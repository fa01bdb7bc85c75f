"""A page begins, or only its line is back.

A page that begins is as new: what was half done on it is gone, and it loads. A page whose line was lost, as on a phone
all day, keeps what is open and what is being typed, and looks once more as after a ring. Reflex tells neither from the
other, and queues what a page loads behind what was pressed meanwhile: so what is half done ends here, before."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import reflex as rx
from reflex_base.event import Event
from reflex_base.event.context import EventContext

S = TypeVar("S", bound=type[rx.State])

_of_a_visit: list[tuple[type[rx.State], tuple[str, ...]]] = []


def half_done(*names: str) -> Callable[[S], S]:
    """These vars of a state are of one visit: as new whenever a page begins."""

    def mark(state: S) -> S:
        _of_a_visit.append((state, names))
        return state

    return mark


class ArrivingState(rx.State):
    """Never sent to the browser. `_shown`: the address whose page has loaded; `_instead`: the handler of a page
    whose line is back; `_back`: it is back, and what it loads is next."""

    _shown: str = ""
    _instead: str = ""
    _back: bool = False


async def instead(state: rx.State, handler: Any) -> None:
    """From now on `handler` runs in place of what the page loads, when its line is back."""
    arriving = await state.get_state(ArrivingState)
    arriving._instead = f"{handler.state_full_name}.{handler.fn.__name__}"


def is_back(hello: Any) -> bool:
    """Whether a line's first event is from a page that had a line before: only with its first one a page says how
    it was built."""
    payload = hello.get("payload") if isinstance(hello, Mapping) else getattr(hello, "payload", None)
    return isinstance(payload, Mapping) and "hashes" not in payload


async def note(root: rx.State, event: Event) -> str:
    """Of every event of Reflex's own. Where a page would load whose line is back: the handler that runs instead."""
    name, url = event.name.rpartition(".")[2], root.router.url
    here, chained = f"{url.path}?{url.query}", bool(EventContext.get().parent_txid)
    arriving = await root.get_state(ArrivingState)
    if name == "hydrate_and_load" or (name == "on_load_internal" and not chained):
        arriving._back = is_back(event) and arriving._shown == here and name == "hydrate_and_load"
        if not arriving._back:
            arriving._shown = arriving._instead = ""
            await _as_new(root)
    elif name == "on_load_internal" and arriving._back:
        return arriving._instead
    elif name == "set_is_hydrated":
        arriving._shown, arriving._back = here, False
    return ""


async def _as_new(root: rx.State) -> None:
    for kind, names in _of_a_visit:
        state = await root.get_state(kind)
        for name in names:
            plain = kind.get_fields()[name].default_value()
            if getattr(state, name) != plain:
                setattr(state, name, plain)
