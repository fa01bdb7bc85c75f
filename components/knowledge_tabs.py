"""The rooms of what the business knows: its entries, where they come from, how they are found, what is missing."""

from typing import Any, Literal

import reflex as rx

from components.words import t
from state.knowledge_suggestions import WaitingState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
Waiting: Any = WaitingState

Room = Literal["entries", "import", "test", "suggestions"]
ROOMS: dict[Room, str] = {
    "entries": "/app/knowledge/",
    "import": "/app/knowledge/import/",
    "test": "/app/knowledge/test/",
    "suggestions": "/app/knowledge/suggestions/",
}


def knowledge_tabs(here: Room) -> rx.Component:
    return rx.el.nav(
        *(
            rx.link(
                t(f"knowledge_tabs.{room}"),
                _count() if room == "suggestions" else rx.fragment(),
                href=path,
                class_name="room room-here" if room == here else "room",
                custom_attrs={"aria-current": "page"} if room == here else {},
                underline="none",
            )
            for room, path in ROOMS.items()
        ),
        class_name="rooms-bar",
        aria_label=t("knowledge_tabs.rooms"),
        on_mount=Waiting.count,
    )


def _count() -> rx.Component:
    """How many suggestions wait for a decision."""
    return rx.cond(
        Waiting.waiting > 0,
        rx.fragment(
            rx.el.span(Waiting.waiting, class_name="count", aria_hidden=True),
            rx.el.span(t("suggestions.waiting", n=Waiting.waiting), class_name="quiet-only"),
        ),
    )
