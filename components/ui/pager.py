"""From page to page of a list."""

from typing import Any

import reflex as rx

from components.ui.button import icon_button
from components.words import t


def pager(
    *,
    first: rx.Var[int],
    last: rx.Var[int],
    total: rx.Var[int],
    at_start: rx.Var[bool],
    at_end: rx.Var[bool],
    turn: Any,
) -> rx.Component:
    """`turn` takes -1 or 1. Nothing to see while one page holds all."""
    return rx.cond(
        at_start & at_end,
        rx.fragment(),
        rx.el.nav(
            icon_button(
                "chevron-left", t("common.previous"), variant="plain", disabled=at_start, on_click=turn(-1)
            ),
            rx.el.span(
                t("common.page_of", first=first, last=last, total=total), class_name="soft small number"
            ),
            icon_button(
                "chevron-right", t("common.next"), variant="plain", disabled=at_end, on_click=turn(1)
            ),
            class_name="pager",
            aria_label=t("common.page_of", first=first, last=last, total=total),
        ),
    )
