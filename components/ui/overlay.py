"""What comes over the page: sheets for work, dialogs for a question. Escape and the backdrop close them."""

from typing import Any

import reflex as rx

from components.ui.button import button, icon_button
from components.words import Words, t

# Radix makes every dialog's title another h1.
SECOND = {"as": "h2"}


def sheet(
    title: Words, *body: Any, is_open: rx.Var[bool], on_close: Any, foot: rx.Component | None = None
) -> rx.Component:
    """From the side on a desk, from below on a phone. `on_close` takes no argument."""
    return rx.dialog.root(
        rx.dialog.content(
            _head(title),
            rx.el.div(*body, class_name="sheet-body stack"),
            foot or rx.fragment(),
            class_name="sheet",
            aria_describedby=rx.Var("undefined"),
        ),
        open=is_open,
        on_open_change=lambda _: on_close(),
    )


def form_sheet(
    title: Words,
    *body: Any,
    is_open: rx.Var[bool],
    on_close: Any,
    on_submit: Any,
    busy: rx.Var[bool],
    save: Words,
    leave: Words | None = None,
) -> rx.Component:
    """A sheet that is a form: its fields scroll, its buttons stay. `leave`: the word for not doing it, where
    "cancel" would mean two things."""
    form = rx.el.form(
        rx.el.div(*body, class_name="sheet-body stack"),
        rx.el.div(
            button(t("common.cancel") if leave is None else leave, variant="ghost", on_click=on_close),
            button(save, type="submit", busy=busy),
            class_name="sheet-foot",
        ),
        on_submit=on_submit,
    )
    return rx.dialog.root(
        rx.dialog.content(
            _head(title),
            form,
            class_name="sheet",
            aria_describedby=rx.Var("undefined"),
        ),
        open=is_open,
        on_open_change=lambda _: on_close(),
    )


def confirm(
    title: Words, text: Words, *more: Any, yes: Words, is_open: rx.Var[bool], on_yes: Any, on_no: Any
) -> rx.Component:
    """Before something that cannot be taken back. `more`: what is to be chosen with it."""
    return rx.alert_dialog.root(
        rx.alert_dialog.content(
            rx.alert_dialog.title(title, class_name="subtitle", custom_attrs=SECOND),
            rx.alert_dialog.description(text, class_name="soft small"),
            rx.el.div(*more, class_name="dialog-more") if more else rx.fragment(),
            rx.el.div(
                rx.alert_dialog.cancel(button(t("common.cancel"), variant="ghost")),
                rx.alert_dialog.action(button(yes, variant="danger", on_click=on_yes)),
                class_name="dialog-foot",
            ),
            class_name="dialog",
        ),
        open=is_open,
        on_open_change=lambda _: on_no(),
    )


def _head(title: Words) -> rx.Component:
    return rx.el.div(
        rx.dialog.title(title, class_name="subtitle", custom_attrs=SECOND),
        rx.dialog.close(icon_button("x", t("common.close"), size="small")),
        class_name="sheet-head",
    )
