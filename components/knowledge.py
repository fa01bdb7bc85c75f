"""The knowledge editor: what the agent knows, entry by entry."""

from typing import Any

import reflex as rx

from components.shell import shell
from components.ui.button import button
from components.ui.feedback import empty, problem, skeleton_rows
from components.ui.field import (
    search_box,
    segments,
    select_field,
    small_select,
    switch_field,
    text_area,
    text_field,
)
from components.ui.icon import glyph
from components.ui.moment import when
from components.ui.overlay import confirm, form_sheet
from components.ui.pager import pager
from components.ui.surface import badge, card, page_head
from components.words import plural, t
from state.knowledge import KnowledgeState
from state.session import SessionState
from vulkn_app.knowledge.entries import EntryRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = KnowledgeState


def knowledge() -> rx.Component:
    return shell("knowledge", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("knowledge.title"),
            button(t("knowledge.import"), icon="file-down", variant="plain", on_click=State.begin_import),
            button(t("knowledge.add"), icon="plus", on_click=State.begin),
            text=t("knowledge.text"),
        ),
        _filters(),
        card(
            rx.cond(
                State.loaded,
                rx.cond(
                    State.rows.length() > 0,
                    rx.el.div(rx.foreach(State.rows, _row), class_name="rows"),
                    _no_rows(),
                ),
                skeleton_rows(6),
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
        _entry_sheet(),
        _import_sheet(),
        confirm(
            t("knowledge.delete_title"),
            t("knowledge.delete_text"),
            yes=t("common.delete"),
            is_open=State.asking_delete,
            on_yes=State.delete,
            on_no=State.keep,
        ),
    )


def _filters() -> rx.Component:
    languages = [("", t("knowledge.language_all")), ("es", t("common.spanish")), ("en", t("common.english"))]
    states = [("active", t("knowledge.status_active")), ("archived", t("knowledge.status_archived"))]
    return rx.el.div(
        search_box(t("knowledge.search"), on_change=State.find.debounce(300)),
        small_select(t("knowledge.language"), languages, value=State.language, on_change=State.pick_language),
        segments(t("knowledge.status"), states, value=State.status, pick=State.pick_status),
        class_name="filters",
    )


def _row(entry: rx.vars.ObjectVar[EntryRow]) -> rx.Component:
    return rx.el.button(
        rx.el.span(
            rx.el.span(entry.title, class_name="strong clip"),
            rx.el.span(entry.body, class_name="soft small clip-2"),
            rx.el.span(
                rx.cond(entry.exact, badge(t("knowledge.exact_mark"), tone="accent", icon="quote")),
                badge(rx.cond(entry.language == "en", t("common.english"), t("common.spanish"))),
                rx.cond(
                    entry.examples.length() > 0,
                    rx.el.span(plural(entry.examples.length(), "knowledge.examples"), class_name="tiny soft"),
                ),
                rx.el.span(when(entry.updated_at), class_name="tiny soft number"),
                class_name="line row-notes",
            ),
            class_name="stack-tight grow",
        ),
        glyph("chevron-right", more="soft"),
        type="button",
        on_click=State.open(entry.id.to_string(use_json=False)),
        class_name="row",
    )


def _no_rows() -> rx.Component:
    return rx.cond(
        (State.search == "") & (State.language == ""),
        rx.cond(
            State.status == "archived",
            empty("archive", t("knowledge.archived_empty"), t("knowledge.archived_empty_text")),
            empty(
                "book-open",
                t("knowledge.empty"),
                t("knowledge.empty_text"),
                button(t("knowledge.add"), icon="plus", on_click=State.begin),
                button(t("knowledge.import"), variant="plain", on_click=State.begin_import),
            ),
        ),
        empty("search-x", t("common.no_results"), t("common.no_results_text")),
    )


def _entry_sheet() -> rx.Component:
    entry, fresh = State.entry, State.form_key.to_string()
    languages = [("es", t("common.spanish")), ("en", t("common.english"))]
    return form_sheet(
        rx.cond(State.entry, t("knowledge.entry_edit"), t("knowledge.entry_new")),
        problem(State.problem),
        text_field(
            t("knowledge.entry_title"),
            name="title",
            hint=t("knowledge.entry_title_hint"),
            required=True,
            max_length=200,
            default_value=State.given_title,
            key="title" + fresh,
        ),
        text_area(
            t("knowledge.entry_body"),
            name="body",
            hint=t("knowledge.entry_body_hint"),
            size="tall",
            required=True,
            max_length=20_000,
            default_value=rx.cond(State.entry, entry.body, ""),
            key="body" + fresh,
        ),
        select_field(
            t("knowledge.language"),
            languages,
            name="language",
            default_value=rx.cond(State.entry, entry.language, "es"),
            key="language" + fresh,
        ),
        text_area(
            t("knowledge.entry_examples"),
            name="examples",
            hint=t("knowledge.entry_examples_hint"),
            default_value=rx.cond(State.entry, entry.examples.join("\n"), ""),
            key="examples" + fresh,
        ),
        switch_field(
            t("knowledge.exact"),
            name="exact",
            hint=t("knowledge.exact_hint"),
            default_checked=rx.cond(State.entry, entry.exact, False),
            key="exact" + fresh,
        ),
        rx.cond(State.entry, _entry_actions()),
        is_open=State.sheet_open,
        on_close=State.close,
        on_submit=State.save,
        busy=State.saving,
        save=t("common.save"),
    )


def _entry_actions() -> rx.Component:
    key = State.entry.id.to_string(use_json=False)
    return rx.el.div(
        rx.cond(
            State.entry.status == "archived",
            button(
                t("knowledge.restore"),
                icon="archive-restore",
                variant="plain",
                size="small",
                on_click=State.restore(key),
            ),
            button(
                t("knowledge.archive"),
                icon="archive",
                variant="plain",
                size="small",
                on_click=State.archive(key),
            ),
        ),
        rx.cond(
            SessionState.role != "member",
            button(
                t("common.delete"), icon="trash-2", variant="danger", size="small", on_click=State.ask_delete
            ),
        ),
        class_name="line-wrap",
    )


def _import_sheet() -> rx.Component:
    fresh = State.form_key.to_string()
    formats = [("md", t("knowledge.import_format_md")), ("csv", t("knowledge.import_format_csv"))]
    return form_sheet(
        t("knowledge.import_title"),
        rx.el.p(t("knowledge.import_text"), class_name="soft small"),
        problem(State.problem),
        select_field(t("knowledge.import_format"), formats, name="format", key="format" + fresh),
        text_area(
            t("knowledge.import_label"),
            name="text",
            size="tall",
            required=True,
            max_length=60_000,
            key="text" + fresh,
        ),
        is_open=State.import_open,
        on_close=State.close,
        on_submit=State.bring_in,
        busy=State.saving,
        save=t("knowledge.import_do"),
    )
