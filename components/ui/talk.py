"""One thing that was said: who, what, from which knowledge, and what the visitor thought of it."""

import reflex as rx

from components.ui.button import go
from components.ui.icon import glyph
from components.ui.moment import when
from components.words import t
from vulkn_app.conversations.inbox import MessageRow, Source


def said(message: rx.vars.ObjectVar[MessageRow]) -> rx.Component:
    return rx.fragment(
        rx.match(
            message.sender,
            ("visitor", _line(message, "said", "visitor", rx.fragment())),
            ("agent", _line(message, "said said-ours", "agent", rx.el.span(t("inbox.agent")))),
            ("human", _line(message, "said said-ours", "human", rx.el.span(_author(message)))),
            rx.el.div(rx.el.div(message.text, class_name="bubble bubble-note"), class_name="said said-note"),
        )
    )


def typing(name: str | rx.Var[str]) -> rx.Component:
    """Somebody is writing."""
    return rx.el.div(
        rx.el.div(rx.el.i(), rx.el.i(), rx.el.i(), class_name="bubble bubble-agent typing", aria_hidden=True),
        rx.el.span(name, class_name="quiet-only", role="status"),
        class_name="said said-ours",
    )


def _line(message: rx.vars.ObjectVar[MessageRow], side: str, who: str, name: object) -> rx.Component:
    return rx.el.div(
        rx.el.div(message.text, class_name=f"bubble bubble-{who}", dir="auto"),
        rx.el.div(
            name,
            when(message.at),
            _rating(message),
            rx.foreach(message.sources, _source),
            class_name="said-by",
        ),
        class_name=side,
    )


def _author(message: rx.vars.ObjectVar[MessageRow]) -> rx.Var[str]:
    return rx.cond(message.author != "", message.author, t("inbox.person"))


def _rating(message: rx.vars.ObjectVar[MessageRow]) -> rx.Component:
    return rx.fragment(
        rx.match(
            message.rating,
            (1, _thumb("thumbs-up", t("inbox.thumb_up"), message)),
            (-1, _thumb("thumbs-down", t("inbox.thumb_down"), message)),
            rx.fragment(),
        )
    )


def _thumb(icon: str, name: rx.Var[str], message: rx.vars.ObjectVar[MessageRow]) -> rx.Component:
    return rx.el.span(
        glyph(icon, "tiny"),
        rx.el.span(name, class_name="quiet-only"),
        rx.cond(message.comment != "", rx.el.span("«", message.comment, "»")),
        title=name,
        class_name="line",
    )


def _source(source: rx.vars.ObjectVar[Source]) -> rx.Component:
    return go(
        glyph("book-open", "tiny"),
        rx.el.span(source.title, class_name="clip"),
        href="/app/knowledge/?entry=" + source.id.to(str),
        title=t("inbox.sources"),
        class_name="source",
    )
