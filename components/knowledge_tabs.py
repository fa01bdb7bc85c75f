"""The rooms of what the business knows: its entries, where they come from, how they are found, what is missing."""

from typing import Literal

import reflex as rx

from components.words import t

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
                href=path,
                class_name="room room-here" if room == here else "room",
                custom_attrs={"aria-current": "page"} if room == here else {},
                underline="none",
            )
            for room, path in ROOMS.items()
        ),
        class_name="rooms-bar",
        aria_label=t("knowledge_tabs.rooms"),
    )
