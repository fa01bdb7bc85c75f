"""The knowledge editor: what the agent knows, entry by entry."""

from typing import Any, cast

import reflex as rx

from components.knowledge_bulk import bulk_bar, questions, undo_bar
from components.knowledge_row import gone_row, row
from components.knowledge_sheet import entry_sheet
from components.knowledge_tabs import knowledge_tabs
from components.shell import shell
from components.ui.button import button, link_button
from components.ui.feedback import empty, skeleton_rows
from components.ui.field import search_box, segments, small_select
from components.ui.pager import pager
from components.ui.surface import card, page_head
from components.words import plural, t
from state.knowledge import KINDS, STATUSES, KnowledgeState
from state.knowledge_bulk import KnowledgeBulkState
from state.knowledge_sheet import KnowledgeSheetState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = KnowledgeState
Sheet: Any = KnowledgeSheetState
Bulk: Any = KnowledgeBulkState
IMPORT = "/app/knowledge/import/"


def knowledge() -> rx.Component:
    return shell("knowledge", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("knowledge.title"),
            button(t("knowledge.add"), icon="plus", on_click=Sheet.begin),
            text=t("knowledge.text"),
        ),
        knowledge_tabs("entries"),
        _attention(),
        _filters(),
        card(rx.cond(State.loaded, _list(), skeleton_rows(6)), flush=True),
        pager(
            first=State.first,
            last=State.last,
            total=State.total,
            at_start=State.at_start,
            at_end=State.at_end,
            turn=State.turn,
        ),
        bulk_bar(),
        undo_bar(),
        entry_sheet(),
        questions(),
    )


def _attention() -> rx.Component:
    """What time or another entry has caught up with; a tap shows it, the next one everything again."""
    counts = State.counts
    chips = [
        ("clashing", State.clashing, "danger"),
        ("ended", counts.ended, "danger"),
        ("due", counts.due, "hot"),
        ("coming", counts.coming, "accent"),
    ]
    drafts = State.status == "draft"
    return rx.cond(
        (State.clashing + counts.ended + counts.due + counts.coming + counts.drafts > 0) | (State.show != ""),
        rx.el.div(
            rx.cond(
                (counts.drafts > 0) | drafts,
                rx.el.button(
                    plural(counts.drafts, "knowledge.show_drafts"),
                    type="button",
                    aria_pressed=drafts,
                    on_click=State.pick_status(rx.cond(drafts, "active", "draft")),
                    class_name="badge badge-hot chip",
                ),
            ),
            *[_chip(name, count, tone) for name, count, tone in chips],
            role="group",
            aria_label=t("knowledge.attention"),
            class_name="line-wrap chips",
        ),
    )


def _chip(name: str, count: Any, tone: str) -> rx.Component:
    here = State.show == name
    return rx.cond(
        (count > 0) | here,
        rx.el.button(
            plural(count, f"knowledge.show_{name}"),
            type="button",
            aria_pressed=here,
            on_click=State.pick_show(rx.cond(here, "", name)),
            class_name=f"badge badge-{tone} chip",
        ),
    )


def _filters() -> rx.Component:
    languages = [("", t("knowledge.language_all")), ("es", t("common.spanish")), ("en", t("common.english"))]
    kinds = [("", t("knowledge.kind_all")), *((kind, t(f"knowledge.kind_{kind}")) for kind in KINDS)]
    states = [(status, t(f"knowledge.status_{status}")) for status in STATUSES if status != "draft"]
    alive = rx.fragment(
        small_select(t("knowledge.kind"), kinds, value=State.kind, on_change=State.pick_kind),
        small_select(t("knowledge.language"), languages, value=State.language, on_change=State.pick_language),
        rx.cond(State.sources.length() > 0, _sources()),
    )
    return rx.el.div(
        search_box(
            t("knowledge.search"), on_change=State.find.debounce(300), key=State.filters_key.to_string()
        ),
        segments(t("knowledge.status"), states, value=State.status, pick=State.pick_status),
        rx.cond(State.status == "deleted", rx.fragment(), alive),
        class_name="filters",
    )


def _sources() -> rx.Component:
    return rx.el.select(
        rx.el.option(t("knowledge.source_all"), value=""),
        rx.foreach(State.sources, lambda source: rx.el.option(source, value=source)),
        value=State.source,
        on_change=State.pick_source,
        aria_label=t("knowledge.source"),
        class_name="input input-small clip",
    )


def _list() -> rx.Component:
    return rx.cond(
        State.status == "deleted",
        rx.cond(
            State.gone.length() > 0,
            rx.el.div(rx.foreach(State.gone, gone_row), class_name="rows"),
            rx.cond(
                State.search == "",
                empty("trash-2", t("knowledge.deleted_empty"), t("knowledge.deleted_empty_text")),
                _nothing_found(),
            ),
        ),
        rx.cond(
            State.rows.length() > 0,
            rx.el.div(_count_line(), rx.foreach(State.rows, row), class_name="rows"),
            rx.cond(State.narrowed, _nothing_found(), _no_rows()),
        ),
    )


def _count_line() -> rx.Component:
    """How many there are, and one tick for all of this page."""
    return rx.el.div(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=Bulk.picked.length() > 0,
                on_change=lambda _: Bulk.pick_page(),
                class_name="tick",
            ),
            rx.el.span(t("knowledge.pick_page"), class_name="quiet-only"),
            class_name="tick-box",
        ),
        rx.el.span(plural(State.total, "knowledge.entries"), class_name="soft small number grow"),
        rx.cond(
            State.narrowed,
            button(t("knowledge.see_all"), variant="ghost", size="small", on_click=State.see_all),
        ),
        class_name="row row-still row-head",
    )


def _nothing_found() -> rx.Component:
    return empty(
        "search-x",
        t("common.no_results"),
        t("common.no_results_text"),
        button(t("knowledge.see_all"), variant="plain", on_click=State.see_all),
    )


def _no_rows() -> rx.Component:
    shown = rx.match(
        State.status,
        ("draft", empty("circle-check", t("knowledge.draft_empty"), t("knowledge.draft_empty_text"))),
        ("archived", empty("archive", t("knowledge.archived_empty"), t("knowledge.archived_empty_text"))),
        empty(
            "book-open",
            t("knowledge.empty"),
            t("knowledge.empty_text"),
            button(t("knowledge.add"), icon="plus", on_click=Sheet.begin),
            link_button(t("knowledge.import"), href=IMPORT, icon="file-down", variant="plain"),
        ),
    )
    return cast("rx.Component", shown)
