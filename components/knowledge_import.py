"""Where knowledge comes in: files and addresses, what they would change, and where entries came from."""

from typing import Any

import reflex as rx

from components.knowledge_bulk import way_back
from components.knowledge_import_review import review
from components.knowledge_tabs import knowledge_tabs
from components.shell import shell
from components.ui.button import button, icon_button
from components.ui.feedback import empty, problem, skeleton_rows
from components.ui.field import switch_field, text_field
from components.ui.icon import glyph
from components.ui.moment import when
from components.ui.overlay import confirm
from components.ui.surface import badge, card, card_head, page_head
from components.words import Words, choice, plural, t
from state.knowledge_import import KnowledgeImportState
from state.session import SessionState
from vulkn_app.knowledge.sources.sandbox import FORMATS

State: Any = KnowledgeImportState


def knowledge_import() -> rx.Component:
    return shell("knowledge", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(t("knowledge_import.title"), text=t("knowledge_import.text")),
        knowledge_tabs("import"),
        rx.cond(
            State.opened,
            review(),
            rx.el.div(
                rx.el.div(drop(), address(), class_name="columns"),
                rx.cond(State.on_the_way.length() > 0, on_the_way()),
                rx.cond(
                    State.over.length() > 0,
                    rx.el.div(_sources(), _over(), class_name="columns"),
                    _sources(),
                ),
                class_name="stack-wide",
            ),
        ),
        confirm(
            t("knowledge_import.delete_title"),
            t(
                "knowledge_import.delete_text",
                name=State.deleting.name,
                n=plural(State.deleting.amount, "knowledge_import.entries"),
            ),
            switch_field(
                t("knowledge_import.for_good"),
                name="for_good",
                hint=rx.cond(
                    State.for_good,
                    t("knowledge_import.for_good_hint"),
                    t("knowledge_import.for_a_while_hint"),
                ),
                checked=State.for_good,
                on_change=State.choose_for_good,
            ),
            yes=rx.cond(State.for_good, t("knowledge_import.for_good"), t("common.delete")),
            is_open=State.deleting.bool(),
            on_yes=State.delete,
            on_no=State.keep,
        ),
        way_back(State, shown=State.told != ""),
    )


def drop() -> rx.Component:
    """assets/knowledge-import.js sends what is chosen or dropped: the socket carries no files."""
    words = {
        "data-sending": t("knowledge_import.sending"),
        "data-large": t("imports.file_too_large"),
        "data-refused": t("knowledge_import.refused"),
        "data-dismiss": t("knowledge_import.dismiss"),
    }
    return card(
        rx.el.label(
            rx.el.span(glyph("upload", "large"), class_name="empty-mark"),
            rx.el.span(t("knowledge_import.drop"), class_name="subtitle on-wide"),
            rx.el.span(t("knowledge_import.drop_phone"), class_name="subtitle on-narrow"),
            rx.el.span(t("knowledge_import.drop_text"), class_name="soft small"),
            rx.el.span(t("knowledge_import.choose"), class_name="button button-primary"),
            rx.el.input(
                type="file",
                multiple=True,
                accept=",".join(FORMATS),
                class_name="quiet-only",
                custom_attrs={"data-import-files": "", "aria-label": t("knowledge_import.choose")},
            ),
            class_name="drop",
            custom_attrs={"data-import-drop": ""},
        ),
        rx.el.div(
            class_name="uploads",
            role="status",
            aria_label=t("knowledge_import.uploads"),
            custom_attrs={"data-import-progress": "", **words},
        ),
    )


def address(label: Words | None = None) -> rx.Component:
    fresh = State.form_key.to_string()
    return card(
        rx.el.form(
            text_field(
                t("knowledge_import.address") if label is None else label,
                name="address",
                hint=t("knowledge_import.address_hint"),
                required=True,
                max_length=500,
                input_mode="url",
                auto_complete="url",
                auto_capitalize="none",
                key="address" + fresh,
            ),
            switch_field(
                t("knowledge_import.whole_site"),
                name="whole_site",
                hint=t("knowledge_import.whole_site_hint"),
                key="site" + fresh,
            ),
            problem(State.problem),
            rx.el.div(
                button(
                    t("knowledge_import.read_page"),
                    icon="globe",
                    variant="plain",
                    type="submit",
                    busy=State.sending,
                ),
                class_name="line",
            ),
            on_submit=State.read_page,
            class_name="stack",
        ),
    )


