"""One line of the knowledge editor: an entry, the same entry while it is written over, and one that was deleted."""

from typing import Any

import reflex as rx

from components.ui.button import button, icon_button
from components.ui.feedback import problem
from components.ui.moment import short_day, when
from components.ui.surface import badge
from components.words import choice, plural, t
from state.knowledge_bulk import KnowledgeBulkState
from state.knowledge_sheet import KnowledgeSheetState
from state.session import SessionState
from vulkn_app.knowledge.entries import EntryRow
from vulkn_app.knowledge.versions import DeletedRow

Bulk: Any = KnowledgeBulkState
Sheet: Any = KnowledgeSheetState
KIND_NAMES = ("faq", "note", "price", "document")


def row(entry: rx.vars.ObjectVar[EntryRow]) -> rx.Component:
    key = entry.id.to_string(use_json=False)
    return rx.el.div(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=Bulk.picked.contains(key),
                on_change=lambda _: Bulk.pick(key),
                class_name="tick",
            ),
            rx.el.span(t("knowledge.pick_one", title=entry.title), class_name="quiet-only"),
            class_name="tick-box",
        ),
        rx.cond(Bulk.writing == key, _written_over(entry), _read(entry, key)),
        key=key,
        class_name="row row-still row-entry",
    )


def _read(entry: rx.vars.ObjectVar[EntryRow], key: rx.Var[str]) -> rx.Component:
    return rx.fragment(
        rx.el.button(
            rx.el.span(entry.title, class_name="strong clip"),
            rx.el.span(entry.body, class_name="soft small clip-2"),
            _notes(entry),
            type="button",
            on_click=Sheet.open(key),
            class_name="plain stack-tight grow row-open",
        ),
        rx.el.span(
            icon_button("pencil", t("knowledge.write_over"), size="small", on_click=Bulk.write(key)),
            class_name="on-desk",
        ),
    )


def _notes(entry: rx.vars.ObjectVar[EntryRow]) -> rx.Component:
    return rx.el.span(
        rx.cond(entry.ordering, badge(t("knowledge.ordering"), tone="danger", icon="shield-alert")),
        rx.cond(
            entry.missing != "",
            badge(t("knowledge.missing", what=entry.missing), tone="hot", icon="pencil-line"),
        ),
        rx.cond(entry.clashing, badge(t("knowledge.clashing"), tone="danger", icon="triangle-alert")),
        rx.cond(
            entry.ended,
            badge(t("knowledge.ended", day=short_day(entry.valid_until)), tone="danger", icon="calendar-x"),
            rx.cond(
                entry.coming,
                badge(
                    t("knowledge.coming", day=short_day(entry.valid_from)),
                    tone="accent",
                    icon="calendar-clock",
                ),
                rx.cond(
                    entry.valid_until,
                    badge(t("knowledge.ends", day=short_day(entry.valid_until)), icon="calendar-days"),
                ),
            ),
        ),
        rx.cond(entry.due, badge(t("knowledge.due"), tone="hot", icon="clock-alert")),
        rx.cond(entry.exact, badge(t("knowledge.exact_mark"), tone="accent", icon="quote")),
        badge(choice(entry.kind, "knowledge.kind_", *KIND_NAMES)),
        badge(rx.cond(entry.language == "en", t("common.english"), t("common.spanish")), tone="line"),
        rx.cond(
            entry.examples.length() > 0,
            rx.el.span(plural(entry.examples.length(), "knowledge.examples"), class_name="tiny soft"),
        ),
        rx.el.span(
            rx.cond(entry.author != "", entry.author.to(str) + " · ", ""),
            when(entry.updated_at),
            class_name="tiny soft number",
        ),
        class_name="line-wrap snug row-notes",
    )


def _written_over(entry: rx.vars.ObjectVar[EntryRow]) -> rx.Component:
    """Title and answer in their place; a price is one line."""
    short: dict[str, Any] = {
        "name": "body",
        "required": True,
        "default_value": entry.body,
        "class_name": "input",
    }
    return rx.el.form(
        problem(Bulk.problem),
        rx.el.input(
            name="title",
            required=True,
            max_length=200,
            auto_focus=True,
            default_value=entry.title,
            aria_label=t("knowledge.entry_title"),
            class_name="input strong",
        ),
        rx.cond(
            (entry.kind == "price") & ~entry.body.contains("\n"),
            rx.el.input(max_length=300, aria_label=t("knowledge.price"), **short),
            rx.el.textarea(max_length=20_000, aria_label=t("knowledge.entry_body"), **short),
        ),
        rx.el.div(
            button(t("common.cancel"), variant="ghost", size="small", on_click=Bulk.write("")),
            button(t("common.save"), type="submit", size="small"),
            class_name="line apart-end",
        ),
        on_submit=Bulk.write_over,
        class_name="stack-tight grow",
    )


def gone_row(entry: rx.vars.ObjectVar[DeletedRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.span(entry.title, class_name="strong clip"),
            rx.el.span(entry.body, class_name="soft small clip-2"),
            rx.el.span(
                badge(plural(entry.days_left, "knowledge.days_left")),
                rx.el.span(
                    rx.cond(entry.author != "", entry.author.to(str) + " · ", ""),
                    when(entry.at),
                    class_name="tiny soft number",
                ),
                class_name="line-wrap snug row-notes",
            ),
            class_name="stack-tight grow",
        ),
        rx.el.div(
            button(
                t("knowledge.restore"),
                icon="archive-restore",
                variant="plain",
                size="small",
                on_click=Bulk.bring_back(entry.id.to_string(use_json=False)),
            ),
            rx.cond(
                SessionState.role != "member",
                icon_button(
                    "trash-2",
                    t("knowledge.forget"),
                    size="small",
                    on_click=Bulk.ask_forget(entry.entry_id.to_string(use_json=False)),
                ),
            ),
            class_name="line",
        ),
        key=entry.id.to_string(use_json=False),
        class_name="row row-still row-wrap",
    )
