"""What a screen says when there is nothing yet, not yet, or something went wrong."""

from typing import Any, Literal

import reflex as rx

from components.words import Words


def empty(icon: str, title: Words, text: Words, *actions: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.icon(icon, size=24, aria_hidden=True), class_name="empty-mark"),
        rx.el.p(title, class_name="subtitle"),
        rx.el.p(text, class_name="soft small"),
        rx.el.div(*actions, class_name="line-wrap") if actions else rx.fragment(),
        class_name="empty",
    )


def notice(
    words: Words, *, tone: Literal["quiet", "accent", "danger"] = "quiet", icon: str = "info"
) -> rx.Component:
    urgent: dict[str, Any] = {"role": "alert"} if tone == "danger" else {}
    return rx.el.div(
        rx.icon(icon, size=17, aria_hidden=True),
        rx.el.div(words),
        class_name=f"notice notice-{tone}",
        **urgent,
    )


def problem(words: rx.Var[str]) -> rx.Component:
    """A form's own error line; nothing while there is none."""
    return rx.cond(words != "", notice(words, tone="danger", icon="triangle-alert"))


def bone(width: str = "100%", height: str = "14px") -> rx.Component:
    """One line of a skeleton."""
    return rx.el.div(class_name="skeleton", width=width, height=height, aria_hidden=True)


def skeleton_rows(count: int = 5) -> rx.Component:
    return rx.el.div(
        *[
            rx.el.div(
                rx.el.div(class_name="skeleton avatar"),
                rx.el.div(bone("38%"), bone("72%", "12px"), class_name="stack-tight grow"),
                class_name="row row-still",
            )
            for _ in range(count)
        ],
        class_name="rows",
        aria_hidden=True,
    )
