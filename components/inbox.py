"""The inbox: conversations on one side, the open one on the other; a phone shows one at a time."""

from typing import Any

import reflex as rx

from components.conversations import conversation_row, name_of
from components.corrections import correction_sheet, wrong_answer
from components.shell import shell
from components.ui.button import button, go, icon_button, link_button, out_button
from components.ui.feedback import bone, empty, problem, skeleton_rows
from components.ui.field import hidden, search_box, segments
from components.ui.icon import glyph
from components.ui.moment import when
from components.ui.surface import avatar, badge
from components.ui.talk import said, typing
from components.words import choice, t
from state.inbox import InboxState
from state.session import SessionState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = InboxState
REASONS = ("asked", "unknown", "complaint", "urgent", "sensitive", "failure", "limit", "took_over")


def inbox() -> rx.Component:
    return shell("inbox", _content, full=True)


def _content() -> rx.Component:
    return rx.el.div(
        # A phone that shows a conversation does not show the list's title.
        rx.el.h1(t("inbox.title"), class_name="quiet-only"),
        _list(),
        rx.el.section(
            rx.cond(State.open_id != "", _talk(), _nothing_open()),
            class_name="desk-talk",
            aria_label=t("inbox.messages"),
        ),
        class_name="desk",
        data_view=rx.cond(State.open_id != "", "talk", "list"),
    )


def _list() -> rx.Component:
    filters = [(key, t(f"inbox.filter_{key}")) for key in ("all", "human", "unread")]
    return rx.el.section(
        rx.el.div(
            rx.el.p(t("inbox.title"), aria_hidden=True, class_name="title"),
            search_box(t("inbox.search"), on_change=State.find.debounce(300)),
            segments(t("inbox.title"), filters, value=State.filter, pick=State.pick_filter),
            class_name="desk-head",
        ),
        rx.el.div(
            rx.cond(State.loaded, rx.cond(State.rows.length() > 0, _rows(), _no_rows()), skeleton_rows(7)),
            class_name="desk-scroll",
        ),
        class_name="desk-list",
        aria_label=t("inbox.title"),
    )


def _rows() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.foreach(
                State.rows,
                lambda row: conversation_row(row, row.id.to_string(use_json=False) == State.open_id),
            ),
            class_name="rows",
        ),
        rx.cond(
            State.more_to_see,
            rx.el.div(
                button(t("inbox.more"), variant="ghost", wide=True, on_click=State.see_more),
                class_name="card-foot",
            ),
        ),
    )


def _no_rows() -> rx.Component:
    return rx.cond(
        (State.search == "") & (State.filter == "all"),
        empty(
            "messages-square",
            t("inbox.empty"),
            rx.cond(State.agent_live, t("inbox.empty_text"), t("inbox.empty_paused")),
            rx.cond(
                State.agent_live,
                out_button(t("inbox.try"), href="/c/" + SessionState.org_slug),
                link_button(t("inbox.go_live"), href="/app/agent/", variant="plain"),
            ),
        ),
        empty("search-x", t("common.no_results"), t("common.no_results_text")),
    )


def _nothing_open() -> rx.Component:
    return rx.el.div(empty("mouse-pointer-click", t("inbox.pick"), t("inbox.pick_text")), class_name="lonely")


def _talk() -> rx.Component:
    return rx.fragment(
        _talk_head(),
        rx.cond(State.handoff, _handoff()),
        rx.auto_scroll(
            rx.el.div(
                rx.cond(State.conversation, rx.fragment(), _talk_bones()),
                rx.foreach(State.messages, lambda message: said(message, wrong_answer(message))),
                rx.cond(State.answering, typing(t("inbox.typing"))),
                class_name="talk",
                role="log",
                aria_live="polite",
                aria_label=t("inbox.messages"),
            ),
            class_name="desk-scroll",
            tab_index=0,
        ),
        _composer(),
        correction_sheet(),
    )


def _talk_head() -> rx.Component:
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


def _who() -> rx.Component:
    """Name and state of the conversation; leads to the lead."""
    chat = State.conversation
    return rx.fragment(
        avatar(rx.cond(chat.name != "", chat.name, chat.email), small=True),
        rx.el.span(
            rx.el.h2(name_of(chat), class_name="strong clip"),
            rx.el.span(_state(), class_name="tiny soft clip"),
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


def _composer() -> rx.Component:
    return rx.el.div(
        problem(State.problem),
        rx.form(
            hidden("draft", State.draft_id),
            rx.el.textarea(
                name="text",
                rows=1,
                max_length=4000,
                required=True,
                placeholder=t("inbox.write"),
                aria_label=t("inbox.write"),
                aria_describedby="composer-hint",
                class_name="input",
                enter_key_submit=True,
            ),
            icon_button(
                "send-horizontal", t("inbox.send"), variant="primary", type="submit", busy=State.sending
            ),
            class_name="composer-line",
            on_submit=State.send,
            reset_on_submit=True,
        ),
        rx.cond(
            State.conversation.status == "open",
            rx.el.p(t("inbox.hint"), id="composer-hint", class_name="tiny soft"),
            rx.el.span(id="composer-hint"),
        ),
        class_name="composer",
    )


def _talk_bones() -> rx.Component:
    return rx.el.div(
        *[bone(wide, "bubble") for wide in ("half", "most", "third")], class_name="stack", aria_hidden=True
    )
