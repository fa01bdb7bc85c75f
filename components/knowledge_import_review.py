"""The dry run of one import: what every row would do, which ones to leave out, and the yes."""

from typing import Any

import reflex as rx

from components.ui.amount import number
from components.ui.button import button, go
from components.ui.feedback import notice
from components.ui.field import segments
from components.ui.pager import pager
from components.ui.surface import badge, card
from components.words import plural, t
from state.knowledge_import import KnowledgeImportState

State: Any = KnowledgeImportState


def review() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            button(t("common.back"), icon="arrow-left", variant="ghost", size="small", on_click=State.close),
            rx.el.h2(State.opened.name, class_name="subtitle clip"),
            class_name="line",
        ),
        rx.cond(
            State.opened.name.lower().contains("whatsapp"),
            notice(t("knowledge_import.chat_note"), icon="shield-check"),
        ),
        rx.cond(
            State.opened.planted > 0,
            notice(
                plural(State.opened.planted, "knowledge_import.planted"), tone="danger", icon="shield-alert"
            ),
        ),
        rx.cond(State.too_many > 0, _too_many()),
        rx.el.div(_filters(), class_name="scrolls"),
        card(
            rx.cond(
                State.rows.length() > 0,
                rx.el.ul(rx.foreach(State.rows, _row), class_name="rows"),
                rx.el.p(t("knowledge_import.nothing_here"), class_name="soft small empty"),
            ),
            flush=True,
        ),
        pager(
            first=State.first,
            last=State.last,
            total=State.total,
            at_start=State.at_start,
            at_end=State.at_end,
            turn=State.turn,
        ),
        _decision(),
        class_name="stack",
    )


def _too_many() -> rx.Component:
    """Before anybody says yes: all of it goes in, or none."""
    most = number(State.allowed)
    words = rx.cond(
        State.too_many == 1,
        t("knowledge_import.too_many_one", most=most),
        t("knowledge_import.too_many_many", most=most, n=State.too_many),
    )
    way = go(t("knowledge_import.see_plans"), href="/app/billing/", class_name="link")
    return notice(rx.el.span(words, " ", way), tone="danger", icon="gauge")


def _filters() -> rx.Component:
    opened = State.opened
    options = [
        ("", t("knowledge_import.filter_all")),
        ("ok", t("knowledge_import.filter_ok", n=opened.fresh)),
        ("replace", t("knowledge_import.filter_replace", n=opened.changed)),
        ("duplicate", t("knowledge_import.filter_duplicate", n=opened.repeated)),
        ("error", t("knowledge_import.filter_error", n=opened.faulty)),
    ]
    return segments(t("knowledge_import.show"), options, value=State.row_state, pick=State.pick_rows)


def _row(row: Any) -> rx.Component:
    writes = (row.state == "ok") | (row.state == "replace")
    return rx.el.li(
        rx.cond(
            writes,
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    checked=~row.skipped,
                    on_change=lambda taken: State.take(row.place, taken),
                    aria_label=t("knowledge_import.row_take", title=row.title),
                    class_name="tick tick-large",
                ),
                class_name="tick-box tick-row",
            ),
            rx.el.span(class_name="tick-gap", aria_hidden=True),
        ),
        rx.el.span(
            rx.el.span(
                rx.el.span(
                    rx.cond(row.title != "", row.title, t("knowledge_import.row_line", n=row.line)),
                    class_name=rx.cond(row.skipped, "strong soft", "strong"),
                ),
                _state(row),
                class_name="line-wrap snug",
            ),
            rx.cond(row.problem != "", rx.el.span(row.problem, class_name="small wrong")),
            rx.cond(
                row.state == "replace",
                _change(row),
                rx.el.span(row.body, class_name="soft small clip-4 prose"),
            ),
            class_name="stack-tight grow",
        ),
        class_name="row row-still row-top",
    )


def _state(row: Any) -> rx.Component:
    return rx.cond(
        row.skipped,
        badge(t("knowledge_import.row_skipped"), tone="line"),
        rx.match(
            row.state,
            ("ok", badge(t("knowledge_import.row_ok"), tone="accent")),
            ("replace", badge(t("knowledge_import.row_replace"), tone="hot")),
            ("duplicate", badge(t("knowledge_import.row_duplicate"))),
            badge(t("knowledge_import.row_error"), tone="danger"),
        ),
    )


def _change(row: Any) -> rx.Component:
    return rx.el.dl(
        rx.el.dt(t("knowledge_import.before")),
        rx.el.dd(row.before, class_name="small soft clip-4 prose"),
        rx.el.dt(t("knowledge_import.after")),
        rx.el.dd(row.body, class_name="small clip-4 prose"),
        class_name="facts",
    )


def _decision() -> rx.Component:
    return rx.el.div(
        rx.el.span(t("knowledge_import.confirm_text"), class_name="soft small grow"),
        button(
            t("knowledge_import.discard"),
            variant="ghost",
            on_click=State.discard(State.opened.id.to_string(use_json=False)),
        ),
        button(
            plural(State.will_save, "knowledge_import.confirm"),
            icon="check",
            disabled=(State.will_save == 0) | (State.too_many > 0),
            on_click=State.confirm,
        ),
        class_name="decision",
    )
