"""What a screen says when there is nothing yet, not yet, or something went wrong."""

from typing import Any, Literal

import reflex as rx

from components.ui.icon import glyph
from components.words import Words

Wide = Literal["third", "half", "most"]
Shape = Literal["line", "title", "bubble"]


def empty(icon: str, title: Words, text: Words, *actions: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(glyph(icon, "large"), class_name="empty-mark"),
        rx.el.p(title, class_name="subtitle"),
        rx.el.p(text, class_name="soft small"),
        rx.el.div(*actions, class_name="line-wrap") if actions else rx.fragment(),
        class_name="empty",
    )


def notice(
    words: Words | rx.Component, *, tone: Literal["quiet", "accent", "danger"] = "quiet", icon: str = "info"
) -> rx.Component:
    urgent: dict[str, Any] = {"role": "alert"} if tone == "danger" else {}
    return rx.el.div(
        glyph(icon),
        rx.el.div(words),
        class_name=f"notice notice-{tone}",
        **urgent,
    )


def problem(words: rx.Var[str]) -> rx.Component:
    """A form's own error line; nothing while there is none."""
    return rx.cond(words != "", notice(words, tone="danger", icon="triangle-alert"))


def bone(wide: Wide = "most", shape: Shape = "line") -> rx.Component:
    """One piece of a skeleton."""
    return rx.el.div(class_name=f"skeleton bone-{wide} bone-{shape}", aria_hidden=True)


def skeleton_rows(count: int = 5) -> rx.Component:
    return rx.el.div(
        *[
            rx.el.div(
                rx.el.div(class_name="skeleton avatar"),
                rx.el.div(bone("third"), bone("most"), class_name="stack-tight grow"),
                class_name="row row-still",
            )
            for _ in range(count)
        ],
        class_name="rows",
        aria_hidden=True,
    )
