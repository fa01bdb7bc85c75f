"""Everything that is typed, picked or switched. Native controls: the best ones on a phone."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx

from components.ui.button import icon_button
from components.ui.icon import glyph
from components.words import Words, t

Hint = Words | rx.Component


def field(label: Words, control: rx.Component, *, name: str, hint: Hint | None = None) -> rx.Component:
    """A control with its label; `name` is the control's id."""
    note = rx.el.p(hint, class_name="hint", id=f"{name}-hint") if hint is not None else rx.fragment()
    return rx.el.div(rx.el.label(label, html_for=name, class_name="label"), control, note, class_name="field")


def text_field(label: Words, *, name: str, hint: Hint | None = None, **props: Any) -> rx.Component:
    props.setdefault("type", "text")
    return field(label, rx.el.input(**_control(name, hint), **props), name=name, hint=hint)


def text_area(
    label: Words,
    *,
    name: str,
    hint: Words | None = None,
    size: Literal["short", "normal", "tall"] = "normal",
    **props: Any,
) -> rx.Component:
    """Holds text its form reads at the end; give it a `key` that changes when other text is to be shown.
    It grows with what is written; `size` is how tall it is while empty."""
    control = _control(name, hint) | {"class_name": f"input area-{size}"}
    return field(label, rx.el.textarea(**control, **props), name=name, hint=hint)


def select_field(
    label: Words, options: Sequence[tuple[str, Words]], *, name: str, hint: Words | None = None, **props: Any
):
    control = rx.el.select(*_options(options), **_control(name, hint), **props)
    return field(label, control, name=name, hint=hint)


def small_select(label: Words, options: Sequence[tuple[str, Words]], **props: Any) -> rx.Component:
    """A filter: its label is only heard."""
    return rx.el.select(*_options(options), aria_label=label, class_name="input input-small", **props)


def search_box(label: Words, **props: Any) -> rx.Component:
    return rx.el.div(
        glyph("search"),
        rx.el.input(type="search", placeholder=label, aria_label=label, class_name="input", **props),
        class_name="search",
    )


def switch(label: Words, **props: Any) -> rx.Component:
    return rx.el.input(type="checkbox", role="switch", aria_label=label, class_name="switch", **props)


def switch_field(label: Words, *, name: str, hint: Words, **props: Any) -> rx.Component:
    """A switch of a form; nothing is sent while it is off."""
    return rx.el.div(
        rx.el.label(
            rx.el.span(label, class_name="label grow"),
            rx.el.input(type="checkbox", role="switch", name=name, class_name="switch", **props),
            class_name="line between",
        ),
        rx.el.p(hint, class_name="hint"),
        class_name="stack-tight",
    )


def segments(
    label: Words, options: Sequence[tuple[str, Words]], *, value: rx.Var[str], pick: Any
) -> rx.Component:
    """A choice of a few, all in sight."""
    return rx.el.div(
        *[
            rx.el.button(
                words, type="button", aria_pressed=value == key, class_name="segment", on_click=pick(key)
            )
            for key, words in options
        ],
        role="group",
        aria_label=label,
        class_name="segments",
    )


def copy_field(text: Words, *, name: Words) -> rx.Component:
    """Something to take along; says so when it was taken."""
    return rx.el.div(
        rx.el.code(text),
        icon_button(
            "copy",
            name,
            variant="plain",
            size="small",
            on_click=[rx.set_clipboard(text), rx.toast.success(t("common.copied"))],
        ),
        class_name="copy",
    )


def hidden(name: str, value: Words) -> rx.Component:
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)


def _control(name: str, hint: Hint | None) -> dict[str, Any]:
    described = {"aria_describedby": f"{name}-hint"} if hint is not None else {}
    return {"id": name, "name": name, "class_name": "input", **described}


def _options(options: Sequence[tuple[str, Words]]) -> list[rx.Component]:
    return [rx.el.option(words, value=value) for value, words in options]