def on_the_way() -> rx.Component:
    return card(
        card_head(t("knowledge_import.way_title")),
        rx.el.ul(rx.foreach(State.on_the_way, _way), class_name="rows"),
        flush=True,
    )


def _way(one: Any) -> rx.Component:
    key = one.id.to_string(use_json=False)
    ready, failed = one.state == "ready", one.state == "failed"
    return rx.el.li(
        _mark(one.kind),
        rx.el.span(
            rx.el.span(one.name, class_name="strong clip"),
            rx.cond(
                ready,
                rx.el.span(*_counts(one), class_name="line-wrap snug row-notes"),
                rx.cond(failed, rx.el.span(one.problem, class_name="small wrong"), _progress(one)),
            ),
            class_name="stack-tight grow",
        ),
        rx.el.span(
            rx.cond(
                ready,
                button(t("knowledge_import.review"), size="small", on_click=State.open(key)),
            ),
            rx.cond(
                (one.state == "confirmed") | (one.state == "applying"),
                rx.fragment(),
                icon_button(
                    "x",
                    rx.cond(ready | failed, t("knowledge_import.discard"), t("knowledge_import.stop")),
                    size="small",
                    on_click=State.discard(key),
                ),
            ),
            class_name="line fixed",
        ),
        class_name="row row-still",
    )


def _counts(one: Any) -> list[rx.Component]:
    return [
        rx.cond(one.fresh > 0, badge(plural(one.fresh, "knowledge_import.count_ok"), tone="accent")),
        rx.cond(one.changed > 0, badge(plural(one.changed, "knowledge_import.count_replace"), tone="hot")),
        rx.cond(one.repeated > 0, badge(plural(one.repeated, "knowledge_import.count_duplicate"))),
        rx.cond(one.faulty > 0, badge(plural(one.faulty, "knowledge_import.count_error"), tone="danger")),
    ]


def _progress(one: Any) -> rx.Component:
    """How far a site is is known; a file is read in one go."""
    words = choice(one.state, "knowledge_import.state_", "waiting", "reading", "confirmed", "applying")
    by_page = t("knowledge_import.state_reading_pages", done=one.progress, known=one.total)
    return rx.el.span(
        rx.el.span(rx.cond(one.total > 0, by_page, words), class_name="small soft number"),
        rx.cond(
            one.total > 0,
            rx.el.progress(value=one.progress, max=one.total, class_name="progress"),
            rx.el.progress(class_name="progress"),
        ),
        class_name="stack-tight",
    )


def _sources() -> rx.Component:
    return card(
        card_head(t("knowledge_import.sources_title"), text=t("knowledge_import.sources_text")),
        rx.cond(
            State.loaded,
            rx.cond(
                State.sources.length() > 0,
                rx.el.ul(rx.foreach(State.sources, _source), class_name="rows"),
                empty(
                    "folder-open",
                    t("knowledge_import.sources_empty"),
                    t("knowledge_import.sources_empty_text"),
                ),
            ),
            skeleton_rows(2),
        ),
        flush=True,
    )


def _source(source: Any) -> rx.Component:
    return rx.el.li(
        _mark(source.kind),
        rx.el.span(
            rx.el.span(source.name, class_name="strong clip"),
            rx.el.span(
                plural(source.amount, "knowledge_import.entries"),
                " · ",
                when(source.updated_at),
                class_name="tiny soft number",
            ),
            class_name="stack-tight grow",
        ),
        rx.cond(
            SessionState.role != "member",
            icon_button(
                "trash-2",
                t("knowledge_import.delete_source", name=source.name),
                size="small",
                on_click=State.ask_delete(source.id.to_string(use_json=False)),
            ),
        ),
        class_name="row row-still",
    )


def _over() -> rx.Component:
    return card(
        card_head(t("knowledge_import.history_title")),
        rx.el.ul(rx.foreach(State.over, _ended), class_name="rows"),
        flush=True,
    )


def _ended(one: Any) -> rx.Component:
    told = rx.cond(
        one.changes > 0,
        plural(one.changes, "knowledge_import.done_changes"),
        t("knowledge_import.done_nothing"),
    )
    return rx.el.li(
        rx.el.span(
            rx.el.span(one.name, class_name="clip"),
            rx.el.span(told, " · ", when(one.finished_at), class_name="tiny soft number"),
            class_name="stack-tight grow",
        ),
        class_name="row row-still row-snug",
    )


def _mark(kind: Any) -> rx.Component:
    return rx.el.span(rx.cond(kind == "page", glyph("globe"), glyph("file-text")), class_name="soft fixed")
