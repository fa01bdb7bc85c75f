"""The open conversation: who it is, what was said before and since, and where one writes."""

from typing import Any

import reflex as rx

from components.conversations import channel_name, name_of
from components.corrections import correction_sheet, wrong_answer
from components.inbox_composer import composer, emoji_button, quote_button, template_sheet
from components.inbox_details import details_button, details_sheet
from components.shadow import waiting_draft
from components.ui.button import button, go
from components.ui.enclosed import from_ad
from components.ui.feedback import bone
from components.ui.icon import glyph
from components.ui.moment import full, when
from components.ui.surface import avatar, badge
from components.ui.talk import said, typing
from components.words import choice, plural, t
from state.inbox import InboxState
from vulkn_app.conversations.rows import PastRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = InboxState
REASONS = ("asked", "unknown", "complaint", "urgent", "sensitive", "failure", "limit", "took_over")


def talk() -> rx.Component:
    return rx.fragment(
        _head(),
        rx.cond(State.handoff, _handoff()),
        rx.auto_scroll(
            rx.el.div(
                rx.cond(State.conversation, rx.fragment(), _bones()),
                rx.cond(State.past > 0, _past()),
                rx.cond(State.ad, from_ad(State.ad)),
                rx.foreach(State.messages, _said),
                rx.cond(State.answering, typing(t("inbox.typing"))),
                class_name="talk",
                role="log",
                aria_live="polite",
                aria_label=t("inbox.messages"),
            ),
            class_name="desk-scroll",
            tab_index=0,
        ),
        waiting_draft(),
        composer(),
        correction_sheet(),
        template_sheet(),
        details_sheet(),
    )


def _said(message: Any) -> rx.Component:
    key = message.id.to_string(use_json=False)
    return said(
        message,
        wrong_answer(message),
        theirs=rx.cond(
            State.can_react & ~message.revoked,
            rx.el.div(quote_button(key), emoji_button(key), class_name="bubble-tools"),
        ),
        ours=rx.cond(
            State.can_react & ~message.revoked & _arrived(message),
            rx.el.div(quote_button(key), class_name="bubble-tools"),
        ),
        again=rx.cond(
            message.sending.again,
            button(t("inbox.send_again"), size="small", variant="plain", on_click=State.send_again(key)),
            rx.cond(
                message.sending.reason == "window",
                button(
                    t("inbox.pick_template"), size="small", variant="plain", on_click=State.open_templates
                ),
            ),
        ),
    )


def _arrived(message: Any) -> Any:
    """Only what is on their phone can be quoted there."""
    state = message.sending.state
    return message.from_phone | (state == "sent") | (state == "delivered") | (state == "read")


def _head() -> rx.Component:
    chat = State.conversation
    return rx.el.header(
        go(
            glyph("arrow-left"),
            href="/app/inbox/",
            aria_label=t("inbox.back"),
            class_name="button button-ghost button-icon back",
        ),
        rx.cond(
            chat.lead_id,
            go(
                _who(),
                href="/app/leads/?lead=" + chat.lead_id.to_string(use_json=False),
                class_name="person person-link",
            ),
            rx.el.div(_who(), class_name="person person-link"),
        ),
        rx.cond(
            chat.hot,
            badge(
                rx.el.span(t("leads.hot"), class_name="on-wide"),
                tone="hot",
                icon="flame",
                title=t("leads.hot"),
            ),
        ),
        _hand(),
        rx.cond(chat, details_button()),
        class_name="desk-talk-head",
    )


def _handoff() -> rx.Component:
    """What a person must know before they go on. Who took it by hand knows it."""
    handoff = State.handoff
    return rx.cond(
        handoff.reason != "took_over",
        rx.el.section(
            rx.el.div(
                glyph("hand-helping", "small"),
                rx.el.span(
                    t("inbox.handoff", reason=choice(handoff.reason, "inbox.reason_", *REASONS)),
                    class_name="strong small grow",
                ),
                rx.el.span(when(handoff.at), class_name="tiny soft number"),
                class_name="line",
            ),
            rx.cond(handoff.summary != "", rx.el.p(handoff.summary, class_name="small prose")),
            class_name="handoff",
        ),
    )


def _past() -> rx.Component:
    """From the owner's phone, before the agent was there; read when it is opened."""
    return rx.el.details(
        rx.el.summary(
            glyph("history", "small"),
            rx.el.span(t("inbox.past"), class_name="grow"),
            rx.el.span(plural(State.past, "inbox.past_count"), class_name="tiny soft number"),
            on_click=State.see_past,
            class_name="fold-head line",
        ),
        rx.el.p(t("inbox.past_text"), class_name="tiny soft"),
        rx.el.ul(rx.foreach(State.past_rows, _past_row), class_name="past"),
        class_name="fold",
    )


def _past_row(row: rx.vars.ObjectVar[PastRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.text, class_name="prose", dir="auto"),
        rx.el.span(
            rx.cond(row.ours, t("inbox.past_ours"), t("inbox.past_theirs")),
            " · ",
            full(row.at),
            class_name="tiny soft",
        ),
        class_name=rx.cond(row.ours, "past-ours", "past-theirs"),
    )


def _who() -> rx.Component:
    """Name and state of the conversation; leads to the lead."""
    chat = State.conversation
    return rx.fragment(
        avatar(rx.cond(chat.name != "", chat.name, chat.email), small=True),
        rx.el.span(
            rx.el.h2(name_of(chat), class_name="strong clip"),
            rx.el.span(channel_name(chat), " · ", _state(), class_name="tiny soft clip"),
            class_name="stack-none grow",
        ),
    )


def _state() -> rx.Component:
    return rx.fragment(
        rx.match(
            State.conversation.status,
            ("human", t("inbox.with_human")),
            ("closed", t("inbox.closed")),
            t("inbox.with_agent"),
        )
    )


def _hand() -> rx.Component:
    return rx.fragment(
        rx.match(
            State.conversation.status,
            (
                "human",
                button(
                    rx.fragment(
                        rx.el.span(t("inbox.give_back"), class_name="on-wide"),
                        rx.el.span(t("inbox.give_back_short"), class_name="on-narrow"),
                    ),
                    variant="plain",
                    size="small",
                    aria_label=t("inbox.give_back"),
                    on_click=State.hand("open"),
                ),
            ),
            ("closed", button(t("inbox.reopen"), variant="plain", size="small", on_click=State.hand("open"))),
            (
                "open",
                button(t("inbox.take"), variant="soft", size="small", on_click=State.hand("human")),
            ),
            rx.fragment(),
        )
    )


def _bones() -> rx.Component:
    return rx.el.div(
        *[bone(wide, "bubble") for wide in ("half", "most", "third")], class_name="stack", aria_hidden=True
    )
