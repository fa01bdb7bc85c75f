"""Lucide's drawings, in the sizes of assets/theme.css. Decoration: what they mean is said in words beside them."""

from typing import Literal

import reflex as rx

Size = Literal["tiny", "small", "normal", "large"]


def glyph(name: str, size: Size = "normal", *, more: str = "") -> rx.Component:
    """`more` are further classes."""
    return rx.icon(name, aria_hidden=True, class_name=f"icon icon-{size} {more}")
