"""What is done to several entries at once, and the way back."""

from typing import Any

import reflex as rx

from components.ui.button import button, icon_button
from components.ui.field import text_field
from components.ui.icon import glyph
from components.ui.overlay import confirm, form_sheet
from components.words import plural, t
from state.knowledge import KnowledgeState
from state.knowledge_bulk import KnowledgeBulkState
from state.knowledge_sheet import KnowledgeSheetState
from state.session import SessionState

Bulk: Any = KnowledgeBulkState
Sheet: Any = KnowledgeSheetState
State: Any = KnowledgeState


def bulk_bar() -> rx.Component:
    """Over the list's end while something is picked."""
    return rx.cond(
        Bulk.picked.length() > 0,
        rx.el.div(
            rx.el.span(
                plural(Bulk.picked.length(), "knowledge.picked"), class_name="strong small number grow"
            ),
            rx.cond(
                State.status == "archived",
                _act("archive-restore", "knowledge.enable", Bulk.enable),
                _act("archive", "knowledge.archive", Bulk.archive),
            ),
            _act("calendar-check", "knowledge.set_review", Bulk.ask_review),
            rx.cond(SessionState.role != "member", _act("trash-2", "common.delete", Bulk.ask_delete)),
            icon_button("x", t("knowledge.pick_none"), size="small", on_click=Bulk.pick_none),
            role="toolbar",
            aria_label=t("knowledge.bulk"),
            class_name="floating",
        ),
    )


def undo_bar() -> rx.Component:
    return way_back(Bulk, shown=(Bulk.told != "") & (Bulk.picked.length() == 0))


def way_back(state: Any, *, shown: Any) -> rx.Component:
    """What was just done; it stays until it is undone or sent away, because ten seconds are short on a phone."""
    return rx.el.div(
        rx.cond(
            shown,
            rx.el.div(
                glyph("check", "small"),
                rx.el.span(state.told, class_name="small grow"),
                rx.cond(
                    state.change != "",
                    button(
                        t("knowledge.undo"), icon="undo-2", variant="soft", size="small", on_click=state.undo
                    ),
                ),
                icon_button("x", t("common.close"), size="small", on_click=state.let_be),
                class_name="floating",
            ),
        ),
        role="status",
        class_name="floating-place",
    )


def questions() -> rx.Component:
    """What is asked before something that weighs."""
    return rx.fragment(
        confirm(
            t("knowledge.delete_many_title"),
            plural(Bulk.picked.length(), "knowledge.delete_text"),
            yes=t("common.delete"),
            is_open=Bulk.asking_delete,
            on_yes=Bulk.delete,
            on_no=Bulk.keep,
        ),
        confirm(
            t("knowledge.delete_title"),
            t("knowledge.delete_text_one"),
            yes=t("common.delete"),
            is_open=Sheet.asking_delete,
            on_yes=Sheet.delete,
            on_no=Sheet.keep,
        ),
        confirm(
            t("knowledge.forget_title"),
            t("knowledge.forget_text"),
            yes=t("knowledge.forget"),
            is_open=Bulk.forgetting != "",
            on_yes=Bulk.forget,
            on_no=Bulk.keep,
        ),
        form_sheet(
            t("knowledge.set_review"),
            rx.el.p(t("knowledge.review_hint"), class_name="soft small"),
            text_field(t("knowledge.review_by"), name="day", type="date"),
            is_open=Bulk.asking_review,
            on_close=Bulk.keep,
            on_submit=Bulk.set_review,
            busy=rx.Var.create(False),
            save=t("common.save"),
        ),
    )


def _act(icon: str, key: str, do: Any) -> rx.Component:
    """A word on a desk, its drawing alone on a phone."""
    return rx.el.button(
        glyph(icon, "small"),
        rx.el.span(t(key), class_name="floating-word"),
        type="button",
        title=t(key),
        aria_label=t(key),
        on_click=do,
        class_name="button button-ghost button-small",
    )
