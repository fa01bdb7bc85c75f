"""The rooms of the channels: where customers write, how the chat looks, and the messages that Meta approved."""

from typing import Literal

import reflex as rx

from components.ui.button import go
from components.words import t

Room = Literal["channels", "look", "templates"]
ROOMS: dict[Room, str] = {
    "channels": "/app/channels/",
    "look": "/app/channels/look/",
    "templates": "/app/channels/templates/",
}


def channels_tabs(here: Room) -> rx.Component:
    return rx.el.nav(
        *(
            go(
                t(f"channels.room_{room}"),
                href=path,
                class_name="room room-here" if room == here else "room",
                **({"aria_current": "page"} if room == here else {}),
            )
            for room, path in ROOMS.items()
        ),
        class_name="rooms-bar",
        aria_label=t("channels.rooms"),
    )
