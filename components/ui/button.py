"""Buttons, and links that look like them."""

from typing import Any, Literal

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from components.ui.icon import Size as IconSize
from components.ui.icon import glyph
from components.words import Words

Variant = Literal["primary", "soft", "plain", "ghost", "danger"]
Size = Literal["small", "normal", "large"]


def button(
    words: Words | rx.Component,
    *,
    icon: str = "",
    variant: Variant = "primary",
    size: Size = "normal",
    busy: rx.Var[bool] | bool = False,
    wide: bool = False,
    **props: Any,
) -> rx.Component:
    """`busy` shows that its work is under way and refuses a second click."""
    props.setdefault("type", "button")
    props["disabled"] = (
        busy | props.pop("disabled", False) if isinstance(busy, rx.Var) else props.pop("disabled", busy)
    )
    return rx.el.button(
        _mark(icon, busy),
        words,
        class_name=_classes(variant, size, wide),
        aria_busy=busy,
        **props,
    )


def icon_button(
    icon: str,
    name: Words,
    *,
    variant: Variant = "ghost",
    size: Size = "normal",
    busy: rx.Var[bool] | bool = False,
    more: str = "",
    **props: Any,
) -> rx.Component:
    """`name` is what a screen reader says and what hovering shows."""
    props.setdefault("type", "button")
    return rx.el.button(
        _mark(icon, busy, "normal"),
        aria_label=name,
        title=name,
        aria_busy=busy,
        class_name=f"{_classes(variant, size, False)} button-icon {more}",
        **props,
    )


def link_button(
    words: Words,
    *,
    href: Words,
    icon: str = "",
    variant: Variant = "primary",
    size: Size = "normal",
    wide: bool = False,
    **props: Any,
) -> rx.Component:
    return go(_mark(icon), words, href=href, class_name=_classes(variant, size, wide), **props)


def go(*children: Any, href: Words, **props: Any) -> rx.Component:
    """A link inside the dashboard: the page changes without a reload."""
    return ReactRouterLink.create(*children, to=href, **props)


def out(*children: Any, href: Words, **props: Any) -> rx.Component:
    """A link that leaves the dashboard, in a tab of its own."""
    return rx.el.a(*children, href=href, target="_blank", rel="noopener noreferrer", **props)


def out_button(
    words: Words,
    *,
    href: Words,
    icon: str = "arrow-up-right",
    variant: Variant = "plain",
    size: Size = "normal",
) -> rx.Component:
    return out(_mark(icon), words, href=href, class_name=_classes(variant, size, False))


def _mark(icon: str, busy: rx.Var[bool] | bool = False, size: IconSize = "small") -> rx.Component:
    still = glyph(icon, size) if icon else rx.fragment()
    if not isinstance(busy, rx.Var):
        return still
    return rx.cond(busy, rx.el.span(class_name="spin", aria_hidden=True), still)


def _classes(variant: Variant, size: Size, wide: bool) -> str:
    extra = {"small": " button-small", "normal": "", "large": " button-large"}[size]
    return f"button button-{variant}{extra}{' button-wide' if wide else ''}"
