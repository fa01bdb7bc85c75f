"""What customers ask and nobody wrote down yet: a card each, with who asked, and three ways to answer."""

from typing import Any

import reflex as rx

from components.knowledge_tabs import knowledge_tabs
from components.shell import shell
from components.ui.button import button, go
from components.ui.feedback import empty, notice, problem, skeleton_rows
from components.ui.field import select_field, text_area, text_field
from components.ui.icon import glyph
from components.ui.moment import full, when
from components.ui.overlay import form_sheet
from components.ui.surface import badge, card, page_head
from components.words import plural, t
from state.knowledge_suggestions import SuggestionsState
from vulkn_app.knowledge.suggestions.reviewing import Asked, SuggestionRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = SuggestionsState

REASONS = ("not_for_us", "known", "private", "unclear")


def suggestions() -> rx.Component:
    return shell("knowledge", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("suggestions.title"),
            button(
                t("suggestions.look_now"),
                icon="search",
                variant="plain",
                busy=State.looking,
                on_click=State.look_now,
            ),
            text=t("suggestions.text"),
        ),
        knowledge_tabs("suggestions"),
        rx.cond(
            State.loaded,
            rx.cond(State.rows.length() > 0, _cards(), card(_nothing())),
            card(skeleton_rows(4), flush=True),
        ),
        _answer_sheet(),
        _reject_sheet(),
    )


def _cards() -> rx.Component:
    return rx.el.div(
        rx.foreach(State.rows, _suggestion),
        rx.el.p(t("suggestions.next", when=full(State.next_at)), class_name="soft small"),
        class_name="stack",
    )


def _nothing() -> rx.Component:
    return empty(
        "lightbulb",
        rx.cond(State.looked_at, t("suggestions.empty"), t("suggestions.empty_yet")),
        t("suggestions.empty_text", when=full(State.next_at)),
        button(
            t("suggestions.look_now"),
            icon="search",
            variant="plain",
            busy=State.looking,
            on_click=State.look_now,
        ),
    )


def _suggestion(row: rx.vars.ObjectVar[SuggestionRow]) -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h2(row.question, class_name="subtitle", lang=row.language),
            rx.el.div(
                badge(plural(row.people, "suggestions.people"), tone="accent", icon="users"),
                badge(rx.cond(row.language == "en", t("common.english"), t("common.spanish"))),
                rx.el.span(
                    plural(row.times, "suggestions.times"),
                    " · ",
                    t("suggestions.last", when=when(row.last_at)),
                    class_name="tiny soft",
                ),
                class_name="line-wrap snug",
            ),
            class_name="stack-tight",
        ),
        _how_they_asked(row),
        _draft(row),
        _decide(row),
        class_name="stack",
    )


def _how_they_asked(row: rx.vars.ObjectVar[SuggestionRow]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(t("suggestions.how_asked"), class_name="fold-head small"),
        rx.el.div(
            rx.el.ul(
                rx.foreach(row.phrasings, lambda said: rx.el.li("«", said, "»", class_name="small")),
                class_name="stack-tight",
            ),
            rx.cond(
                row.asked.length() > 0,
                rx.el.div(
                    rx.el.p(t("suggestions.conversations"), class_name="tiny soft"),
                    rx.el.div(rx.foreach(row.asked, _asked), class_name="line-wrap"),
                    class_name="stack-tight",
                ),
            ),
            class_name="stack",
        ),
        class_name="fold",
    )


def _asked(asked: rx.vars.ObjectVar[Asked]) -> rx.Component:
    return go(
        glyph("message-circle", "tiny"),
        rx.cond(asked.who != "", asked.who, t("common.visitor")),
        " · ",
        when(asked.at),
        href="/app/inbox/?c=" + asked.conversation_id.to_string(use_json=False),
        title=asked.text,
        class_name="source",
    )


def _draft(row: rx.vars.ObjectVar[SuggestionRow]) -> rx.Component:
    """What a person of the business wrote, and where; otherwise that nobody did."""
    return rx.cond(
        row.draft != "",
        rx.el.div(
            rx.el.p(t("suggestions.draft"), class_name="tiny soft"),
            rx.el.p(row.draft, class_name="prose", dir="auto"),
            rx.cond(
                row.draft_in,
                go(
                    t("suggestions.draft_where"),
                    href="/app/inbox/?c=" + row.draft_in.to_string(use_json=False),
                    class_name="link small",
                ),
            ),
            class_name="stack-tight",
        ),
        rx.el.p(t("suggestions.no_draft"), class_name="soft small"),
    )


def _decide(row: rx.vars.ObjectVar[SuggestionRow]) -> rx.Component:
    key = row.id.to_string(use_json=False)
    edit = button(t("suggestions.edit"), icon="pencil", variant="plain", on_click=State.answer(key))
    return rx.el.div(
        rx.cond(
            row.draft != "",
            rx.fragment(button(t("suggestions.approve"), icon="check", on_click=State.approve(key)), edit),
            button(t("suggestions.write"), icon="pencil", on_click=State.answer(key)),
        ),
        button(t("suggestions.reject"), variant="ghost", on_click=State.refuse(key)),
        class_name="line-wrap",
    )


def _answer_sheet() -> rx.Component:
    row, fresh = State.current, State.form_key.to_string()
    languages = [("es", t("common.spanish")), ("en", t("common.english"))]
    return form_sheet(
        t("suggestions.answer_title"),
        problem(State.problem),
        text_field(
            t("knowledge.entry_title"),
            name="title",
            required=True,
            max_length=200,
            default_value=rx.cond(row, row.question, ""),
            key="title" + fresh,
        ),
        text_area(
            t("suggestions.answer"),
            name="body",
            size="tall",
            required=True,
            max_length=20_000,
            hint=rx.cond(
                row & (row.draft != ""), t("suggestions.answer_from_draft"), t("suggestions.answer_own")
            ),
            default_value=rx.cond(row, row.draft, ""),
            key="body" + fresh,
        ),
        select_field(
            t("knowledge.language"),
            languages,
            name="language",
            default_value=rx.cond(row, row.language, "es"),
            key="language" + fresh,
        ),
        notice(t("suggestions.examples_note"), icon="quote"),
        is_open=State.answering,
        on_close=State.close,
        on_submit=State.save,
        busy=State.saving,
        save=t("suggestions.approve"),
    )


def _reject_sheet() -> rx.Component:
    fresh = State.form_key.to_string()
    reasons = [(reason, t(f"suggestions.reason_{reason}")) for reason in REASONS]
    return form_sheet(
        t("suggestions.reject_title"),
        problem(State.problem),
        rx.el.p(t("suggestions.reject_text"), class_name="soft small"),
        select_field(t("suggestions.reason"), reasons, name="usual", key="usual" + fresh),
        text_field(
            t("suggestions.reason_own"), name="reason", max_length=300, default_value="", key="reason" + fresh
        ),
        is_open=State.rejecting,
        on_close=State.close,
        on_submit=State.reject,
        busy=State.saving,
        save=t("suggestions.reject"),
    )
