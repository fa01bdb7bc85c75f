"""The sheet with one answer, in both languages."""

from typing import Any

import reflex as rx

from components.knowledge_story import contradictions, history
from components.ui.button import button
from components.ui.feedback import notice, problem
from components.ui.field import segments, select_field, switch_field, text_area, text_field
from components.ui.moment import full
from components.ui.overlay import form_sheet
from components.words import t
from state.knowledge import KINDS
from state.knowledge_sheet import TABS, KnowledgeSheetState
from state.session import SessionState

State: Any = KnowledgeSheetState
# Days of one field are three fields; an empty one has no limit.
DAYS = ("valid_from", "valid_until", "review_by")


def entry_sheet() -> rx.Component:
    return form_sheet(
        rx.cond(State.entry, t("knowledge.entry_edit"), t("knowledge.entry_new")),
        problem(State.problem),
        rx.cond(
            State.order != "",
            notice(t("knowledge.ordering_line", line=State.order), tone="danger", icon="shield-alert"),
        ),
        rx.cond(State.entry, _missing()),
        rx.cond(State.entry, contradictions()),
        _languages(),
        *[_side(language) for language in TABS],
        _common(),
        _days(),
        rx.cond(State.entry, _origin()),
        rx.cond(State.entry, history()),
        rx.cond(State.entry, _actions()),
        is_open=State.is_open,
        on_close=State.close,
        on_submit=State.save,
        busy=State.saving,
        save=t("common.save"),
    )


def _missing() -> rx.Component:
    """Of a draft, why the agent does not use it yet."""
    missing = State.entry.missing
    return rx.cond(
        missing != "", notice(t("knowledge.draft_notice", what=missing), tone="accent", icon="pencil-line")
    )


def _languages() -> rx.Component:
    names = [("es", t("common.spanish")), ("en", t("common.english"))]
    return rx.el.div(
        segments(t("knowledge.language"), names, value=State.tab, pick=State.pick_tab),
        button(
            rx.cond(State.previewing, t("knowledge.write_again"), t("knowledge.preview")),
            icon="eye",
            variant="ghost",
            size="small",
            on_click=State.turn_preview,
            aria_pressed=State.previewing,
        ),
        class_name="line between",
    )


def _side(language: str) -> rx.Component:
    """Both languages are in the form; one is in sight."""
    side, fresh = getattr(State, language), f"{language}-" + State.form_key.to_string()
    here = State.tab == language
    return rx.el.div(
        text_field(
            t("knowledge.entry_title"),
            name=f"title_{language}",
            hint=t("knowledge.entry_title_hint"),
            max_length=200,
            default_value=side.title,
            lang=language,
            key="title-" + fresh,
        ),
        rx.cond(State.previewing & here, _preview(language)),
        rx.el.div(
            text_area(
                t("knowledge.entry_body"),
                name=f"body_{language}",
                hint=t("knowledge.entry_body_hint"),
                size="tall",
                max_length=20_000,
                default_value=side.body,
                on_blur=lambda words: State.wrote(language, words),
                lang=language,
                key="body-" + fresh,
            ),
            hidden=State.previewing,
        ),
        text_area(
            t("knowledge.entry_examples"),
            name=f"examples_{language}",
            hint=t("knowledge.entry_examples_hint"),
            default_value=side.examples,
            lang=language,
            key="examples-" + fresh,
        ),
        hidden=~here,
        class_name="stack",
    )


def _preview(language: str) -> rx.Component:
    """HTML that the server made and cleaned: see vulkn_app.knowledge.preview."""
    return rx.el.div(
        rx.el.p(t("knowledge.preview"), class_name="label"),
        rx.cond(
            State.previewed != "",
            rx.el.div(rx.html(State.previewed), class_name="bubble bubble-agent written", lang=language),
            rx.el.p(t("knowledge.preview_empty"), class_name="soft small"),
        ),
        class_name="field",
    )


def _common() -> rx.Component:
    entry, fresh = State.entry, State.form_key.to_string()
    kinds = [(kind, t(f"knowledge.kind_{kind}")) for kind in KINDS]
    return rx.fragment(
        select_field(
            t("knowledge.kind"),
            kinds,
            name="kind",
            default_value=rx.cond(entry, entry.kind, "faq"),
            key="kind" + fresh,
        ),
        switch_field(
            t("knowledge.exact"),
            name="exact",
            hint=t("knowledge.exact_hint"),
            default_checked=rx.cond(entry, entry.exact, False),
            key="exact" + fresh,
        ),
    )


def _days() -> rx.Component:
    entry, fresh = State.entry, State.form_key.to_string()
    return rx.el.div(
        rx.el.p(t("knowledge.days"), class_name="label"),
        rx.cond(State.needs_end, problem(State.problem)),
        rx.el.div(
            *[
                text_field(
                    t(f"knowledge.{name}"),
                    name=name,
                    type="date",
                    default_value=rx.cond(entry, getattr(entry, name).to(str), ""),
                    key=name + fresh,
                )
                for name in DAYS
            ],
            class_name="days",
        ),
        rx.el.p(t("knowledge.days_hint"), class_name="hint"),
        rx.cond(
            State.needs_end,
            switch_field(
                t("knowledge.no_end"), name="no_end", hint=t("knowledge.no_end_hint"), key="end" + fresh
            ),
        ),
        class_name="field",
    )


def _origin() -> rx.Component:
    entry = State.entry
    return rx.el.p(
        t("knowledge.changed_at", at=full(entry.updated_at)),
        rx.cond(entry.author != "", t("knowledge.changed_by", name=entry.author), ""),
        rx.cond(entry.source != "", t("knowledge.came_from", source=entry.source), ""),
        class_name="soft small",
    )


def _actions() -> rx.Component:
    return rx.el.div(
        rx.cond(
            State.entry.status == "archived",
            button(
                t("knowledge.restore"),
                icon="archive-restore",
                variant="plain",
                size="small",
                on_click=State.enable,
            ),
            button(
                t("knowledge.archive"), icon="archive", variant="plain", size="small", on_click=State.archive
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
