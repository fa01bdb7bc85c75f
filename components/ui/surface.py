"""Surfaces and heads: cards, page and section headers, badges, avatars, the brand."""

from typing import Any, Literal

import reflex as rx

from components.ui.icon import glyph
from components.words import Words, t

Tone = Literal["quiet", "accent", "hot", "danger", "line"]


def card(*children: Any, flush: bool = False, **props: Any) -> rx.Component:
    """`flush`: for lists and tables that reach the edge."""
    more = props.pop("class_name", "")
    return rx.el.section(*children, class_name=f"card {'card-flush' if flush else ''} {more}", **props)


def skip_link() -> rx.Component:
    """The first thing the tabulator reaches; a place of its own, so that everything of the page is in one."""
    return rx.el.nav(rx.el.a(t("nav.skip"), href="#main", class_name="skip"), aria_label=t("nav.skip"))


def card_head(title: Words, *actions: Any, text: Words | None = None) -> rx.Component:
    return rx.el.div(_titled(title, text), rx.el.div(*actions, class_name="line"), class_name="card-head")


def section_head(title: Words, *actions: Any, text: Words | None = None) -> rx.Component:
    return rx.el.div(_titled(title, text), rx.el.div(*actions, class_name="line"), class_name="section-head")


def page_head(title: Words, *actions: Any, text: Words | None = None) -> rx.Component:
    """The one h1 of a page."""
    return rx.el.header(
        rx.el.div(
            rx.el.h1(title, class_name="title"),
            rx.el.p(text, class_name="soft") if text is not None else rx.fragment(),
        ),
        rx.el.div(*actions, class_name="line-wrap"),
        class_name="page-head",
    )


def badge(words: Words | rx.Component, *, tone: Tone = "quiet", icon: str = "", **props: Any) -> rx.Component:
    mark = glyph(icon, "tiny") if icon else rx.fragment()
    return rx.el.span(mark, words, class_name=f"badge badge-{tone}", **props)


def avatar(name: Words, *, small: bool = False, accent: bool = False) -> rx.Component:
    """The first letter of a name; a picture of a person when there is no name."""
    letter = rx.Var.create(name).to(str)[:1]
    return rx.el.span(
        rx.cond(letter != "", letter, glyph("user-round", "small")),
        aria_hidden=True,
        class_name=f"avatar {'avatar-small' if small else ''} {'avatar-accent' if accent else ''}",
    )


def live_dot() -> rx.Component:
    return rx.el.span(class_name="live", aria_hidden=True)


def mark() -> rx.Component:
    """The volcano: a calm mountain with one ember over it."""
    return rx.image(src="/logo.svg", alt="", class_name="mark")


def brand() -> rx.Component:
    return rx.el.span(mark(), "VULKN", class_name="brand")


def _titled(title: Words, text: Words | None) -> rx.Component:
    return rx.el.div(
        rx.el.h2(title, class_name="subtitle"),
        rx.el.p(text, class_name="soft small") if text is not None else rx.fragment(),
        class_name="stack-tight",
    )
