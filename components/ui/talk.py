"""One thing that was said: who, what, from which knowledge, and what the visitor thought of it."""

from typing import Any

import reflex as rx

from components.ui.button import go
from components.ui.enclosed import enclosed, files, quoted
from components.ui.icon import glyph
from components.ui.moment import when
from components.ui.surface import badge
from components.ui.ticks import ticks, why_not
from components.words import choice, t
from vulkn_app.conversations.rows import MessageRow, Piece, Reaction, Source, StepRow

HOW = ("done", "refused", "invalid", "broken", "failed", "check", "unknown")


def said(
    message: rx.vars.ObjectVar[MessageRow],
    more: rx.Component | None = None,
    *,
    theirs: rx.Component | None = None,
    ours: rx.Component | None = None,
    again: rx.Component | None = None,
) -> rx.Component:
    """`more` stands under what the agent said, `theirs` and `ours` beside what each side said; `again` is the way on
    when a message of ours was not delivered."""
    agent = rx.el.span(t("inbox.agent"))
    return rx.fragment(
        rx.match(
            message.sender,
            ("visitor", _line(message, "said", "visitor", rx.fragment(), beside=theirs)),
            ("agent", _line(message, "said said-ours", "agent", agent, more, beside=ours, again=again)),
            (
                "human",
                _line(
                    message,
                    "said said-ours",
                    "human",
                    rx.el.span(_author(message)),
                    beside=ours,
                    again=again,
                ),
            ),
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


def _line(
    message: Any,
    side: str,
    who: str,
    name: object,
    more: rx.Component | None = None,
    *,
    beside: rx.Component | None = None,
    again: rx.Component | None = None,
) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(_inside(message), class_name=f"bubble bubble-{who}", dir="auto"),
            beside or rx.fragment(),
            class_name="bubble-line",
        ),
        rx.cond(
            message.reactions.length() > 0,
            rx.el.div(rx.foreach(message.reactions, _reaction), class_name="reactions"),
        ),
        rx.el.div(
            name,
            rx.cond(message.from_phone, _mark("smartphone", t("inbox.from_phone"))),
            when(message.at),
            rx.cond(message.edited, rx.el.span(t("inbox.edited"))),
            rx.cond(message.more.forwarded, _mark("forward", t("inbox.forwarded"))),
            rx.cond(message.more.tapped, _mark("pointer", t("inbox.tapped"))),
            rx.cond(message.kind == "template", _mark("layout-template", t("inbox.kind_template"))),
            rx.cond(message.sending, ticks(message.sending)),
            _rating(message),
            rx.foreach(message.sources, _source),
            more or rx.fragment(),
            class_name="said-by",
        ),
        rx.cond(message.sending.state == "failed", why_not(message.sending, again or rx.fragment())),
        rx.cond(message.trace.length() > 0, _trace(message)),
        class_name=side,
    )


def _inside(message: Any) -> rx.Component:
    """What was taken back is not shown again."""
    words = rx.cond(message.pieces.length() > 0, rx.foreach(message.pieces, _piece), message.text)
    return rx.cond(
        message.revoked,
        rx.el.em(t("inbox.revoked"), class_name="soft-inside"),
        rx.fragment(
            rx.cond(message.quote, quoted(message.quote)),
            files(message),
            rx.cond(message.more, enclosed(message.more)),
            rx.cond(message.worded, rx.el.div(words)),
        ),
    )


def _mark(icon: str, words: rx.Var[str]) -> rx.Component:
    return rx.el.span(glyph(icon, "tiny"), words, class_name="line snug")


def _reaction(reaction: rx.vars.ObjectVar[Reaction]) -> rx.Component:
    who = rx.cond(reaction.side == "business", t("inbox.reacted_you"), t("inbox.reacted_customer"))
    return rx.el.span(reaction.emoji, rx.el.span(" ", who, class_name="quiet-only"), title=who)


def step(step: rx.vars.ObjectVar[StepRow]) -> rx.Component:
    """A tool that was called, or a check that held an answer back."""
    return rx.el.li(
        rx.el.code(step.name, class_name="small"),
        badge(choice(step.how, "playground.how_", *HOW)),
        rx.cond(
            step.how == "check", rx.fragment(), rx.el.span(step.ms, " ms", class_name="tiny soft number")
        ),
        class_name="line-wrap snug",
    )


def source_of(kind: rx.Var[str]) -> rx.Var[str]:
    """Where a figure stands when that is not an entry of the knowledge."""
    return choice(kind, "playground.source_", "tool", "customer", "said", "now", "business", "entry")


def _piece(piece: rx.vars.ObjectVar[Piece]) -> rx.Component:
    """A figure tells where it comes from when it is touched."""
    figure = rx.popover.root(
        rx.popover.trigger(rx.el.button(piece.text, type="button", class_name="figure-link")),
        rx.popover.content(
            rx.el.p(t("inbox.figure_of"), class_name="tiny soft"),
            rx.cond(
                piece.entry_id != "",
                rx.el.div(
                    rx.el.p(piece.title, class_name="strong small"),
                    go(
                        t("inbox.figure_open"),
                        href="/app/knowledge/?entry=" + piece.entry_id.to(str),
                        class_name="link small",
                    ),
                    class_name="stack-tight",
                ),
                rx.el.p(source_of(piece.source_kind), class_name="strong small"),
            ),
            side="top",
            class_name="pop",
        ),
    )
    return rx.cond(piece.source_kind == "", rx.el.span(piece.text), figure)


def _trace(message: rx.vars.ObjectVar[MessageRow]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(t("inbox.trace"), class_name="fold-head tiny"),
        rx.el.ul(rx.foreach(message.trace, step), class_name="stack-tight"),
        class_name="fold fold-small",
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
