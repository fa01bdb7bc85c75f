"""Which page of a business support is looking at, for the business's log.

An event says at which address the browser is; a hand-made one may say any. So what is asked for counts as well: the
handlers of a page and of its parts are in modules of one family (`inbox`, `inbox_draft`), and where that page is not
the one that is told, its own address is noted."""

from typing import Any

SHOWN = ("app", "onboarding")


def page_of(app: Any, name: str, path: str, query: str) -> str:
    """What stands in the log for the event `name`; empty where nothing of a business is shown."""
    told, homes = path.strip("/"), _homes(app).get(_family(name), ())
    if told.partition("/")[0] not in SHOWN or (homes and told not in homes):
        told = homes[0] if homes else ""
    elif not query:
        return path
    if not told:
        return ""
    return f"/{told}/?{query}" if query else f"/{told}/"


def _homes(app: Any) -> dict[str, tuple[str, ...]]:
    """The addresses at which each family's handlers run when a page is opened, the shortest first."""
    homes: dict[str, set[str]] = {}
    for route, events in app._load_events.items():
        if route.partition("/")[0] in SHOWN:
            for event in events:
                homes.setdefault(_family(f"{event.state_full_name}.{event.fn.__name__}"), set()).add(route)
    return {family: tuple(sorted(routes, key=len)) for family, routes in homes.items()}


def _family(name: str) -> str:
    """`inbox` of `….state___inbox_draft____draft_state.send`, as Reflex names a handler after its state's module."""
    _, _, module = name.partition(".state___")
    return module.partition("____")[0].partition("_")[0]
