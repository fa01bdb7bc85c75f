"""The inbox: conversations on one side, the open one on the other; a phone shows one at a time."""

from typing import Any

import reflex as rx

from components.conversations import conversation_row
from components.inbox_talk import talk
from components.shell import shell
from components.ui.button import button, link_button, out_button
from components.ui.feedback import empty, skeleton_rows
from components.ui.field import search_box, segments, small_select
from components.words import t
from state.inbox import InboxState
from state.session import SessionState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = InboxState


def inbox() -> rx.Component:
    return shell("inbox", _content, full=True)


def _content() -> rx.Component:
    return rx.el.div(
        # A phone that shows a conversation does not show the list's title.
        rx.el.h1(t("inbox.title"), class_name="quiet-only"),
        _list(),
        rx.el.section(
            rx.cond(State.open_id != "", talk(), _nothing_open()),
            class_name="desk-talk",
            aria_label=t("inbox.messages"),
        ),
        class_name="desk",
        data_view=rx.cond(State.open_id != "", "talk", "list"),
    )


def _list() -> rx.Component:
    filters = [(key, t(f"inbox.filter_{key}")) for key in ("all", "human", "unread")]
    channels = [("", t("inbox.channel_all")), ("whatsapp", "WhatsApp"), ("web", t("inbox.channel_web"))]
    return rx.el.section(
        rx.el.div(
            rx.el.p(t("inbox.title"), aria_hidden=True, class_name="title"),
            search_box(t("inbox.search"), on_change=State.find.debounce(300)),
            rx.el.div(
                segments(t("inbox.title"), filters, value=State.filter, pick=State.pick_filter),
                # A choice of one is none.
                rx.cond(
                    State.has_whatsapp,
                    small_select(
                        t("inbox.channel"), channels, value=State.channel, on_change=State.pick_channel
                    ),
                ),
                class_name="line-wrap",
            ),
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
        (State.search == "") & (State.filter == "all") & (State.channel == ""),
        empty(
            "messages-square",
            t("inbox.empty"),
            rx.cond(State.agent_live, t("inbox.empty_text"), t("inbox.empty_paused")),
            rx.cond(
                State.agent_live,
                out_button(t("inbox.try"), href="/c/" + SessionState.org_slug),
                link_button(t("inbox.go_live"), href="/app/agent/", variant="plain"),
            ),
            rx.cond(
                ~State.has_whatsapp,
                link_button(
                    t("inbox.connect"), href="/app/channels/", icon="message-circle", variant="plain"
                ),
            ),
        ),
        empty("search-x", t("common.no_results"), t("common.no_results_text")),
    )


def _nothing_open() -> rx.Component:
    return rx.el.div(empty("mouse-pointer-click", t("inbox.pick"), t("inbox.pick_text")), class_name="lonely")
